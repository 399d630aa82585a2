import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import { badRequest, TelegramPersonError } from './errors.ts';
import { checkedUrl } from './text/formatted.ts';
import type { Json, TelegramMessage } from './types.ts';

const MAX_DATA_BYTES = 64;
const MAX_BUTTONS = 100;
/** What else than data or an address a button may carry; the miniature keeps it as it is. */
const OTHER_ACTIONS = ['web_app', 'login_url', 'switch_inline_query', 'switch_inline_query_current_chat', 'copy_text'];

/**
 * Checks an inline keyboard as Telegram does; none for an empty one. Other keyboards (`force_reply`, reply keyboards)
 * are accepted and not kept: they never come back in a message.
 * @throws TelegramApiError 400
 */
export function inlineKeyboard(markup: Json | undefined): InlineKeyboardMarkup | undefined {
  const rows = markup?.inline_keyboard;
  if (rows === undefined) return undefined;
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row))) {
    throw badRequest('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays');
  }
  const keyboard = rows.map((row: Json[]) => row.map(checked)).filter((row) => row.length > 0);
  if (keyboard.flat().length > MAX_BUTTONS) throw badRequest('reply markup is too long');
  return keyboard.length > 0 ? { inline_keyboard: keyboard } : undefined;
}

/** The buttons of a message in reading order. */
export function buttonsOf(message: TelegramMessage): InlineKeyboardButton[] {
  return message.wire.reply_markup?.inline_keyboard.flat() ?? [];
}

/** The first button of that label, else of that data. @throws TelegramPersonError `not_found` */
export function findButton(message: TelegramMessage, by: string): InlineKeyboardButton {
  const buttons = buttonsOf(message);
  const button = buttons.find(({ text }) => text === by) ?? buttons.find((one) => dataOf(one) === by);
  if (button) return button;
  const labels = buttons.map(({ text }) => text).join(', ');
  throw new TelegramPersonError('not_found', `no button "${by}" among ${labels}`);
}

/** What pressing the button sends to the bot. */
export function dataOf(button: InlineKeyboardButton): string | undefined {
  return 'callback_data' in button ? button.callback_data : undefined;
}

function checked(button: Json): InlineKeyboardButton {
  const { text, callback_data: data, url } = button;
  if (typeof text !== 'string') {
    throw badRequest(`can't parse inline keyboard button: Can't find field "text"`);
  }
  if (text === '') throw badRequest('inline keyboard button text must be non-empty');
  if (typeof data === 'string') {
    const bytes = Buffer.byteLength(data);
    if (bytes < 1 || bytes > MAX_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID');
    return { text, callback_data: data };
  }
  if (typeof url === 'string') {
    const address = checkedUrl(url);
    if (address === undefined) throw badRequest(`inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    return { text, url: address };
  }
  if (OTHER_ACTIONS.some((action) => action in button)) return button as unknown as InlineKeyboardButton;
  throw badRequest('Text buttons are unallowed in the inline keyboard');
}
