import type { Json } from '../types.ts';
import type { FormErrors, Path } from './form-errors.ts';

/** A custom id of 1 to 100 characters that no other component of the message or form has. */
export function checkCustomId(component: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  const customId = errors.text([...path, 'custom_id'], component.custom_id, 100, 1);
  if (customId === undefined) return;
  if (customIds.has(customId)) {
    errors.add([...path, 'custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  }
  customIds.add(customId);
}
