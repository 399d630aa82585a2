import type { FileInfo } from '../domain/file.ts';
import type { StoredMessage } from '../store/conversations.ts';
import { bytesText } from '../words/files.ts';
import { headline } from '../words/text.ts';
import { message as limit } from './limits.ts';

/** What the context shows of a stored message. */
export type Shown = Pick<StoredMessage, 'id' | 'role' | 'author' | 'text' | 'files'> & {
  /** What became of its files; absent while none were fetched. */
  readonly attached?: readonly Attachment[];
};

/** `image` is set on the few images that the model sees, in base64. */
export type Attachment = FileInfo & { readonly image?: string };

/** Untrusted text that cannot pass for the frame around it: no forged `[m12] Ana:`, no forged `<system-reminder>` or `<file>`. */
export const asData = (text: string): string =>
  text.replace(/\[(m\d+)\]/giu, '($1)').replace(/<(?=\/?\s*(?:system-reminder|summary|note|file)\b)/giu, '‹');

/** A message as the model reads it: `[m123] Ana: the date picker…`, its files behind. The assistant's own words stand alone. */
export function render({ id, role, author, text, files, attached = [] }: Shown): string {
  const words = shorten(text.trim());
  if (role === 'assistant') return words;
  const names = files.map(({ name }) => asData(headline(name)));
  const unknown =
    attached.length === 0 && names.length > 0 ? [`(files that could not be fetched: ${names.join(', ')})`] : [];
  const said = `[m${id}] ${asData(headline(author)).replaceAll(':', '')}: ${asData(words) || '(no text)'}`;
  return [said, ...attached.map(fileLine), ...unknown].join('\n');
}

/** A file with as much of it as stands in the conversation. What it says is its author's word, nobody else's. */
function fileLine(file: Attachment): string {
  const name = asData(headline(file.name)).replace(/["\\]/g, "'");
  const about = `f${file.id} "${name}"`;
  if (file.problem) return `(file ${about}: ${problems[file.problem] ?? "can't be read, and the author is told so"})`;
  const size = bytesText(file.size);
  switch (file.kind) {
    case 'image':
      return `(image ${about}, ${file.image ? 'shown below' : 'not shown any more; a worker can see it'})`;
    case 'text':
      return `<file id="f${file.id}" name="${name}" size="${size}">\n${asData(file.excerpt)}\n</file>`;
    default:
      return `(file ${about}, ${file.kind}, ${size}: you can't open it, a worker can)`;
  }
}

const problems: Partial<Record<NonNullable<FileInfo['problem']>, string>> = {
  image_size: 'an image too large for you to see, which a worker can; the author is told so',
};

/** The head and tail of a text too long for the context; never cuts a surrogate pair in two. */
function shorten(text: string): string {
  const { head, tail } = limit;
  if (text.length <= head + tail) return text;
  const left = text.length - head - tail;
  const note = `\n<note>${left} characters are left out here; the whole message is stored</note>\n`;
  return `${text.slice(0, head).toWellFormed()}${note}${text.slice(-tail).toWellFormed()}`;
}
