import type { InlineKeyboardButton } from 'grammy/types';
import type { Button } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import { linkUrl } from './links.ts';

/** `callback_data` takes 1 to 64 bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton). */
const MAX_TOKEN_BYTES = 64;
const MAX_LABEL = 60;
/** What a phone shows legibly in one row. */
const ROW_BUTTONS = 4;
const ROW_CHARACTERS = 34;

/** Rows of buttons as an inline keyboard; links that Telegram refuses are left to {@link plainLinks}. @throws Failure `token_too_long` */
export function keyboardOf(rows: readonly (readonly Button[])[]): InlineKeyboardButton[][] {
  return rows.flatMap((row) => broken(row.flatMap((button) => telegramButton(button) ?? [])));
}

/** The link buttons that cannot be buttons here, as lines of text. */
export const plainLinks = (rows: readonly (readonly Button[])[]): string[] =>
  rows.flat().flatMap(({ label, url }) => (url !== undefined && linkUrl(url) === null ? [`${label}: ${url}`] : []));

function telegramButton({ label, token, url }: Button): InlineKeyboardButton | null {
  const text = label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1).trimEnd()}…` : label || '…';
  if (url !== undefined) {
    const address = linkUrl(url);
    return address === null ? null : { text, url: address };
  }
  if (token === undefined) return null;
  const bytes = Buffer.byteLength(token);
  if (bytes < 1 || bytes > MAX_TOKEN_BYTES) {
    throw new Failure(`The button "${text}" carries ${bytes} bytes; Telegram takes 1 to ${MAX_TOKEN_BYTES}.`, {
      code: 'token_too_long',
      remedy: 'never',
    });
  }
  return { text, callback_data: token };
}

/** A row as one or more, none wider than a phone. */
function broken(row: readonly InlineKeyboardButton[]): InlineKeyboardButton[][] {
  const rows: InlineKeyboardButton[][] = [];
  for (const button of row) {
    const last = rows.at(-1);
    const width = (last ?? []).reduce((sum, { text }) => sum + text.length + 2, button.text.length);
    if (last && last.length < ROW_BUTTONS && width <= ROW_CHARACTERS) last.push(button);
    else rows.push([button]);
  }
  return rows;
}
