import type { Json } from './types.ts';

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; none when it is no list. */
export function objectsIn(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** A text field; empty when absent. */
export function textIn(object: Json, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}
