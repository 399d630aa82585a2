import { attachedLimits } from '../../core/domain/file.ts';
import { Failure } from '../../core/errors.ts';
import type { NewWebFile } from '../../core/store/web.ts';

/** Most that one act may bring: characters, files, bytes of a file. */
export const actLimits = { characters: 20_000, files: 5, fileBytes: attachedLimits.fileBytes } as const;

/** What is wrong with what a page sent: the code is `invalid_` and the name of the field. */
const invalid = (field: string, message: string): Failure =>
  new Failure(message, { code: `invalid_${field}`, remedy: 'never' });

/** A nonce names one form on one drawing of a page, with what was written in it first. */
export function checkNonce(nonce: string): void {
  if (!/^[\w-]{8,64}$/.test(nonce)) throw outOfDate();
}

export const outOfDate = (): Failure =>
  invalid('nonce', 'This form was sent already, or its page is out of date: load it again.');

export function checkText(field: string, text: string): void {
  if (text.length > actLimits.characters)
    throw invalid(
      field,
      `That is ${text.length.toLocaleString('en')} characters; at most ${actLimits.characters.toLocaleString('en')} are taken.`,
    );
}

/** A browser sends an empty file for a field that was left empty: those are left out before. */
export function checkWords(text: string, files: readonly NewWebFile[]): void {
  checkText('text', text);
  if (text.trim() === '' && files.length === 0) throw invalid('text', 'Write something first.');
  if (files.length > actLimits.files) throw invalid('files', `At most ${actLimits.files} files are taken at once.`);
  const large = files.find(({ bytes }) => bytes.length > actLimits.fileBytes);
  if (large) throw invalid('files', `${large.name} is larger than ${actLimits.fileBytes / 1024 / 1024} MB.`);
}

/** A button's token, as {@link import('../../core/domain/chat.ts').Button} has it. */
export function checkToken(token: string): void {
  if (token === '' || Buffer.byteLength(token) > 64) throw invalid('token', 'There is no such button.');
}

export function checkEmoji(emoji: string): void {
  if (emoji === '' || emoji.length > 32) throw invalid('emoji', 'There is no such reaction.');
}
