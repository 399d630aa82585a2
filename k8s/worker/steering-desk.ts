import type { Steering } from '../../core/protocol.ts';
import type { Claude } from './claude.ts';
import { steeringPrompt } from './prompt.ts';
import type { Receive } from './received.ts';

type Item = Steering['items'][number];

/** Passes on what people say to the running Claude, each thing once, though the broker repeats it until it is acknowledged. */
export function createSteeringDesk(acknowledge: (id: number) => void, receive: Receive) {
  const known = new Set<number>();
  const waiting: Item[] = [];
  let claude: Claude | undefined;
  let passing = Promise.resolve();

  async function pass(): Promise<void> {
    for (let item = claude && waiting.shift(); claude && item; item = waiting.shift()) {
      const { id, files } = item;
      claude.say(steeringPrompt(item, await receive(files)), () => acknowledge(id));
    }
  }

  const passOn = () => {
    // A broker or disk that is lost is noticed by the heartbeat; what was not passed on waits for the next worker.
    passing = passing.then(pass).catch(() => undefined);
  };

  return {
    hear(items: readonly Item[]): void {
      const fresh = items.filter((item) => !known.has(item.id));
      for (const item of fresh) known.add(item.id);
      waiting.push(...fresh);
      passOn();
    },
    /** From now on people are heard; until then they wait. */
    open(to: Claude): void {
      claude = to;
      passOn();
    },
  };
}
