/** What a stretch of text looks like; the names are Telegram's (https://core.telegram.org/bots/api#messageentity). */
export type Style =
  | {
      readonly type:
        | 'bold'
        | 'italic'
        | 'underline'
        | 'strikethrough'
        | 'code'
        | 'blockquote'
        | 'expandable_blockquote';
    }
  | { readonly type: 'pre'; readonly language?: string }
  | { readonly type: 'text_link'; readonly url: string };

export type Mark = Style & { readonly offset: number; readonly length: number };

/**
 * Text and its marks, offsets in UTF-16 code units, as Telegram counts. A mark cannot be left open and a character cannot
 * be taken for markup, so a flow can be cut anywhere and needs no escaping.
 */
export interface Flow {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Where a block ends: the best places to cut. */
  readonly breaks: readonly number[];
}

export const plainFlow = (text: string): Flow => ({ text, marks: [], breaks: [] });

export const isBlank = ({ text }: Flow): boolean => text.trim() === '';

/** The flow with a style over the whole of it. */
export const styled = (flow: Flow, style: Style): Flow =>
  flow.text === '' ? flow : { ...flow, marks: [{ ...style, offset: 0, length: flow.text.length }, ...flow.marks] };

/** One flow after the other. */
export function joined(flows: readonly Flow[], between = ''): Flow {
  let text = '';
  const marks: Mark[] = [];
  const breaks: number[] = [];
  for (const [i, flow] of flows.entries()) {
    if (i > 0) text += between;
    const at = text.length;
    marks.push(...flow.marks.map((mark) => ({ ...mark, offset: mark.offset + at })));
    breaks.push(...flow.breaks.map((end) => end + at));
    text += flow.text;
  }
  return { text, marks, breaks };
}

/** Blocks below each other, an empty line between them; blank ones are left out. */
export const stacked = (flows: readonly Flow[]): Flow =>
  joined(
    flows.filter((flow) => !isBlank(flow)).map((flow) => ({ ...flow, breaks: [...flow.breaks, flow.text.length] })),
    '\n\n',
  );

/** Puts `what` in at `positions` (rising); marks around a position grow with it, those that begin there begin after it. */
export function inserted(flow: Flow, positions: readonly number[], what: string): Flow {
  if (positions.length === 0) return flow;
  const moved = (at: number): number => at + what.length * positions.filter((position) => position < at).length;
  const pieces = [0, ...positions].map((from, i) => flow.text.slice(from, positions[i]));
  return {
    text: pieces.join(what),
    marks: flow.marks.map((mark) => {
      const offset = moved(mark.offset) + (positions.includes(mark.offset) ? what.length : 0);
      return { ...mark, offset, length: moved(mark.offset + mark.length) - offset };
    }),
    breaks: flow.breaks.map(moved),
  };
}

/** Cuts a flow into pieces of at most `max` characters: between blocks where it can, else at a line, a word, anywhere. */
export function pieces(flow: Flow, max: number): Flow[] {
  const found: Flow[] = [];
  let from = 0;
  while (flow.text.length - from > max) {
    const to = from + cutBefore(flow, from, max);
    found.push(slice(flow, from, to));
    from = to + (/^\s+/.exec(flow.text.slice(to))?.[0].length ?? 0);
  }
  const rest = slice(flow, from, flow.text.length);
  return isBlank(rest) && found.length > 0 ? found : [...found, rest];
}

function cutBefore({ text, breaks }: Flow, from: number, max: number): number {
  const least = max / 3;
  const block = breaks.findLast((end) => end - from <= max && end - from > least);
  if (block !== undefined) return block - from;
  const head = text.slice(from, from + max);
  for (const border of ['\n', ' ']) {
    const at = head.lastIndexOf(border);
    if (at > least) return at;
  }
  // Never between the two halves of one character.
  return /[\ud800-\udbff]$/.test(head) ? max - 1 : max;
}

function slice({ text, marks, breaks }: Flow, from: number, to: number): Flow {
  return {
    text: text.slice(from, to),
    marks: marks.flatMap((mark) => {
      const begin = Math.max(mark.offset, from);
      const end = Math.min(mark.offset + mark.length, to);
      return end > begin ? [{ ...mark, offset: begin - from, length: end - begin }] : [];
    }),
    breaks: breaks.filter((end) => end > from && end <= to).map((end) => end - from),
  };
}
