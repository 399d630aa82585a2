import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from 'discord.js';
import type { Button } from '../../core/domain/chat.ts';

/** Discord's limits: https://docs.discord.com/developers/components/reference */
const MAX_ID = 100;
const MAX_WORDS = 45;
const PREFIX = 'form|';

/**
 * A form button's custom id carries the token and, as far as they fit, the form's title and label, so that nothing has to
 * be remembered between the card and the press.
 */
export function formButtonId(token: string, { title, label }: NonNullable<Button['form']>): string {
  const words = [title, label].map((text) => shorten(text.replaceAll('|', '/'), MAX_WORDS)).join('|');
  return `${PREFIX}${token}|${words}`.slice(0, MAX_ID);
}

export const opensForm = (customId: string): boolean => customId.startsWith(PREFIX);

/** The form behind a button; `pressed` is what stands on the button, for words that did not fit. */
export function formOf(customId: string, pressed: string): APIModalInteractionResponseCallbackData {
  const [token = '', title = '', label = ''] = customId.slice(PREFIX.length).split('|');
  return {
    custom_id: token,
    title: shorten(title || pressed, MAX_WORDS),
    components: [
      {
        type: ComponentType.Label,
        label: shorten(label || pressed, MAX_WORDS),
        component: {
          type: ComponentType.TextInput,
          custom_id: 'text',
          style: TextInputStyle.Paragraph,
          required: true,
        },
      },
    ],
  };
}

function shorten(text: string, max: number): string {
  const plain = text.trim() || 'Mainloop';
  return plain.length <= max ? plain : `${plain.slice(0, max - 1).trimEnd()}…`;
}
