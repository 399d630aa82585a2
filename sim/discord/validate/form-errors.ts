import { DiscordApiError } from '../errors.ts';
import type { Json } from '../types.ts';

export type Path = readonly (string | number)[];

/** Collects what is wrong with a body and refuses it as Discord does: 50035 with the errors nested by path. */
export class FormErrors {
  readonly #tree: Json = {};
  readonly #prefix: Path;
  #count = 0;

  /** `prefix` goes before every path, such as `data` in an answer to an interaction. */
  constructor(prefix: Path = []) {
    this.#prefix = prefix;
  }

  add(path: Path, code: string, message: string): void {
    let node = this.#tree;
    for (const step of [...this.#prefix, ...path]) {
      node[step] ??= {};
      node = node[step] as Json;
    }
    const list = (node._errors ?? []) as Json[];
    list.push({ code, message });
    node._errors = list;
    this.#count += 1;
  }

  /** A text of `min` to `max` characters; absent is wrong when `min` is above 0. Returns the text, if it is one. */
  text(path: Path, value: unknown, max: number, min = 0): string | undefined {
    if (value === undefined || value === null) {
      if (min > 0) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      return undefined;
    }
    if (typeof value !== 'string') {
      this.add(path, 'STRING_TYPE_CONVERT', 'Could not interpret value as string.');
      return undefined;
    }
    const { length } = value;
    if (length > max && min > 0) this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    else if (length > max) this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    else if (length === 0 && min > 0) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
    else if (length < min) this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    return value;
  }

  /** A list of `min` to `max` things. */
  list(path: Path, value: unknown, max: number, min = 0): unknown[] {
    if (value === undefined || value === null) {
      if (min > 0) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      return [];
    }
    if (!Array.isArray(value)) {
      this.add(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return [];
    }
    if (value.length > max || value.length < min) {
      this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    }
    return value;
  }

  /** One of a set of values. */
  choice<T>(path: Path, value: unknown, choices: readonly T[]): void {
    if (choices.includes(value as T)) return;
    this.add(path, 'BASE_TYPE_CHOICES', `Value must be one of {${choices.join(', ')}}.`);
  }

  /** @throws DiscordApiError 50035 when anything is wrong */
  check(): void {
    if (this.#count === 0) return;
    throw new DiscordApiError(400, { message: 'Invalid Form Body', code: 50035, errors: this.#tree });
  }
}
