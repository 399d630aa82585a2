import { isJson, objectsIn } from '../json.ts';
import type { Json } from '../types.ts';
import { checkCustomId } from './custom-id.ts';
import { FormErrors, type Path } from './form-errors.ts';
import { checkOptions, checkSelect, isSelect } from './select.ts';

const IN_LABEL = [3, 4, 5, 6, 7, 8, 19, 21, 22, 23];

/**
 * Checks a form: title of 45 characters, one to five labels with an input each, rows with a text input (the older
 * way), or text (https://docs.discord.com/developers/components/reference).
 * @throws DiscordApiError 50035
 */
export function checkModal(data: unknown): void {
  const errors = new FormErrors(['data']);
  const modal = isJson(data) ? data : {};
  errors.text(['title'], modal.title, 45, 1);
  errors.text(['custom_id'], modal.custom_id, 100, 1);
  errors.list(['components'], modal.components, 5, 1);
  const customIds = new Set<string>();
  objectsIn(modal.components).forEach((component, i) => {
    const path = ['components', i];
    errors.choice([...path, 'type'], component.type, [1, 10, 18]);
    if (component.type === 10) errors.text([...path, 'content'], component.content, 2000, 1);
    if (component.type === 18) checkLabel(component, path, customIds, errors);
    if (component.type === 1) checkRow(component, path, customIds, errors);
  });
  errors.check();
}

function checkLabel(label: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  errors.text([...path, 'label'], label.label, 45, 1);
  errors.text([...path, 'description'], label.description, 100);
  const at = [...path, 'component'];
  const { component } = label;
  if (!isJson(component)) return void errors.add(at, 'BASE_TYPE_REQUIRED', 'This field is required');
  errors.choice([...at, 'type'], component.type, IN_LABEL);
  if (component.type === 4) checkTextInput(component, at, customIds, errors);
  else if (isSelect(component)) checkSelect(component, at, customIds, errors);
  else checkCustomId(component, at, customIds, errors);
  if (component.type === 21 || component.type === 22) checkOptions(component, at, 10, errors);
}

function checkRow(row: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  errors.list([...path, 'components'], row.components, 1, 1);
  objectsIn(row.components).forEach((input, i) => {
    const at = [...path, 'components', i];
    errors.choice([...at, 'type'], input.type, [4]);
    errors.text([...at, 'label'], input.label, 45, 1);
    checkTextInput(input, at, customIds, errors);
  });
}

function checkTextInput(input: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  checkCustomId(input, path, customIds, errors);
  errors.choice([...path, 'style'], input.style, [1, 2]);
  errors.text([...path, 'placeholder'], input.placeholder, 100);
  errors.text([...path, 'value'], input.value, 4000);
}
