import { isJson, objectsIn } from '../json.ts';
import type { Json } from '../types.ts';
import { checkCustomId } from './custom-id.ts';
import type { FormErrors, Path } from './form-errors.ts';
import { checkSelect, isSelect } from './select.ts';

/** Message flag that turns components V2 on. */
export const IS_COMPONENTS_V2 = 1 << 15;
const MAX_ROWS = 5;
const MAX_V2_COMPONENTS = 40;
const MAX_V2_TEXT = 4000;
const V2_TOP_LEVEL = [1, 9, 10, 12, 13, 14, 17] as const;
const V2_IN_CONTAINER = [1, 9, 10, 12, 13, 14] as const;

/**
 * Checks the components of a message: five rows of five buttons or one select, or components V2
 * (https://docs.discord.com/developers/components/reference).
 */
export function checkComponents(value: unknown, isV2: boolean, errors: FormErrors): void {
  const path = ['components'];
  const components = errors.list(path, value, isV2 ? MAX_V2_COMPONENTS : MAX_ROWS);
  const customIds = new Set<string>();
  for (const [i, component] of components.entries()) {
    const at = [...path, i];
    if (!isJson(component)) errors.add(at, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType');
    else if (isV2) checkV2(component, at, V2_TOP_LEVEL, customIds, errors);
    else if (component.type === 1) checkRow(component, at, customIds, errors);
    else errors.choice([...at, 'type'], component.type, [1]);
  }
  if (!isV2) return;
  const all = flatten(objectsIn(components));
  if (all.length > MAX_V2_COMPONENTS) {
    errors.add(
      path,
      'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      `The maximum number of components is ${MAX_V2_COMPONENTS}`,
    );
  }
  const written = all.reduce((sum, { type, content }) => sum + (type === 10 ? String(content ?? '').length : 0), 0);
  if (written > MAX_V2_TEXT) {
    errors.add(path, 'COMPONENT_TEXT_TOO_LONG', `The combined text must be ${MAX_V2_TEXT} or fewer in length.`);
  }
}

function checkRow(row: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  const children = errors.list([...path, 'components'], row.components, 5, 1);
  const hasSelect = objectsIn(children).some(isSelect);
  if (hasSelect && children.length > 1) {
    errors.add([...path, 'components'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 1 in length.');
  }
  objectsIn(children).forEach((child, i) => {
    const at = [...path, 'components', i];
    if (child.type === 2) checkButton(child, at, customIds, errors);
    else if (isSelect(child)) checkSelect(child, at, customIds, errors);
    else errors.choice([...at, 'type'], child.type, [2, 3, 5, 6, 7, 8]);
  });
}

function checkButton(button: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  errors.choice([...path, 'style'], button.style, [1, 2, 3, 4, 5, 6]);
  errors.text([...path, 'label'], button.label, 80);
  if (button.style === 5) {
    errors.text([...path, 'url'], button.url, 512, 1);
    if (button.custom_id !== undefined) {
      errors.add(
        [...path, 'custom_id'],
        'BUTTON_COMPONENT_CUSTOM_ID_AND_URL',
        'A custom id and url cannot both be specified',
      );
    }
    return;
  }
  checkCustomId(button, path, customIds, errors);
  if (button.label === undefined && !isJson(button.emoji)) {
    errors.add(path, 'BUTTON_COMPONENT_INVALID_EMOJI', 'A button needs a label or an emoji');
  }
}

function checkV2(
  component: Json,
  path: Path,
  allowed: readonly number[],
  customIds: Set<string>,
  errors: FormErrors,
): void {
  errors.choice([...path, 'type'], component.type, allowed);
  const inner = objectsIn(component.components);
  if (component.type === 1) checkRow(component, path, customIds, errors);
  if (component.type === 10) errors.text([...path, 'content'], component.content, MAX_V2_TEXT, 1);
  if (component.type === 12) errors.list([...path, 'items'], component.items, 10, 1);
  if (component.type === 9) {
    errors.list([...path, 'components'], component.components, 3, 1);
    for (const [i, child] of inner.entries()) checkV2(child, [...path, 'components', i], [10], customIds, errors);
    const { accessory } = component;
    if (!isJson(accessory)) errors.add([...path, 'accessory'], 'BASE_TYPE_REQUIRED', 'This field is required');
    else if (accessory.type === 2) checkButton(accessory, [...path, 'accessory'], customIds, errors);
  }
  if (component.type === 17) {
    for (const [i, child] of inner.entries())
      checkV2(child, [...path, 'components', i], V2_IN_CONTAINER, customIds, errors);
  }
}

/** Components and all that is in them, in reading order. */
export function flatten(components: Json[]): Json[] {
  return components.flatMap((component) => {
    const single = [component.accessory, component.component].filter(isJson);
    return [component, ...flatten(objectsIn(component.components)), ...flatten(single)];
  });
}

/** Components as Discord keeps them: each with a number as its `id`. */
export function numbered(components: Json[]): Json[] {
  const copy = structuredClone(components);
  const all = flatten(copy);
  const taken = new Set(all.map(({ id }) => id));
  let next = 0;
  for (const component of all) {
    if (typeof component.id === 'number' && component.id > 0) continue;
    do next += 1;
    while (taken.has(next));
    component.id = next;
  }
  return copy;
}
