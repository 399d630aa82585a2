import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { Button } from '../../core/domain/chat.ts';
import type { BlockActions } from './payload.ts';

const CALLBACK = 'mainloop_form';
/** Slack's limits: https://docs.slack.dev/reference/views and /block-kit. */
const MAX_VALUE = 2_000;
const MAX_TITLE = 24;
const MAX_LABEL = 2_000;

const formValue = z.object({ token: z.string(), title: z.string(), label: z.string(), initial: z.string().optional() });
const formContext = z.object({ token: z.string(), channel: z.string(), ts: z.string(), thread: z.string().optional() });
export type FormContext = z.infer<typeof formContext>;

/** What a form button carries: everything its modal needs, so that nothing has to be remembered between press and submit. */
export function formButtonValue(token: string, form: NonNullable<Button['form']>): string {
  const value = { token, title: form.title.slice(0, 200), label: form.label.slice(0, 500) };
  const room = MAX_VALUE - JSON.stringify(value).length - 40;
  const initial = form.initial?.slice(0, Math.floor(room / 2));
  return JSON.stringify({ ...value, ...(initial ? { initial } : {}) });
}

/** The modal behind a form button; `private_metadata` brings the button's token and message back on submission. */
export function formView(body: BlockActions): ModalView {
  const form = formValue.parse(JSON.parse(body.actions[0]?.value ?? ''));
  const { channel_id: channel, message_ts: ts } = body.container;
  const thread = body.container.thread_ts ?? body.message?.thread_ts;
  const context: FormContext = { token: form.token, channel, ts, ...(thread ? { thread } : {}) };
  return {
    type: 'modal',
    callback_id: CALLBACK,
    private_metadata: JSON.stringify(context),
    title: { type: 'plain_text', text: shorten(form.title, MAX_TITLE) },
    submit: { type: 'plain_text', text: 'Send' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: 'text',
        label: { type: 'plain_text', text: shorten(form.label, MAX_LABEL) },
        element: {
          type: 'plain_text_input',
          action_id: 'text',
          multiline: true,
          focus_on_load: true,
          ...(form.initial ? { initial_value: form.initial } : {}),
        },
      },
    ],
  };
}

/** What {@link formView} put into the view, or null when the view isn't ours. */
export function readFormContext(callback: string, metadata: string): FormContext | null {
  if (callback !== CALLBACK) return null;
  return formContext.parse(JSON.parse(metadata));
}

function shorten(text: string, max: number): string {
  const plain = text.trim() || ' ';
  return plain.length <= max ? plain : `${plain.slice(0, max - 1).trimEnd()}…`;
}
