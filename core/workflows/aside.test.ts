import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Doc, Place } from '../domain/chat.ts';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';

let house: CoreHouse;
let number = 0;
let ben: string;
beforeAll(async () => {
  house = await openCore({}, [{ platform: 'other' }, { platform: 'public', privateCommands: false }]);
});
afterAll(() => house.close());
/** A fresh member, with an account where commands are read by all. */
beforeEach(async () => {
  number += 1;
  ben = `ben${number}`;
  await house.admit(ben, 'member');
  await house.join(ben, 'public');
});

const codeIn = (text: string | undefined) => /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text ?? '')?.[0] ?? '';
const sent = (place: Place): Doc[] =>
  house
    .chatOf(place)
    .messages.filter((item) => item.ref.place.channel === place.channel)
    .map(({ doc }) => doc);

/** All that is no talk has had the answer that there is. */
const answered = () =>
  eventually('the answers', async () => {
    const at = "select 1 from dbos.workflow_status where name in ('aside', 'joined') and status = 'PENDING'";
    return (await house.db.execute(at)).rows.length === 0;
  });

/** What the bot says in a private place to words said there. */
async function dm(name: string, text: string, platform = 'other'): Promise<string | undefined> {
  const place = house.dmOf(name, platform);
  const before = sent(place).length;
  await house.say(name, place, text, { mentionsBot: false });
  await answered();
  return sent(place)[before]?.text;
}

test('a code is neither shown nor taken by a command that everybody in the channel reads', async () => {
  const place = house.newPlace('public');
  await house.command(ben, place, 'link');
  await eventually('the pointer', async () => sent(place)[0]?.text === 'I answered you in private.');
  const code = codeIn(sent(house.dmOf(ben, 'public'))[0]?.text);
  expect(code).not.toBe('');
  await house.command('eve', place, `link ${code}`);
  await house.command('eve', place, 'tasks');
  await answered();
  expect(
    sent(place)
      .map(({ text }) => text)
      .join(),
  ).not.toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}/);
  expect(sent(place).at(-1)?.text).toContain('Write to me directly');
  expect(await house.store.people.of(house.account('eve', 'public'))).toBeNull();
  expect(await dm('second', code, 'public')).toContain(`This account is ${ben} now`);
});

test('an answer waits for the direct messages of who cannot be written to', async () => {
  const place = house.newPlace('public');
  const closed = new Failure('Closed.', { code: 'unreachable', remedy: 'never' });
  house.chatOf(place).failNext('dm', closed);
  await house.command(ben, place, 'link');
  await eventually('the line', async () => sent(place)[0]?.text.includes('Write to me there first'));
  expect(sent(house.dmOf(ben, 'public'))).toEqual([]);
});

test('a stranger whom the chat refuses holds up nobody, and is not tried again by what comes behind', async () => {
  const blocked = new Failure('Blocked.', { code: 'unreachable', remedy: 'never' });
  house.chats.get('other')?.failNext('post', blocked);
  expect(await dm(ben, 'hello')).toBeUndefined();
  const slow = new Failure('Slow.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 3_000 });
  house.chats.get('other')?.failNext('post', slow);
  const at = Date.now();
  await house.say('another', house.dmOf('another', 'other'), 'hello', { mentionsBot: false });
  expect(Date.now() - at).toBeLessThan(1_000);
  await answered();
  expect(codeIn(sent(house.dmOf('another', 'other'))[0]?.text)).not.toBe('');
});

test('what has neither words nor a file is answered by one line, and never reaches the assistant', async () => {
  const place = house.newPlace();
  const before = house.model.requests.length;
  await house.say(ben, place, '', { mentionsBot: true });
  await answered();
  expect(sent(place).map(({ text }) => text)).toEqual([expect.stringContaining('nothing in that message')]);
  await house.say(ben, place, 'hello');
  await eventually('the answer', async () => sent(place).some(({ text }) => text === 'Hello.'));
  // A sticker among people, in a thread of ours.
  await house.say(ben, place, ' ', { mentionsBot: false });
  await answered();
  expect(sent(place)).toHaveLength(2);
  expect(house.model.requests).toHaveLength(before + 1);
});

test('words of a form that all would read are answered in private', async () => {
  const place = house.newPlace('public');
  await house.press(ben, place, 'snooze:99999:at', '3h');
  await eventually('the line', async () => sent(place)[0]?.text === 'I answered you in private.');
  expect(sent(house.dmOf(ben, 'public'))[0]?.text).not.toBe('');
});
