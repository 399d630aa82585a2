/** A house with four fake platforms, two people with a task that asks, and time that passes on request. */

import type { AskBody } from '../domain/ask.ts';
import type { Doc, Place } from '../domain/chat.ts';
import type { Person } from '../domain/policy.ts';
import type { Result } from '../protocol.ts';
import { askings } from '../store/ask-schema.ts';
import { eq } from '../store/drizzle.ts';
import { people } from '../store/schema.ts';
import type { FakeMessage } from './chat.ts';
import { type CoreHouse, eventually, openCore } from './core.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** `green` has no forms. */
export const platforms = ['fake', 'red', 'green', 'blue'];

type Questions = Extract<Result, { type: 'question' }>['questions'];

export const plan: AskBody = { kind: 'plan', summary: 'Do it.', version: 1 };

export async function openInboxHouse(): Promise<CoreHouse> {
  const house = await openCore({ maxWorkers: 60, escalateMs: 4 * hourMs }, [
    { platform: 'red' },
    { platform: 'green', forms: 'reply' },
    { platform: 'blue' },
  ]);
  await house.core.start();
  return house;
}

export const dm = (person: Person, platform = 'fake'): Place => ({
  ...{ platform, space: 'T1', channel: `dm-${person.name}`, dm: true },
});

export type InboxScene = Awaited<ReturnType<typeof newScene>>;

/** New people: Ana, an owner with an account on each platform, and Ben, a member. Nobody of an earlier scene hears of theirs. */
export async function newScene(house: CoreHouse, n: number) {
  for (const { id } of await house.store.asks.inbox()) await house.store.asks.withdraw(id, 1);
  await house.db.update(people).set({ role: 'viewer' });
  const ana = await house.admit(`ana${n}`, 'owner');
  const ben = await house.admit(`ben${n}`, 'member');
  const vic = await house.admit(`vic${n}`, 'viewer');
  for (const platform of platforms.slice(1)) await house.join(ana.name, platform);

  const chat = (platform: string) => {
    const found = house.chats.get(platform);
    if (!found) throw new Error(platform);
    return found;
  };
  /** All that was sent to a place, as it reads now. */
  const sentTo = (place: Place): FakeMessage[] =>
    chat(place.platform).messages.filter((message) => message.ref.place.channel === place.channel);

  return {
    ...{ ana, ben, vic, chat, sentTo },
    textsTo: (place: Place): string[] =>
      sentTo(place).map(({ doc }) => [doc.title, doc.text].filter(Boolean).join('\n')),
    reads: (place: Place, part: string): Promise<FakeMessage> =>
      eventually(`"${part}" for ${place.channel} on ${place.platform}`, async () =>
        sentTo(place).find(({ doc }) => `${doc.title}\n${doc.text}`.includes(part)),
      ),
    /** A task of Ana's that asks her something. */
    async asked(body: AskBody = plan): Promise<{ task: number; ask: number; thread: Place }> {
      const thread = house.newPlace();
      const id = await house.propose(thread, { planFirst: body.kind === 'plan' });
      await house.press(ana.name, thread, `confirm:${id}`);
      const task = await eventually('a task', async () => (await house.store.proposals.find(id))?.task);
      const worker = await house.worker(task);
      await house.core.door.result(
        worker,
        body.kind === 'question'
          ? { type: 'question', questions: structuredClone(body.questions) as Questions, session: 's' }
          : { type: 'plan', plan: 'Do it.', summary: 'Do it.', session: 's' },
      );
      const ask = await eventually('an ask', async () => (await house.store.asks.openOf(task))[0]);
      await eventually('who hears of it', () => house.store.askings.find(ask.id, ana.id));
      return { task, ask: ask.id, thread };
    },
    /** Lets time pass for one ask and person: what is due in `ms` is due now. */
    async pass(ask: number, person: Person, ms: number): Promise<void> {
      const asking = await house.store.askings.find(ask, person.id);
      if (typeof asking?.dueAt !== 'number') return;
      const snoozedUntil = asking.snoozedUntil === null ? null : asking.snoozedUntil - ms;
      await house.db
        .update(askings)
        .set({ dueAt: asking.dueAt - ms, snoozedUntil })
        .where(eq(askings.person, person.id));
    },
    /** What a command answers. */
    async say(by: Person, text: string, place = house.newPlace()): Promise<Doc> {
      const { replies } = chat(place.platform);
      const before = replies.length;
      await house.command(by.name, place, text);
      return eventually(`an answer to ${text}`, async () => replies[before]);
    },
  };
}

/** Long enough for so many rounds of the inbox, for what must not happen in them. */
export const rounds = (n: number): Promise<void> => new Promise((wait) => setTimeout(wait, n * 1_100));
