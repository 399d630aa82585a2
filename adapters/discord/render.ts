import { MessageFlags, type RawFile } from 'discord.js';
import type { Doc, StepState } from '../../core/domain/chat.ts';
import type { OutFile } from '../../core/domain/file.ts';
import { splitMarkdown } from '../../core/words/split.ts';
import { componentsOf } from './components.ts';
import { escaped, toDiscord } from './markdown.ts';

/** A message holds 2,000 characters; pieces leave room for what closes a fence. */
export const MAX_TEXT = 1_900;
const MAX_CONTENT = 2_000;
const MAX_PARTS = 3;
const MAX_SUMMARY = 1_200;
const MAX_STEPS = 15;
const MAX_NOTE = 300;

const GLYPHS: Record<StepState, string> = { pending: '○', running: '▶', done: '✔', failed: '✖', paused: '⏸' };

/** The body of a message, as Discord takes it for a post, an edit and an answer to an interaction. */
export interface Rendered {
  readonly body: {
    readonly content: string;
    readonly components: ReturnType<typeof componentsOf>;
    readonly allowed_mentions: { readonly parse: [] };
    readonly flags: number;
    readonly attachments?: { id: number; filename: string }[];
  };
  readonly files: RawFile[] | undefined;
}

/** A Doc as markdown in a message's content, which phones show and announce best; small print is `-#`. */
export function render(doc: Doc, marker?: number): Rendered {
  const { attachment } = doc;
  return {
    body: {
      content: contentOf(doc),
      components: componentsOf(doc.buttons ?? [], marker),
      allowed_mentions: { parse: [] },
      flags: MessageFlags.SuppressEmbeds,
      ...(attachment ? { attachments: [{ id: 0, filename: attachment.name }] } : {}),
    },
    files: attachment && [{ name: attachment.name, data: Buffer.from(attachment.text), contentType: 'text/plain' }],
  };
}

/** A file with the words that stand above it. */
export function withFile({ caption, name, bytes, mimeType }: OutFile): Rendered {
  const { body } = render({ text: caption });
  return {
    body: { ...body, attachments: [{ id: 0, filename: name }] },
    files: [{ name, data: Buffer.from(bytes), contentType: mimeType }],
  };
}

/** Title, steps, text and small print, one below the other. */
export function contentOf({ title, text, steps = [], note }: Doc): string {
  const lines = steps.slice(-MAX_STEPS).map(({ state, title: words, detail }) => {
    const line = `${GLYPHS[state]} ${escaped(words)}${detail ? ` · ${escaped(detail)}` : ''}`;
    return line.slice(0, 200);
  });
  const parts = [
    title === undefined ? '' : `**${escaped(title).slice(0, 250)}**`,
    ...lines,
    toDiscord(text).trim(),
    ...(note
      ? cut(note, MAX_NOTE)
          .split('\n')
          .map((line) => `-# ${toDiscord(line)}`)
      : []),
  ];
  const content = parts.filter((part) => part !== '').join('\n');
  return content.length <= MAX_CONTENT ? content || '…' : cut(content, MAX_CONTENT);
}

/**
 * A Doc as the docs that each fit into one message: up to three pieces of text, of which the last has the buttons; longer
 * text becomes its beginning with the whole as a file.
 */
export function partsOf(doc: Doc): Doc[] {
  const room = roomFor(doc);
  const text = toDiscord(doc.text);
  if (text.length <= room) return [doc];
  const pieces = splitMarkdown(text, room);
  if (pieces.length > MAX_PARTS || doc.attachment) return [shortened(doc)];
  const { title, text: _, ...rest } = doc;
  return pieces.map((piece, i) => ({
    ...(i === 0 && title !== undefined ? { title } : {}),
    text: piece,
    ...(i === pieces.length - 1 ? rest : {}),
  }));
}

/** The doc with the beginning of its text, and the whole text as its file. */
function shortened(doc: Doc): Doc {
  const [head = ''] = splitMarkdown(toDiscord(doc.text), Math.min(MAX_SUMMARY, roomFor(doc)));
  return {
    ...doc,
    text: `${head}\n\n*The whole text is in the file below.*`,
    attachment: doc.attachment ?? { name: 'message.md', text: doc.text },
  };
}

/** The doc cut to what one message holds; for edits, which cannot become more messages. */
export function fitted(doc: Doc): Doc {
  const [head = '', ...rest] = splitMarkdown(toDiscord(doc.text), roomFor(doc));
  return rest.length === 0 ? doc : { ...doc, text: `${head}\n\n…` };
}

/** How much text fits beside title, steps and small print. */
function roomFor(doc: Doc): number {
  const others = contentOf({ ...doc, text: '' }).length;
  return Math.max(500, MAX_TEXT - others);
}

const cut = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;
