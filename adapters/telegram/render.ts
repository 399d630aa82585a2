import type { InlineKeyboardButton } from 'grammy/types';
import type { Doc, ProgressStep, StepState } from '../../core/domain/chat.ts';
import { type Flow, inserted, joined, pieces, plainFlow, stacked, styled } from './flow.ts';
import { keyboardOf, plainLinks } from './keyboard.ts';
import { fromMarkdown } from './markdown.ts';

/** One message for Telegram. */
export interface Rendered {
  readonly flow: Flow;
  readonly keyboard: InlineKeyboardButton[][];
}

interface File {
  readonly name: string;
  readonly text: string;
}

/** Telegram takes 4,096 characters, counted without the marks. */
export const MAX_TEXT = 4_000;
/** It takes 1,024 below a file. */
const MAX_CAPTION = 1_000;
const MAX_PARTS = 3;
/** Longer markdown becomes a file whatever it says, so nobody waits for it to be parsed. */
const MAX_MARKDOWN = 14_000;
const SUMMARY = 1_500;
const MAX_STEPS = 40;

const GLYPHS: Record<StepState, string> = { pending: '○', running: '▶', done: '✔', failed: '✖', paused: '⏸' };

/**
 * A Doc as at most three messages, of which the last has the buttons, and its file; a longer text becomes its beginning
 * with the whole as a file. @throws Failure for a button that Telegram cannot carry
 */
export function partsOf(doc: Doc): { parts: Rendered[]; file: File | undefined } {
  const keyboard = keyboardOf(doc.buttons ?? []);
  const cut = doc.text.length <= MAX_MARKDOWN ? pieces(flowOf(doc, fromMarkdown(doc.text)), MAX_TEXT) : [];
  const isShort = cut.length === 1 || (cut.length > 0 && cut.length <= MAX_PARTS && !doc.attachment);
  if (!isShort) {
    const file = doc.attachment ?? { name: 'message.md', text: doc.text };
    return { parts: [{ flow: oneMessage(doc, SUMMARY, below), keyboard }], file };
  }
  return {
    parts: cut.map((flow, i) => ({ flow, keyboard: i === cut.length - 1 ? keyboard : [] })),
    file: doc.attachment,
  };
}

/** A Doc cut to what one message holds; for edits, which cannot become more messages. */
export function fitted(doc: Doc): Rendered {
  return { flow: oneMessage(doc, MAX_TEXT, plainFlow('…')), keyboard: keyboardOf(doc.buttons ?? []) };
}

/** The end of a text that is still growing, as much as one message holds. */
export const growing = (markdown: string): Flow =>
  pieces(harmless(fromMarkdown(markdown.slice(-MAX_MARKDOWN))), MAX_TEXT).at(-1) ?? plainFlow('…');

/** What stands below a file. */
export const captionOf = (markdown: string): Flow =>
  pieces(harmless(fromMarkdown(markdown)), MAX_CAPTION)[0] ?? plainFlow('');

const below = styled(plainFlow('The whole text is in the file below.'), { type: 'italic' });

/** One message; what is over `max` characters of text gives way to `end`. */
function oneMessage(doc: Doc, max: number, end: Flow): Flow {
  const text = fromMarkdown(doc.text.slice(0, MAX_MARKDOWN));
  const whole = flowOf(doc, text);
  if (whole.text.length <= MAX_TEXT && text.text.length <= max && doc.text.length <= MAX_MARKDOWN) return whole;
  const rest = flowOf(doc, end).text.length + 10;
  const [head = plainFlow('')] = pieces(text, Math.max(200, Math.min(max, MAX_TEXT - rest)));
  return pieces(flowOf(doc, stacked([head, end])), MAX_TEXT)[0] ?? end;
}

function flowOf(doc: Doc, text: Flow): Flow {
  const flow = harmless(stacked([headOf(doc), text, tailOf(doc)]));
  return flow.text === '' ? plainFlow('…') : flow;
}

/** Title and steps. */
function headOf({ title, steps = [] }: Doc): Flow {
  const lines = steps.slice(-MAX_STEPS).map((step) => plainFlow(stepLine(step)));
  return stacked([styled(plainFlow(words(title ?? '', 300)), { type: 'bold' }), joined(lines, '\n')]);
}

/** Small print, and links that cannot be buttons. */
function tailOf({ note, buttons = [] }: Doc): Flow {
  const small = note ? styled(fromMarkdown(words(note, 1_500)), { type: 'italic' }) : plainFlow('');
  return stacked([small, plainFlow(plainLinks(buttons).join('\n'))]);
}

const stepLine = ({ state, title, detail }: ProgressStep): string =>
  words(`${GLYPHS[state]} ${title}${detail ? ` · ${detail}` : ''}`, 300);

const words = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).trimEnd()}…`;

/** Joins `@` to what follows without a visible space, so that Telegram finds nobody to notify in it. */
function harmless(flow: Flow): Flow {
  const closed = flow.marks.filter(({ type }) => type === 'code' || type === 'pre');
  const names = [...flow.text.matchAll(/(?<!\w)@(?=\w)/g)]
    .map(({ index }) => index + 1)
    .filter((at) => !closed.some(({ offset, length }) => at > offset && at <= offset + length));
  return inserted(flow, names, '\u2060');
}
