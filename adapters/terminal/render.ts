import type { Doc, StepState } from '../../core/domain/chat.ts';

const glyphs: Record<StepState, string> = { pending: '○', running: '▶', done: '✔', failed: '✖', paused: '⏸' };

/** A message as plain lines. Control characters of whoever wrote the text never reach the terminal. */
export function plainText({ title, text, steps, note, attachment }: Doc): string {
  const lines = [
    title,
    ...(steps ?? []).map((step) => `${glyphs[step.state]} ${step.title}${step.detail ? ` · ${step.detail}` : ''}`),
    text,
    note,
    attachment?.text,
  ];
  return lines
    .filter((line) => line)
    .join('\n')
    .replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (control) =>
      control === '\n' || control === '\t' ? control : '',
    );
}
