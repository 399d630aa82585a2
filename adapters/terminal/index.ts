import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Account, Doc, Inbound, MessageRef, Place } from '../../core/domain/chat.ts';
import { Failure } from '../../core/errors.ts';
import type { Chat } from '../../core/ports.ts';
import { plainText } from './render.ts';

export interface TerminalOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** The one person at this terminal. */
  readonly user: string;
}

const platform = 'terminal';
const place: Place = { platform, space: '', channel: 'here', dm: true };

/**
 * A terminal as a chat: lines are messages, `/why #41` is a command, a number presses the button that carries it, and a
 * line after such a button is the text it asked for. Nothing survives the terminal, so nothing is found again.
 */
export function createTerminal({ input, output, user }: TerminalOptions): Chat {
  const me: Account = { platform, space: '', id: user, name: user, bot: false };
  const posts = new Map<string, MessageRef>();
  const shown = new Map<string, string[]>();
  let buttons: { token: string; target: MessageRef }[] = [];
  let lines: Interface | undefined;
  let count = 0;

  // Two runs of the program share no ids: what was said in the first must not be taken for a repetition.
  const started = Date.now();
  const next = () => `${started}.${++count}`;
  const refOf = (id: string): MessageRef => ({ place, id });

  function show(ref: MessageRef, doc: Doc): void {
    const lines = plainText(doc).split('\n');
    const touches = (doc.buttons ?? []).flat();
    const before = shown.get(ref.id);
    const now = [...lines, ...touches.map(({ label, token, url }) => `${label} ${token ?? url}`)];
    if (before?.join('\n') === now.join('\n')) return;
    shown.set(ref.id, now);
    // Nothing is taken back from a screen: of a change, its first line and what is new is shown.
    const news = lines.filter((line, at) => at === 0 || !before?.includes(line));
    const labels = touches.map((button) => {
      const label = plainText({ text: button.label });
      if (button.url) return `${label}: ${button.url}`;
      buttons.push({ token: button.token ?? '', target: ref });
      return `[${buttons.length}] ${label}`;
    });
    output.write(`${[news.join('\n'), labels.join('   ')].filter(Boolean).join('\n')}\n\n`);
  }

  function inboundOf(line: string): Inbound | null {
    const base = { dedupe: `terminal:${next()}`, at: Date.now(), account: me, place };
    if (line.startsWith('/')) return { ...base, kind: 'command', text: line.slice(1), reply: {} };
    // Where words are asked for, a number is one of them.
    const pressed = asking.length === 0 && /^\d+$/.test(line) ? buttons[Number(line) - 1] : undefined;
    if (pressed) return { ...base, ...pressed, kind: 'action', values: [], reply: {} };
    const ref = refOf(base.dedupe);
    return { ...base, kind: 'message', ref, text: line, mentionsBot: true, files: [], replyTo: asking.pop() };
  }

  /** Messages that want a written reply; the next line is that. */
  const asking: MessageRef[] = [];

  const post = async (_place: Place, doc: Doc, key: string): Promise<MessageRef> => {
    const ref = refOf(next());
    posts.set(key, ref);
    show(ref, doc);
    if (doc.wantsReply) asking.push(ref);
    return ref;
  };

  return {
    platform,
    capabilities: {
      maxCharacters: 100_000,
      editEveryMs: 5_000,
      history: false,
      forms: 'reply',
      dmThreads: false,
      privateCommands: true,
    },
    async start(sink) {
      lines = createInterface({ input });
      lines.on('line', (line) => {
        const inbound = line.trim() === '' ? null : inboundOf(line.trim());
        if (inbound) sink(inbound).catch(() => output.write('That was not kept. Please say it again.\n'));
      });
    },
    async stop() {
      lines?.close();
      buttons = [];
    },
    health: () => ({ connected: lines !== undefined }),
    post,
    find: async (_place, key) => posts.get(key) ?? null,
    async edit(ref, doc) {
      show(ref, doc);
      return ref;
    },
    react: async () => undefined,
    upload: async (to, { name, bytes }, key) =>
      post(to, { text: `${name}, ${bytes.byteLength} bytes: a terminal can’t show it.` }, key),
    stream(to, _account, key, resume) {
      let ref = resume;
      return {
        get ref() {
          return ref;
        },
        append: () => undefined,
        async finish(doc) {
          ref = await post(to, doc, key);
          return ref;
        },
      };
    },
    working: async () => undefined,
    async dm(account) {
      if (account.id === user) return place;
      throw new Failure(`${account.id} does not sit at this terminal.`, { code: 'unreachable', remedy: 'never' });
    },
    reply: async (_handle, doc) => show(refOf(next()), doc),
    async *history() {
      // What was said before is gone with the screen.
    },
    reactions: async () => [],
    link: async () => null,
    async download(file) {
      throw new Failure(`A terminal hands over no files (${file.name}).`, { code: 'gone', remedy: 'never' });
    },
  };
}
