import type { FileRef } from '../domain/chat.ts';
import type { StoredMessage } from '../store/conversations.ts';
import { headline } from '../words/text.ts';
import { message as limit } from './limits.ts';

/** What the context shows of a stored message. */
export type Shown = Pick<StoredMessage, 'id' | 'role' | 'author' | 'text' | 'files'>;

/** Untrusted text that cannot pass for the frame around it: no forged `[m12] Ana:`, no forged `<system-reminder>` or `<summary>`. */
export const asData = (text: string): string =>
  text.replace(/\[(m\d+)\]/giu, '($1)').replace(/<(?=\/?\s*(?:system-reminder|summary|note)\b)/giu, '‹');

/** A message as the model reads it: `[m123] Ana: the date picker…`. The assistant's own words stand alone. */
export function render({ id, role, author, text, files }: Shown): string {
  const words = shorten(text.trim());
  if (role === 'assistant') return words;
  const attached = files.length > 0 ? `\n(files, which you can't open: ${files.map(fileName).join(', ')})` : '';
  return `[m${id}] ${asData(headline(author)).replaceAll(':', '')}: ${asData(words) || '(no text)'}${attached}`;
}

const fileName = ({ name, mimeType }: FileRef): string => `${asData(headline(name))} (${mimeType})`;

/** The head and tail of a text too long for the context; never cuts a surrogate pair in two. */
function shorten(text: string): string {
  const { head, tail } = limit;
  if (text.length <= head + tail) return text;
  const left = text.length - head - tail;
  const note = `\n<note>${left} characters are left out here; the whole message is stored</note>\n`;
  return `${text.slice(0, head).toWellFormed()}${note}${text.slice(-tail).toWellFormed()}`;
}
