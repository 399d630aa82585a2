import { chosen } from './acts.ts';
import { DiscordPersonError } from './errors.ts';
import { isJson, objectsIn, textIn } from './json.ts';
import type { DiscordModal, Json } from './types.ts';
import { flatten } from './validate/components.ts';

const TEXT_INPUT = 4;
const RADIO_GROUP = 21;
const CHECKBOX_GROUP = 22;
const CHECKBOX = 23;

/** What one fills in: a text, what one chooses, or a tick. */
export type FieldValue = string | string[] | boolean;

/** Everything that was chosen in a filled form. */
export function valuesIn(form: Json): string[] {
  return flatten(objectsIn(form.components)).flatMap(({ values }) => (Array.isArray(values) ? values.map(String) : []));
}

/** The inputs of a form with the words above them. */
export function inputsOf(modal: DiscordModal): { label: string; input: Json }[] {
  return modal.components.flatMap((component) => {
    const inner = flatten([component]).filter(({ custom_id }) => custom_id !== undefined);
    return inner.map((input) => ({ label: textIn(component, 'label') || textIn(input, 'label'), input }));
  });
}

/**
 * A form as it is sent, in the shape of its components. Fields go by custom id or label; what is not named keeps what
 * the app filled in.
 * @throws DiscordPersonError `not_found` for a field that is not there, `not_allowed` for what the client would not send
 */
export function filled(modal: DiscordModal, fields: Record<string, FieldValue>): Json {
  const inputs = inputsOf(modal);
  for (const name of Object.keys(fields)) {
    if (inputs.some(({ label, input }) => label === name || input.custom_id === name)) continue;
    const there = inputs.map(({ label, input }) => `${label} (${input.custom_id})`).join(', ');
    throw new DiscordPersonError('not_found', `no field ${name}; there are: ${there}`);
  }
  const components = modal.components.map((component) => {
    const { type, id } = component;
    const send = (input: Json): Json => {
      const label = textIn(component, 'label') || textIn(input, 'label');
      const value = fields[textIn(input, 'custom_id')] ?? fields[label];
      return { type: input.type, id: input.id, custom_id: input.custom_id, ...held(input, value) };
    };
    if (isJson(component.component)) return { type, id, component: send(component.component) };
    const inner = objectsIn(component.components);
    return inner.length > 0 ? { type, id, components: inner.map(send) } : { type, id };
  });
  return { custom_id: modal.customId, components };
}

function held(input: Json, value: FieldValue | undefined): Json {
  const { type } = input;
  if (type === CHECKBOX) return { value: value === undefined ? input.default === true : value === true };
  if (type === TEXT_INPUT) return { value: typed(input, value) };
  const preset = objectsIn(input.options).filter((option) => option.default === true);
  const wanted = value === undefined ? preset.map((option) => textIn(option, 'value')) : [value].flat().map(String);
  const isRequired = input.required !== false;
  if (wanted.length === 0 && isRequired) throw missing(input);
  if (type === RADIO_GROUP) return { value: wanted[0] === undefined ? null : chosen(input, wanted)[0] };
  if (wanted.length === 0) return { values: [] };
  if (type === CHECKBOX_GROUP) {
    return { values: chosen({ max_values: objectsIn(input.options).length, ...input }, wanted) };
  }
  return { values: chosen(input, wanted) };
}

function typed(input: Json, value: FieldValue | undefined): string {
  const text = value === undefined ? textIn(input, 'value') : String(value);
  if (text === '' && input.required !== false) throw missing(input);
  const { min_length: least = 0, max_length: most = 4000 } = input;
  if (text !== '' && (text.length < Number(least) || text.length > Number(most))) {
    throw new DiscordPersonError('not_allowed', `${input.custom_id} takes ${least} to ${most} characters`);
  }
  return text;
}

function missing({ custom_id }: Json): DiscordPersonError {
  return new DiscordPersonError('not_allowed', `${custom_id} is required`);
}
