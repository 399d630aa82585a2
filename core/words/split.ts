/**
 * Cuts markdown into pieces of at most `max` characters: at an empty line where there is one, else at a line or a blank,
 * else anywhere but inside a character. A code fence that is cut is closed and opened again with its language.
 */
export function splitMarkdown(text: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  let fence = '';
  while (fence.length + rest.length > max) {
    const room = max - fence.length - 4;
    const cut = cutBefore(rest, room);
    const piece = fence + rest.slice(0, cut).trimEnd();
    rest = rest.slice(cut).replace(/^\n+/, '');
    fence = openFence(piece);
    pieces.push(fence ? `${piece}\n\`\`\`` : piece);
  }
  if (rest.trim() !== '' || pieces.length === 0) pieces.push(fence + rest);
  return pieces;
}

function cutBefore(text: string, room: number): number {
  const head = text.slice(0, room);
  for (const border of ['\n\n', '\n', ' ']) {
    const at = head.lastIndexOf(border);
    if (at > room / 3) return at;
  }
  return /[\ud800-\udbff]$/.test(head) ? room - 1 : room;
}

/** The line that opened the fence in which the text ends, or nothing. */
export function openFence(text: string): string {
  let open = '';
  for (const line of text.split('\n')) {
    if (!line.startsWith('```')) continue;
    open = open ? '' : `${line.slice(0, 40)}\n`;
  }
  return open;
}
