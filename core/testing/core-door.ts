import type { Door, OpenAttempt } from '../door.ts';
import { eventually, openCore } from './core.ts';
import type { DoorBench } from './door-contract.ts';

/** The core's own door over a real store, or what `wrap` makes of it. One per process (test file). */
export async function coreDoor(
  wrap: (door: Door) => Promise<{ door: Door; close(): Promise<void> }> = async (door) => ({
    door,
    close: async () => undefined,
  }),
): Promise<DoorBench> {
  const house = await openCore({ maxWorkers: 50 });
  await house.admit('ana', 'owner');
  await house.core.start();
  const { door, close } = await wrap(house.core.door);
  return {
    door,
    async begin(): Promise<OpenAttempt> {
      const place = house.newPlace();
      const proposal = await house.propose(place);
      await house.press('ana', place, `confirm:${proposal}`);
      return house.worker(await eventually('a task', async () => (await house.store.proposals.find(proposal))?.task));
    },
    end: ({ id }) => house.store.runs.close(id, Date.now()),
    async say({ task }, text) {
      const { place } = await house.store.tasks.get(task);
      await house.command('ana', place, `steer #${task} ${text}`);
      const said = async () => (await house.store.worker.pendingSteers(task)).some((item) => item.text === text);
      await eventually('the steer', said);
    },
    async log({ task }) {
      const entries = await house.store.worker.latest(task, 100);
      return entries.map(({ event }) => ('text' in event ? event.text : ''));
    },
    async close() {
      await close();
      await house.close();
    },
  };
}
