import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Account, Inbound, MessageRef, Place } from '../domain/chat.ts';
import { conversationKey } from '../domain/chat.ts';
import type { Chat } from '../ports.ts';
import { eventually } from './core.ts';

/** A connected chat, and the person and platform at its other end. */
export interface ChatBench {
  readonly chat: Chat;
  /** What has become durable, in order of arrival. */
  readonly inbox: readonly Inbound[];
  /** A thread in which the person has spoken to the bot. */
  readonly place: Place;
  readonly person: Account;
  /** The person speaks to the bot, in a thread of its own. */
  say(text: string): Promise<void>;
  /** The person reacts with 👍. */
  approve(ref: MessageRef): Promise<void>;
  /** The next inbound cannot be made durable. */
  refuseNext(): void;
  /** Every delivery comes twice from now on. */
  deliverTwice(): void;
  /** How the next post goes. */
  nextPost(fate: 'rate_limit' | 'lost_answer' | 'unreachable'): void;
  /** What people see of the bot in the thread, as its platform stores it. */
  shown(): string[];
  close(): Promise<void>;
}

/** What every {@link Chat} promises, shown through a real one. */
export function chatContract(name: string, make: () => Promise<ChatBench>): void {
  describe(`${name} chat`, () => {
    let bench: ChatBench;
    const since = Date.now() - 60_000;
    beforeEach(async () => {
      bench = await make();
    });
    afterEach(() => bench.close());

    const messages = (text: string) =>
      bench.inbox.filter((inbound) => inbound.kind === 'message' && inbound.text.includes(text));

    test('what a person says arrives with its place, its author and an id', async () => {
      await bench.say('first words');
      const inbound = await eventually('the message', async () => messages('first words')[0]);
      expect(inbound).toMatchObject({
        kind: 'message',
        mentionsBot: true,
        account: { id: bench.person.id, bot: false },
      });
      expect(conversationKey(inbound.place).startsWith(`${bench.chat.platform}:`)).toBe(true);
    });

    test('the same thing delivered again carries the same id, and different things different ones', async () => {
      bench.deliverTwice();
      await bench.say('twice');
      await bench.say('other');
      const both = await eventually('both', async () => {
        const found = [...messages('twice'), ...messages('other')];
        return found.length >= 4 && found;
      });
      expect(new Set(both.map((inbound) => inbound.dedupe)).size).toBe(2);
    });

    test('what could not be made durable is not acknowledged: it comes again', async () => {
      bench.refuseNext();
      await bench.say('keep this').catch(() => bench.say('keep this'));
      await eventually('the message', async () => messages('keep this').length > 0);
    });

    test('a message is posted, found by its key alone, and edited in place', async () => {
      const { chat, place } = bench;
      const ref = await chat.post(place, { text: 'one' }, 'key:1');
      await chat.post(place, { text: 'other' }, 'key:2');
      expect(await chat.find(place, 'key:1', since)).toEqual(ref);
      expect(await chat.find(place, 'key:3', since)).toBeNull();
      expect(await chat.edit(ref, { text: 'two' })).toEqual(ref);
      await chat.edit(ref, { text: 'two' });
      expect(bench.shown()).toEqual(['two', 'other']);
      expect(await chat.find(place, 'key:1', since)).toEqual(ref);
    });

    test('a post whose answer is lost says look, and is found', async () => {
      bench.nextPost('lost_answer');
      await expect(bench.chat.post(bench.place, { text: 'x' }, 'lost')).rejects.toMatchObject({ remedy: 'look' });
      expect(await bench.chat.find(bench.place, 'lost', since)).not.toBeNull();
      expect(bench.shown()).toEqual(['x']);
    });

    test.each([
      ['rate_limit', { remedy: 'retry', code: 'rate_limited', retryAfterMs: expect.any(Number) }],
      ['unreachable', { remedy: 'never', code: 'unreachable' }],
    ] as const)('a post that meets %s sends nothing and says what may be done', async (fate, failure) => {
      bench.nextPost(fate);
      await expect(bench.chat.post(bench.place, { text: 'x' }, 'k')).rejects.toMatchObject(failure);
      expect(bench.shown()).toEqual([]);
    });

    test('a reply that grows ends as one message with its full text, found by its key', async () => {
      const { chat, place, person } = bench;
      const stream = chat.stream(place, person, 'turn:1', null);
      stream.append('Hel');
      stream.append('lo');
      const ref = await stream.finish({ text: 'Hello there' });
      expect(bench.shown()).toEqual(['Hello there']);
      expect(await chat.find(place, 'turn:1', since, 'reply')).toEqual(ref);
    });

    test('a reply that a crash cut off goes on in the same message', async () => {
      const { chat, place, person } = bench;
      const cut = chat.stream(place, person, 'turn:2', null);
      cut.append('Hel');
      await eventually('the first words', async () => bench.shown().length > 0);
      const left = await eventually('the rest', () => chat.find(place, 'turn:2', since, 'reply'));
      await chat.stream(place, person, 'turn:2', left).finish({ text: 'Hello' });
      expect(bench.shown()).toEqual(['Hello']);
    });

    test("the bot's own reaction is set once and taken for nobody's word; a person's is told", async () => {
      const { chat, place } = bench;
      const ref = await chat.post(place, { text: 'Start it?' }, 'card');
      await chat.react(ref, 'yes', true);
      await chat.react(ref, 'yes', true);
      await bench.approve(ref);
      await eventually('the reaction', async () =>
        bench.inbox.find(
          (item) => item.kind === 'reaction' && item.emoji === 'yes' && !item.account.bot && item.target.id === ref.id,
        ),
      );
      const people = async () => (await chat.reactions(ref)).filter(({ account }) => !account.bot);
      expect((await people()).map(({ emoji }) => emoji)).toEqual(['yes']);
      await chat.react(ref, 'yes', false);
      await chat.react(ref, 'yes', false);
      expect((await chat.reactions(ref)).map(({ account }) => account.bot)).toEqual([false]);
    });

    test('a person can be written to in private', async () => {
      const place = await bench.chat.dm(bench.person);
      expect(place).toMatchObject({ platform: bench.chat.platform, dm: true });
      expect(conversationKey(place)).not.toBe(conversationKey(bench.place));
      await bench.chat.post(place, { text: 'psst' }, 'dm');
      expect(bench.shown()).toEqual([]);
    });

    test('what was said is read back with the same ids, and nothing of ours is among it', async () => {
      const { chat, place, inbox } = bench;
      if (!chat.capabilities.history) return;
      await chat.post(place, { text: 'ours' }, 'k');
      const [first] = inbox;
      const read: Inbound[] = [];
      for await (const inbound of chat.history(place, since)) read.push(inbound);
      expect(read.filter((inbound) => !inbound.account.bot).map((inbound) => inbound.dedupe)).toContain(first?.dedupe);
      expect(read.some((inbound) => inbound.kind === 'message' && inbound.text === 'ours')).toBe(false);
    });

    test('a file is sent once as a message of its own, with its caption, and found by its key', async () => {
      const { chat, place } = bench;
      const file = { name: 'notes.txt', mimeType: 'text/plain', bytes: Buffer.from('words'), caption: 'Made notes' };
      await chat.upload(place, file, 'file:1');
      expect(bench.shown()).toEqual(['Made notes']);
      expect(await chat.find(place, 'file:1', since, 'post')).not.toBeNull();
      expect(await chat.find(place, 'file:2', since, 'post')).toBeNull();
    });

    test('a very long text arrives, and the message stays one', async () => {
      const text = Array.from({ length: 6_000 }, (_, n) => `word${n}`).join(' ');
      const ref = await bench.chat.post(bench.place, { text }, 'long');
      expect(bench.shown().join(' ')).toContain('word0 word1');
      expect(await bench.chat.find(bench.place, 'long', since)).toEqual(ref);
    });

    test('words that would call everybody call nobody', async () => {
      await bench.chat.post(bench.place, { text: 'Hi <!channel> <!everyone> @everyone' }, 'k');
      expect(bench.shown().join()).not.toMatch(/<!(?:channel|everyone|here)>/);
    });
  });
}
