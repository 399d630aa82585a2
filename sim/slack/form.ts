import type { EventEmitter } from 'node:events';
import { controlsOf, heldValue } from './acts.ts';
import { isJson } from './blocks.ts';
import { SlackPersonError } from './errors.ts';
import type { Json, SlackSimEvents, SlackView } from './types.ts';
import type { Views } from './views.ts';

/** Where a submitted modal led. */
export type SubmitResult =
  | { action: 'closed' }
  | { action: 'errors'; errors: Record<string, string> }
  | { action: 'updated' | 'pushed'; view: SlackView };

/**
 * Writes values (by `action_id` or `block_id`) and the initial ones into `view.state`.
 * @throws SlackPersonError `not_allowed` when a required input stays empty, as Slack's client would say
 */
export function fillView(view: SlackView, values: Record<string, string | string[]>): void {
  for (const { block, element } of controlsOf(view.blocks)) {
    if (element.type === 'button') continue;
    const actionId = String(element.action_id);
    const blockId = String(block.block_id);
    const value = values[actionId] ?? values[blockId];
    const held = value === undefined ? initialValue(element) : heldValue(element, value);
    const isEmpty = Object.values(held).every((item, i) => i === 0 || item === null || item === '');
    if (block.type === 'input' && block.optional !== true && isEmpty) {
      throw new SlackPersonError('not_allowed', `${blockId} needs an answer`);
    }
    view.state.values[blockId] = { ...view.state.values[blockId], [actionId]: held };
  }
}

function initialValue(element: Json): Json {
  const type = String(element.type);
  if (element.initial_value !== undefined) return { type, value: element.initial_value };
  if (element.initial_option !== undefined) return { type, selected_option: element.initial_option };
  if (element.initial_options !== undefined) return { type, selected_options: element.initial_options };
  if (type === 'plain_text_input') return { type, value: null };
  return /^multi_|^checkboxes$/.test(type) ? { type, selected_options: [] } : { type, selected_option: null };
}

/** Does what the app answered to a submission: close, show errors, update or push. */
export function followAnswer(
  parts: { views: Views; watchers: EventEmitter<SlackSimEvents> },
  user: string,
  view: SlackView,
  answer: Json,
): SubmitResult {
  switch (answer.response_action) {
    case 'errors': {
      const errors = isJson(answer.errors) ? answer.errors : {};
      return { action: 'errors', errors: Object.fromEntries(Object.entries(errors).map(([k, v]) => [k, String(v)])) };
    }
    case 'update': {
      const updated = parts.views.update(view.id, answer.view);
      parts.watchers.emit('view', { op: 'update', user, view: updated });
      return { action: 'updated', view: updated };
    }
    case 'push': {
      const pushed = parts.views.push(user, answer.view);
      parts.watchers.emit('view', { op: 'push', user, view: pushed });
      return { action: 'pushed', view: pushed };
    }
    default:
      parts.views.close(user, { all: answer.response_action === 'clear' });
      parts.watchers.emit('view', { op: 'close', user, view });
      return { action: 'closed' };
  }
}
