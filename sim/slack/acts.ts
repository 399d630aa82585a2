import { isJson, objectsIn } from './blocks.ts';
import { SlackPersonError } from './errors.ts';
import type { Json, SlackBlock } from './types.ts';

/** An interactive element with the block that holds it. */
export interface Control {
  block: SlackBlock;
  element: Json;
}

/** Every interactive element of the blocks, in reading order. */
export function controlsOf(blocks: SlackBlock[] | undefined): Control[] {
  return (blocks ?? []).flatMap((block) => {
    const nested = [...objectsIn(block.child_blocks), ...objectsIn(block.blocks)].map((inner) => inner as SlackBlock);
    const own = [...objectsIn(block.elements), block.accessory, block.element, ...objectsIn(block.actions)].filter(
      isJson,
    );
    const controls = own.filter((element) => element.action_id !== undefined).map((element) => ({ block, element }));
    return [...controls, ...controlsOf(nested)];
  });
}

/** The words on a button or an option. */
export function labelOf(element: Json): string {
  return isJson(element.text) ? String(element.text.text ?? '') : String(element.text ?? '');
}

/** Which button: by what it says, by the app's names for it, or by its place as `renderMessage` numbers them, from 1. */
export interface ButtonChoice {
  actionId?: string;
  text?: string;
  value?: string;
  number?: number;
}

/** @throws SlackPersonError `not_found` with the labels that are there */
export function findButton(blocks: SlackBlock[] | undefined, by: ButtonChoice): Control {
  const buttons = controlsOf(blocks).filter(
    ({ element }) => element.type === 'button' || element.type === 'workflow_button',
  );
  const found = buttons.find(
    ({ element }, i) =>
      (by.number === undefined || by.number === i + 1) &&
      (by.actionId === undefined || element.action_id === by.actionId) &&
      (by.value === undefined || element.value === by.value) &&
      (by.text === undefined || labelOf(element) === by.text),
  );
  if (found) return found;
  const labels = buttons.map(({ element }) => `${labelOf(element)} (${element.action_id})`).join(', ');
  throw new SlackPersonError('not_found', `no button ${JSON.stringify(by)}; there are: ${labels || 'none'}`);
}

/** @throws SlackPersonError `not_found` */
export function findControl(blocks: SlackBlock[] | undefined, actionId: string): Control {
  const found = controlsOf(blocks).find(({ element }) => element.action_id === actionId);
  if (found) return found;
  throw new SlackPersonError('not_found', `no element with action_id ${actionId}`);
}

/** What an element holds after a person chose or typed, as it stands in `state.values` and in an action. */
export function heldValue(element: Json, chosen: string | string[]): Json {
  const type = String(element.type);
  const list = [chosen].flat();
  const options = [
    ...objectsIn(element.options),
    ...objectsIn(element.option_groups).flatMap((g) => objectsIn(g.options)),
  ];
  const option = (value: string): Json => {
    const found = options.find((candidate) => candidate.value === value || labelOf(candidate) === value);
    if (found) return found;
    if (options.length === 0) return { text: { type: 'plain_text', text: value }, value };
    throw new SlackPersonError('not_found', `no option ${value} in ${element.action_id}`);
  };
  const [first = ''] = list;
  if (/^multi_(?:static|external)_select$|^checkboxes$/.test(type)) return { type, selected_options: list.map(option) };
  if (/^(?:static|external)_select$|^radio_buttons$/.test(type)) return { type, selected_option: option(first) };
  const plural = /^multi_(user|conversation|channel)s_select$/.exec(type)?.[1];
  if (plural) return { type, [`selected_${plural}s`]: list };
  const single = /^(user|conversation|channel)s_select$/.exec(type)?.[1];
  if (single) return { type, [`selected_${single}`]: first };
  if (type === 'datepicker') return { type, selected_date: first };
  if (type === 'timepicker') return { type, selected_time: first };
  return { type, value: first };
}
