/** GitHub's limits, in characters. */
export const MAX_BODY = 65_536;
export const MAX_TITLE = 256;

const atEnd = /<!-- mainloop:([^\s<>]+) -->\s*$/;
const CUT = '\n\n_… the rest is cut: it is longer than GitHub takes._';

/** `body` within GitHub's limit, with the invisible marker as its last line, once: a cut takes none that was there away. */
export function withMarker(body: string, key: string): string {
  const line = `\n\n<!-- mainloop:${key} -->`;
  return cut(body.replace(atEnd, '').trimEnd(), MAX_BODY - line.length) + line;
}

/** The key in the marker at the end of a body, or null. One inside the text is a quotation and does not count. */
export function markerOf(body: string | null | undefined): string | null {
  return atEnd.exec(body ?? '')?.[1] ?? null;
}

/** `body` within GitHub's limit; the cut is said, and a code fence that it opens is closed. */
export function fitBody(body: string): string {
  return cut(body, MAX_BODY);
}

/** A title on one line within GitHub's limit. */
export function fitTitle(title: string): string {
  const line = title.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_TITLE ? line : `${whole(line.slice(0, MAX_TITLE - 1))}…`;
}

function cut(body: string, max: number): string {
  if (body.length <= max) return body;
  const fence = '\n```';
  const kept = whole(body.slice(0, max - CUT.length - fence.length));
  const open = (kept.match(/^\s*```/gm)?.length ?? 0) % 2 === 1;
  return kept + (open ? fence : '') + CUT;
}

/** Without the first half of a surrogate pair whose second half was cut off. */
function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '');
}
