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
  /** The person presses the button of that label; resolves when it is pressed, whatever becomes of it. */
  press(ref: MessageRef, label: string): Promise<void>;
  /** The person answers in words: in the form behind the button of that label, or with a reply where there are no forms. */
  answer(ref: MessageRef, label: string, text: string): Promise<void>;
  /** Private answers as the person reads them. */
  told(): string[];
  /** The person can no longer be written to in private. */
  hide(): Promise<void>;
  /** The next inbound cannot be made durable. */
  refuseNext(): void;
  /** Every delivery comes twice from now on. */
  deliverTwice(): void;
  /** How the next post goes. */
  nextPost(fate: 'rate_limit' | 'lost_answer' | 'unreachable'): void;
  /** What people see of the bot in the thread, as its platform stores it. */
  shown(): string[] | Promise<string[]>;
  /** How the platform stores what calls everybody; Slack's way by default. */
  readonly calls?: RegExp;
  /** Whom the platform has called by what the bot said, where that does not show in the words. */
  called?(): string[];
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
      expect(await bench.shown()).toEqual(['two', 'other']);
      expect(await chat.find(place, 'key:1', since)).toEqual(ref);
    });

    test('a post whose answer is lost says look, and is found where there is a history', async () => {
      const { chat, place } = bench;
      bench.nextPost('lost_answer');
      await expect(chat.post(place, { text: 'x' }, 'lost')).rejects.toMatchObject({ remedy: 'look' });
      expect((await chat.find(place, 'lost', since)) !== null).toBe(chat.capabilities.history);
      expect(await bench.shown()).toEqual(['x']);
    });

    test.each([
      ['rate_limit', { remedy: 'retry', code: 'rate_limited', retryAfterMs: expect.any(Number) }],
      ['unreachable', { remedy: 'never', code: expect.stringMatching(/^(?:unreachable|forbidden)$/) }],
    ] as const)('a post that meets %s sends nothing and says what may be done', async (fate, failure) => {
      bench.nextPost(fate);
      await expect(bench.chat.post(bench.place, { text: 'x' }, 'k')).rejects.toMatchObject(failure);
      expect(await bench.shown()).toEqual([]);
    });

    test('a reply that grows ends as one message with its full text, found by its key', async () => {
      const { chat, place, person } = bench;
      const stream = chat.stream(place, person, 'turn:1', null);
      stream.append('Hel');
      stream.append('lo');
      const ref = await stream.finish({ text: 'Hello there' });
      expect(await bench.shown()).toEqual(['Hello there']);
      expect(await chat.find(place, 'turn:1', since, 'reply')).toEqual(ref);
    });

    test('a reply that a crash cut off ends as one message', async () => {
      const { chat, place, person } = bench;
      const cut = chat.stream(place, person, 'turn:2', null);
      cut.append('Hel');
      if (!chat.capabilities.history) {
        // What cannot be found again must not be left behind either.
        expect(await chat.find(place, 'turn:2', since, 'reply')).toBeNull();
        expect(await bench.shown()).toEqual([]);
        await chat.stream(place, person, 'turn:2', null).finish({ text: 'Hello' });
        expect(await bench.shown()).toEqual(['Hello']);
        return;
      }
      await eventually('the first words', async () => (await bench.shown()).length > 0);
      const left = await eventually('the rest', () => chat.find(place, 'turn:2', since, 'reply'));
      await chat.stream(place, person, 'turn:2', left).finish({ text: 'Hello' });
      expect(await bench.shown()).toEqual(['Hello']);
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
      if (!chat.capabilities.history) {
        expect(await chat.reactions(ref)).toEqual([]);
        return;
      }
      const people = async () => (await chat.reactions(ref)).filter(({ account }) => !account.bot);
      expect((await people()).map(({ emoji }) => emoji)).toEqual(['yes']);
      await chat.react(ref, 'yes', false);
      await chat.react(ref, 'yes', false);
      expect((await chat.reactions(ref)).map(({ account }) => account.bot)).toEqual([false]);
    });

    test('a pressed button arrives with its token, and its person reads the answer', async () => {
      const { chat, place, person, inbox } = bench;
      const buttons = [[{ label: 'Start', token: 'confirm:7', style: 'primary' as const }]];
      const ref = await chat.post(place, { text: 'Start it?', buttons }, 'card');
      await bench.press(ref, 'Start');
      const action = await eventually('the press', async () => inbox.find((item) => item.kind === 'action'));
      expect(action).toMatchObject({
        token: 'confirm:7',
        account: { id: person.id, bot: false },
        target: { id: ref.id },
      });
      if (action.kind === 'action') await chat.reply(action.reply, { text: 'Only Ben may.' });
      await eventually('the answer', async () => bench.told().some((text) => text.includes('Only Ben may.')));
      await chat.edit(ref, { text: 'Started by Ben.' });
      expect(await bench.shown()).toContain('Started by Ben.');
    });

    test('a person is asked for words by a form, or by a message that wants a reply', async () => {
      const { chat, place, inbox } = bench;
      const form = { title: 'Change the task', label: 'What should be different?' };
      const buttons = [[{ label: 'Change…', token: 'change:7', form }]];
      const isModal = chat.capabilities.forms === 'modal';
      const doc = isModal ? { text: 'Start it?', buttons } : { text: form.label, wantsReply: true };
      const ref = await chat.post(place, doc, 'prompt');
      await bench.answer(ref, 'Change…', 'Use main.');
      const words = await eventually('the words', async () =>
        inbox.find((item) => (isModal ? item.kind === 'form' : item.kind === 'message' && item.replyTo?.id === ref.id)),
      );
      if (words.kind === 'form') expect(words.token).toBe('change:7');
      expect(words.kind === 'form' ? Object.values(words.fields) : words.kind === 'message' && [words.text]).toEqual([
        'Use main.',
      ]);
    });

    test('somebody who cannot be written to in private is said to be unreachable', async () => {
      const { chat, person } = bench;
      await bench.hide();
      // Some platforms say so when the place is opened, others when something is sent there.
      const written = chat.dm(person).then((place) => chat.post(place, { text: 'psst' }, 'dm'));
      await expect(written).rejects.toMatchObject({ code: 'unreachable', remedy: 'never' });
    });

    test('a person can be written to in private', async () => {
      const place = await bench.chat.dm(bench.person);
      expect(place).toMatchObject({ platform: bench.chat.platform, dm: true });
      await bench.chat.post(place, { text: 'psst' }, 'dm');
      // Where people speak to the bot in private only, it is the same place.
      expect(conversationKey(place) === conversationKey(bench.place)).toBe(bench.place.dm);
      expect(await bench.shown()).toEqual(bench.place.dm ? ['psst'] : []);
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
      expect(await bench.shown()).toEqual(['Made notes']);
      expect(await chat.find(place, 'file:1', since, 'post')).not.toBeNull();
      expect(await chat.find(place, 'file:2', since, 'post')).toBeNull();
    });

    test('a very long text arrives, and the message stays one', async () => {
      const text = Array.from({ length: 6_000 }, (_, n) => `word${n}`).join(' ');
      const ref = await bench.chat.post(bench.place, { text }, 'long');
      expect((await bench.shown()).join(' ')).toContain('word0 word1');
      expect(await bench.chat.find(bench.place, 'long', since)).toEqual(ref);
    });

    test('words that would call somebody call nobody, when they are posted, edited and streamed', async () => {
      const { chat, place, person } = bench;
      const text = `Hi <!channel> <!everyone> @everyone @here <@${person.id}>`;
      const ref = await chat.post(place, { title: text, text, note: text }, 'k');
      await chat.edit(ref, { text: `${text} again` });
      const stream = chat.stream(place, person, 'turn:3', null);
      stream.append(text);
      await stream.finish({ text });
      expect(await bench.shown()).toHaveLength(2);
      if (bench.called) expect(bench.called()).toEqual([]);
      else expect((await bench.shown()).join()).not.toMatch(bench.calls ?? /<!(?:channel|everyone|here)>/);
    });
  });
}
