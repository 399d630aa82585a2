import { accountKey } from '../domain/chat.ts';
import { nextQuietEnd, quietStart } from '../domain/quiet.ts';
import { atLocal, dayAfter, localTime } from '../domain/zoned.ts';
import { describe, Failure } from '../errors.ts';
import { digestDoc } from '../words/digest.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { answerable } from './recipients.ts';
import { surfacesOf, zoneOf } from './surfaces.ts';

/** What happened in the quiet hours that ended at `at`, in one message; what was held back for them follows it. */
export const createDigest = (deps: Deps) =>
  async function digest(person: number, at: number): Promise<void> {
    const groups = await effect('whom to tell', () => surfacesOf(deps, person));
    for (const account of groups.flat()) {
      try {
        await effect(`tell ${accountKey(account)}`, async () => {
          const doc = await summary(deps, person, at);
          if (!doc) return;
          const place = await chatFor(deps.chats, account.platform).dm(account);
          await deliver(deps, {
            key: `digest:${person}:${at}:${accountKey(account)}`,
            place,
            subject: null,
            doc,
            settled: true,
          });
        });
        break;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        deps.log.warn({ person, error: describe(error) }, 'digest not delivered here');
      }
    }
    await effect('end quiet hours', async () => {
      const inbox = await deps.store.inbox.of(person);
      const now = Math.max(Date.now(), at);
      await deps.store.inbox.digested(person, at, inbox.quiet && nextQuietEnd(inbox.quiet, now, zoneOf(inbox)));
    });
  };

/** Null when there is nothing to tell. */
async function summary({ store }: Deps, id: number, at: number) {
  const inbox = await store.inbox.of(id);
  const person = await store.people.byId(id);
  if (!inbox.quiet || !person) return null;
  const zone = zoneOf(inbox);
  const today = localTime(at, zone);
  const tasks = await store.digest.tasks(id, quietStart(inbox.quiet, at, zone));
  const mine = new Set(tasks.map(({ number }) => number));
  const askings = await store.askings.of(id);
  const asked = new Set(askings.map(({ ask }) => ask));
  const putOff = new Set(askings.filter(({ snoozedUntil }) => (snoozedUntil ?? 0) > at).map(({ ask }) => ask));
  const theirs = (await store.asks.inbox()).filter(
    (ask) => (mine.has(ask.task) || asked.has(ask.id)) && !putOff.has(ask.id),
  );
  const asks = await answerable(store, person, theirs);
  const usd = await store.digest.cost(id, atLocal(dayAfter(today, -1), 0, zone), atLocal(today, 0, zone));
  return digestDoc(tasks, asks, usd);
}
