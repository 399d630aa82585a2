import type {
  ActionsBlock,
  ContextBlock,
  KnownBlock,
  PlanBlock,
  RichTextBlock,
  SectionBlock,
  Button as SlackButton,
  TaskCardBlock,
} from '@slack/types';
import type { Button, Doc, ProgressStep, StepState } from '../../core/domain/chat.ts';
import { splitMarkdown } from '../../core/words/split.ts';
import { formButtonValue } from './form.ts';
import { ACTION } from './interactions.ts';
import { escapeMrkdwn, plainText, safeMarkdown, toMrkdwn } from './markdown.ts';

/** One message for Slack: `text` is what notifications show and what clients without blocks fall back to. */
export interface Rendered {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Slack refuses more than about 13,200 characters over all blocks (bolt-js#2509), and 12,000 in one markdown block. */
const MAX_ALL = 12_800;
export const MAX_TEXT = 11_000;
const MAX_PARTS = 3;
const MAX_STEPS = 40;
const MAX_NOTIFICATION = 1_000;
const MAX_SUMMARY = 1_500;

const GLYPHS: Record<StepState, string> = { pending: '○', running: '▶', done: '✔', failed: '✖', paused: '⏸' };
const STATUS: Record<StepState, TaskCardBlock['status']> = {
  pending: 'pending',
  running: 'in_progress',
  done: 'complete',
  failed: 'error',
  paused: 'pending',
};

/**
 * A Doc as the docs that each fit into one Slack message: up to three pieces of text, of which the last has the buttons;
 * longer text becomes its beginning with the whole as a file.
 */
export function partsOf(doc: Doc): Doc[] {
  const max = textRoom(doc);
  if (doc.text.length <= max) return [doc];
  const pieces = splitMarkdown(doc.text, max);
  if (pieces.length > MAX_PARTS || doc.attachment) return [shortened(doc)];
  return pieces.map((text, i) => {
    const isLast = i === pieces.length - 1;
    if (isLast) return { ...doc, title: undefined, text };
    return i === 0 && doc.title !== undefined ? { title: doc.title, text } : { text };
  });
}

/** The doc with the beginning of its text, and the whole text as its file. */
export function shortened(doc: Doc): Doc {
  const [head = ''] = splitMarkdown(doc.text, MAX_SUMMARY);
  return {
    ...doc,
    text: `${head}\n\n*The whole text is in the file below.*`,
    attachment: doc.attachment ?? { name: 'message.md', text: doc.text },
  };
}

/** The doc cut to what one message holds; for edits, which cannot become more messages. */
export function fitted(doc: Doc): Doc {
  const [head = '', ...rest] = splitMarkdown(doc.text, textRoom(doc));
  return rest.length === 0 ? doc : { ...doc, text: `${head}\n\n…` };
}

/** A Doc as blocks. `plan: false` writes the steps as lines, for workspaces that refuse plan blocks. */
export function render(doc: Doc, options: { plan: boolean }): Rendered {
  const steps = doc.steps ?? [];
  const asPlan = options.plan && steps.length > 0;
  const blocks: KnownBlock[] = [];
  if (asPlan) blocks.push(planBlock(doc.title ?? 'Progress', steps));
  else if (doc.title) blocks.push(boldLine(doc.title));
  if (!asPlan && steps.length > 0) blocks.push(...stepLines(steps));
  if (doc.text.trim() !== '') blocks.push({ type: 'markdown', text: safeMarkdown(doc.text) });
  if (doc.note) blocks.push(contextBlock(doc.note));
  blocks.push(...buttonBlocks(doc.buttons ?? []));
  return { text: notification(doc), blocks };
}

/** Note and buttons alone, as a streamed message takes them at its end. */
export function closingBlocks(doc: Doc): KnownBlock[] {
  return [...(doc.note ? [contextBlock(doc.note)] : []), ...buttonBlocks(doc.buttons ?? [])];
}

function notification(doc: Doc): string {
  const lines = [doc.title ?? '', plainText(doc.text), ...(doc.text ? [] : (doc.steps ?? []).map(stepLine))];
  const text = lines.filter((line) => line !== '').join('\n') || (doc.note ? plainText(doc.note) : 'Mainloop');
  return escapeMrkdwn(words(text, MAX_NOTIFICATION));
}

function textRoom(doc: Doc): number {
  const { text: _, attachment: __, ...rest } = doc;
  return Math.max(1_000, Math.min(MAX_TEXT, MAX_ALL - JSON.stringify(rest).length));
}

function boldLine(title: string): RichTextBlock {
  return richText([{ type: 'text', text: words(title, 300), style: { bold: true } }]);
}

function richText(elements: { type: 'text'; text: string; style?: { bold: boolean } }[]): RichTextBlock {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

function planBlock(title: string, steps: readonly ProgressStep[]): PlanBlock {
  return { type: 'plan', title: words(title, 200), tasks: steps.slice(-MAX_STEPS).map(taskCard) };
}

function taskCard(step: ProgressStep): TaskCardBlock {
  const title = step.state === 'paused' ? `${GLYPHS.paused} ${step.title}` : step.title;
  const card: TaskCardBlock = {
    type: 'task_card',
    task_id: step.id,
    title: words(title, 150),
    status: STATUS[step.state],
  };
  return step.detail ? { ...card, details: richText([{ type: 'text', text: words(step.detail, 200) }]) } : card;
}

function stepLines(steps: readonly ProgressStep[]): SectionBlock[] {
  const lines = steps.slice(-MAX_STEPS).map((step) => escapeMrkdwn(stepLine(step)));
  return splitMarkdown(lines.join('\n'), 2_900).map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } }));
}

function stepLine(step: ProgressStep): string {
  return words(`${GLYPHS[step.state]} ${step.title}${step.detail ? ` · ${step.detail}` : ''}`, 300);
}

function contextBlock(note: string): ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: toMrkdwn(words(note, 1_800)) }] };
}

/** At most five buttons in a row, which is what a phone shows legibly; Slack itself takes 25. */
function buttonBlocks(rows: readonly (readonly Button[])[]): ActionsBlock[] {
  let count = 0;
  const chunks = rows.flatMap((row) =>
    Array.from({ length: Math.ceil(row.length / 5) }, (_, i) => row.slice(i * 5, i * 5 + 5)),
  );
  return chunks.flatMap((row) => {
    const elements = row.flatMap((button) => slackButton(button, count++) ?? []);
    return elements.length > 0 ? [{ type: 'actions' as const, elements }] : [];
  });
}

function slackButton(button: Button, index: number): SlackButton | null {
  const text = { type: 'plain_text' as const, text: words(button.label, 75), emoji: true };
  const base = { type: 'button' as const, text, ...(button.style ? { style: button.style } : {}) };
  if (button.url !== undefined) {
    return /^https?:\/\//i.test(button.url) ? { ...base, action_id: `${ACTION.link}:${index}`, url: button.url } : null;
  }
  if (button.token === undefined) return null;
  if (!button.form) return { ...base, action_id: `${ACTION.plain}:${index}`, value: button.token };
  return { ...base, action_id: `${ACTION.form}:${index}`, value: formButtonValue(button.token, button.form) };
}

/** Words cut to Slack's limit, and harmless even where Slack promises not to read them as more. */
function words(text: string, max: number): string {
  const safe = safeMarkdown(text);
  return safe.length <= max ? safe : `${safe.slice(0, max - 1).trimEnd()}…`;
}
