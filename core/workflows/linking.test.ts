import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Doc, Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import { Failure } from '../errors.ts';
import { type CoreHouse, eventually, openCore } from '../testing/core.ts';
import { unjoinMs } from '../words/join.ts';
import { createMembership } from './membership.ts';

let house: CoreHouse;
let number = 0;
let ben: string;
beforeAll(async () => {
  house = await openCore({}, [{ platform: 'other' }]);
  await house.admit('ana', 'owner');
  // As a crash would leave it: joined, and nobody told.
  const { id } = await house.admit('zed', 'member');
  await house.store.joins.add(id, house.account('zed', 'other'), 'fake:T1:zed', Date.now());
  await house.core.start();
});
afterAll(() => house.close());
/** A fresh member on the first platform, and by the same name a stranger on the other. */
beforeEach(async () => {
  number += 1;
  ben = `ben${number}`;
  await house.admit(ben, 'member');
});

const codeIn = (text: string | undefined) => /\*\*([0-9A-Z]{4}-[0-9A-Z]{4})\*\*/.exec(text ?? '')?.[1] ?? '';
const sent = (place: Place): Doc[] =>
  house
    .chatOf(place)
    .messages.filter((item) => item.ref.place.channel === place.channel)
    .map(({ doc }) => doc);
const personOf = (name: string, platform = 'other'): Promise<Person | null> =>
  house.store.people.of(house.account(name, platform));

/** What the bot says in a private place to words said there. */
async function dm(name: string, text: string, platform = 'other'): Promise<string | undefined> {
  const place = house.dmOf(name, platform);
  const before = sent(place).length;
  await house.say(name, place, text, { mentionsBot: false });
  await answered();
  return sent(place)[before]?.text;
}

/** Every code and every stranger has had the answer that there is. */
const answered = () =>
  eventually('the answers', async () => {
    const at = "select 1 from dbos.workflow_status where name = 'aside' and status = 'PENDING'";
    return (await house.db.execute(at)).rows.length === 0;
  });

async function command(name: string, text: string, platform = 'fake'): Promise<string> {
  const face = house.chatOf({ platform });
  const before = face.replies.length;
  await house.command(name, house.newPlace(platform), text);
  return eventually(`an answer to ${text}`, async () => face.replies.slice(before).at(-1)?.text);
}

const linkCode = async (name = ben) => codeIn(await command(name, 'link'));

describe('a second account', () => {
  test.each([
    ['a bare code in a direct message', (code: string) => dm(ben, code.toLowerCase())],
    ['a deep link', (code: string) => dm(ben, `/start ${code.replace('-', '')}`)],
    ['words', (code: string) => dm(ben, `link ${code}`)],
    ['a command', (code: string) => command(ben, `link ${code}`, 'other')],
  ])('is joined by %s', async (_way, enter) => {
    const first = await personOf(ben, 'fake');
    expect(await enter(await linkCode())).toContain(`This account is ${ben} now`);
    expect(await personOf(ben)).toMatchObject({ id: first?.id, role: 'member' });
    const [card] = await eventually('the word on the first account', async () => {
      const docs = sent(house.dmOf(ben, 'fake'));
      return docs.length > 0 && docs;
    });
    expect(card?.text).toContain(`${ben} on other entered your code`);
    expect(card?.buttons?.flat()[0]?.label).toBe('Not me: unlink');
    const events = await house.store.history.of(`person:${first?.id}`);
    expect(events).toMatchObject([{ type: 'linked', data: { account: `other:T1:${ben}`, platform: 'other' } }]);
  });

  test('that was joined right before a crash is told of after the next start', async () => {
    const [card] = await eventually('the card', async () => {
      const docs = sent(house.dmOf('zed', 'fake'));
      return docs.length > 0 && docs;
    });
    expect(card?.title).toBe('Another account was joined to yours');
    expect(sent(house.dmOf('zed', 'other'))).toEqual([]);
  });

  test('that a thief joined is unlinked with one touch, and what it joined with it', async () => {
    await dm('thief', await linkCode());
    const more = codeIn(await command('thief', 'link', 'other'));
    await dm('accomplice', more);
    expect(await personOf('accomplice')).not.toBeNull();
    const owner = (await personOf('thief'))?.id ?? 0;
    const session = { hash: `s${number}`, person: owner, expiresAt: Date.now() + 60_000 };
    await house.store.sessions.open(session, Date.now());
    const button = await eventually('the card', async () => sent(house.dmOf(ben, 'fake'))[0]?.buttons?.flat()[0]);
    await house.press('ana', house.dmOf('ana', 'fake'), button.token ?? '');
    await eventually('a refusal', async () => house.chat.replies.at(-1)?.text.includes('not yours'));
    await house.press(ben, house.dmOf(ben, 'fake'), button.token ?? '');
    await eventually('the end of it', async () => (await personOf('thief')) === null);
    expect(await personOf('accomplice')).toBeNull();
    await eventually('signed out', async () => !(await house.store.sessions.has(owner, Date.now())));
    expect(await personOf(ben, 'fake')).not.toBeNull();
    await eventually('the card', async () => sent(house.dmOf(ben, 'fake'))[0]?.text.includes('was unlinked'));
    expect(sent(house.dmOf(ben, 'fake'))[0]?.buttons).toBeUndefined();
  });

  test('stays joined when the button is touched after a day', async () => {
    await dm(ben, await linkCode());
    const button = await eventually('the card', async () => sent(house.dmOf(ben, 'fake'))[0]?.buttons?.flat()[0]);
    const late = { dedupe: `late${number}`, at: Date.now() + unjoinMs + 1, place: house.dmOf(ben, 'fake') };
    const action = { kind: 'action', target: null, token: button.token ?? '', values: [], reply: {} } as const;
    await house.chat.inbound({ ...action, ...late, account: house.account(ben) });
    await eventually('a refusal', async () => house.chat.replies.at(-1)?.text.includes('too late'));
    expect(await personOf(ben)).not.toBeNull();
  });
});

describe('a code', () => {
  test('is used up, and only the last one of a person is good', async () => {
    const [old, code] = [await linkCode(), await linkCode()];
    expect(await dm(ben, old)).toBe('That code is wrong, used or expired.');
    await dm(ben, code);
    expect(await dm('second', code)).toBe('That code is wrong, used or expired.');
    expect(await personOf('second')).toBeNull();
  });

  test('that has expired is as good as none', async () => {
    const code = await linkCode();
    await house.db.execute("update mainloop.codes set expires_at = 1 where purpose = 'link'");
    expect(await dm(ben, code)).toBe('That code is wrong, used or expired.');
  });

  test('merges nobody: an account that has a person keeps them', async () => {
    const code = await linkCode();
    await house.store.people.admit(house.account('carl', 'other'), 'viewer', 1);
    expect(await command('carl', `link ${code}`, 'other')).toContain('belongs to carl already');
    expect(await dm('carl', code)).toContain('belongs to carl already');
    expect(await command(ben, `link ${code}`)).toContain('your own code');
    expect(await personOf('carl')).toMatchObject({ name: 'carl', role: 'viewer' });
    expect(await dm(ben, code)).toContain(`This account is ${ben} now`);
  });

  test('cannot be guessed: after five tries even the right one waits', async () => {
    const code = await linkCode();
    await Promise.all(Array.from({ length: 12 }, (_, n) => dm(ben, `AAAA-AA${n + 22}`)));
    const said = sent(house.dmOf(ben, 'other')).map(({ text }) => text.split(/[. ]/).slice(0, 3).join(' '));
    expect(said.sort()).toEqual([...Array(5).fill('That code is'), 'Those were too']);
    expect(await dm(ben, code)).toBeUndefined();
    expect(await command(ben, `link ${code}`, 'other')).toContain('too many codes');
    expect(await personOf(ben)).toBeNull();
    await house.db.execute(`update mainloop.limits set since = 1 where key = 'codes:other:T1:${ben}'`);
    expect(await dm(ben, code)).toContain(`This account is ${ben} now`);
  });

  test('of their own clears nobody of the codes that they tried', async () => {
    const code = await linkCode();
    for (let n = 0; n < 4; n += 1) await command(ben, `link AAAA-AA${n + 22}`);
    expect(await command(ben, `link ${code}`)).toContain('your own code');
    expect(await command(ben, 'link AAAA-AA33')).toContain('too many codes');
  });

  test('that is shown again and again is refused for a while', async () => {
    for (let n = 0; n < 5; n += 1) await linkCode();
    expect(await command(ben, 'link')).toContain('too many codes');
  });

  test('in a channel for all to see is no code of a stranger, and a person gets none there', async () => {
    const place = house.newPlace('other');
    await house.say(ben, place, await linkCode());
    await answered();
    expect(await personOf(ben)).toBeNull();
    expect(sent(place)[0]?.text).toContain('Write to me directly');
  });

  test('and what its author says in the same breath is said by somebody known', async () => {
    const place = house.dmOf(ben, 'other');
    const code = await linkCode();
    await house.say(ben, place, code, { mentionsBot: false });
    await house.say(ben, place, 'hello', { mentionsBot: false });
    await eventually('the answer', async () => sent(place).some(({ text }) => text === 'Hello.'));
    await answered();
    expect(
      sent(place)
        .map(({ text }) => text)
        .join(),
    ).not.toContain("I don't know you");
  });
});

describe('a stranger', () => {
  const news = async (name: string) =>
    (await house.db.execute(`select * from mainloop.codes where holder = 'account:other:T1:${name}'`)).rows;

  test('who writes again and again is answered once and has one code', async () => {
    const first = codeIn(await dm(ben, 'hello'));
    expect(first).not.toBe('');
    for (let n = 0; n < 20; n += 1) expect(await dm(ben, `hello ${n}`)).toBeUndefined();
    expect(await news(ben)).toHaveLength(1);
    await house.db.execute("update mainloop.limits set since = 1 where key like 'stranger:%'");
    const second = codeIn(await dm(ben, 'hello?'));
    expect(await news(ben)).toHaveLength(1);
    expect(await command('ana', `link ${first}`)).toContain('wrong, used or expired');
    expect(await command('ana', `link ${second} viewer`)).toContain(`${ben} is a viewer now`);
    expect(await personOf(ben)).toMatchObject({ role: 'viewer' });
  });

  test('gets their code also when the chat takes no message at first', async () => {
    const slow = new Failure('Slow.', { code: 'rate_limited', remedy: 'retry', retryAfterMs: 10 });
    house.chats.get('other')?.failNext('post', slow, { times: 2 });
    expect(codeIn(await dm(ben, 'hello'))).not.toBe('');
  });

  test('is let in by words of an owner in any direct message or channel, and by nobody else', async () => {
    const code = codeIn(await dm(ben, 'hello'));
    const place = house.newPlace();
    await house.say(ben, place, `link ${code}`);
    await eventually('a refusal', async () => sent(place)[0]?.text.includes("can't manage people"));
    await house.say('ana', place, `link ${code} member`);
    await answered();
    expect(sent(place).at(-1)?.text).toContain(`${ben} is a member now`);
    expect(await personOf(ben)).toMatchObject({ role: 'member' });
  });

  test('from another workspace enters no code, and an owner lets in that very account', async () => {
    const account = { ...house.account(ben, 'other'), space: 'T9' };
    const at = { at: Date.now(), account, place: house.dmOf(ben, 'other') };
    const message = { kind: 'message', mentionsBot: false, files: [], ref: { place: at.place, id: 'm' } } as const;
    await house.chatOf(at.place).inbound({ ...message, ...at, dedupe: `foreign${number}`, text: await linkCode() });
    await answered();
    expect(await house.store.people.of(account)).toBeNull();
    const code = codeIn(sent(at.place)[0]?.text);
    expect(await command('ana', `link ${code}`)).toContain('from another workspace');
    expect(await house.store.people.of(account)).toMatchObject({ role: 'member' });
    expect(await house.store.people.of({ ...account, space: 'T1' })).toBeNull();
  });

  test('that is a bot gets neither an answer nor in', async () => {
    const account = { ...house.account(ben, 'other'), bot: true };
    const place = house.dmOf(ben, 'other');
    const message = { kind: 'message', mentionsBot: true, files: [], ref: { place, id: 'm' } } as const;
    const text = await linkCode();
    await house.chatOf(place).inbound({ ...message, account, place, at: 1, dedupe: `bot${number}`, text });
    await answered();
    expect(sent(place)).toEqual([]);
    expect(await personOf(ben)).toBeNull();
  });
});

test('a removed person is a stranger on every account, and no old code brings them back', async () => {
  const pairing = codeIn(await dm('third', 'hello'));
  await dm(ben, await linkCode());
  const person = await personOf(ben);
  if (!person) throw new Error('not joined');
  const unused = codeIn(await command(ben, 'link', 'other'));
  await createMembership(house.store, 'test').remove(person);
  for (const platform of ['fake', 'other']) {
    expect(await personOf(ben, platform)).toBeNull();
    expect(await command(ben, 'tasks', platform)).toContain("I don't know you yet");
  }
  expect(await dm(ben, unused)).toBe('That code is wrong, used or expired.');
  expect(await dm('third', unused)).toBe('That code is wrong, used or expired.');
  expect(await command('ana', `link ${pairing}`)).toContain('is a member now');
  await expect(createMembership(house.store, 'test').remove(person)).rejects.toMatchObject({ code: 'unknown_person' });
});
