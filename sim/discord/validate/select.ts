import { objectsIn } from '../json.ts';
import type { Json } from '../types.ts';
import { checkCustomId } from './custom-id.ts';
import type { FormErrors, Path } from './form-errors.ts';

const SELECTS = new Set<unknown>([3, 5, 6, 7, 8]);

/** String, user, role, mentionable and channel selects. */
export function isSelect(component: Json): boolean {
  return SELECTS.has(component.type);
}

/** A select of any kind, in a message or in a form. */
export function checkSelect(select: Json, path: Path, customIds: Set<string>, errors: FormErrors): void {
  checkCustomId(select, path, customIds, errors);
  errors.text([...path, 'placeholder'], select.placeholder, 150);
  if (select.type === 3) checkOptions(select, path, 25, errors);
  const { min_values: least = 1, max_values: most = 1 } = select;
  const isSound = typeof least === 'number' && typeof most === 'number' && least >= 0 && most >= 1 && least <= most;
  if (!isSound || most > 25) {
    errors.add([...path, 'max_values'], 'BASE_TYPE_BAD_INT', 'Values must be between min_values and 25.');
  }
}

/** The options of a select, or of radio buttons and check boxes. */
export function checkOptions(holder: Json, path: Path, max: number, errors: FormErrors): void {
  errors.list([...path, 'options'], holder.options, max, 1);
  const values = new Set<unknown>();
  objectsIn(holder.options).forEach((option, i) => {
    const at = [...path, 'options', i];
    errors.text([...at, 'label'], option.label, 100, 1);
    errors.text([...at, 'value'], option.value, 100, 1);
    errors.text([...at, 'description'], option.description, 100);
    if (values.has(option.value)) {
      errors.add(
        [...at, 'value'],
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    }
    values.add(option.value);
  });
}
