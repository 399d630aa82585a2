import type { Steering } from '../../core/protocol.ts';
import type { Claude } from './claude.ts';
import { steeringPrompt } from './prompt.ts';

type Item = Steering['items'][number];

/** Passes on what people say to the running Claude, each thing once, though the broker repeats it until it is acknowledged. */
export function createSteeringDesk(acknowledge: (id: number) => void) {
  const known = new Set<number>();
  const waiting: Item[] = [];
  let claude: Claude | undefined;

  const pass = () => {
    if (!claude) return;
    for (const item of waiting.splice(0)) claude.say(steeringPrompt(item), () => acknowledge(item.id));
  };

  return {
    hear(items: readonly Item[]): void {
      const fresh = items.filter((item) => !known.has(item.id));
      for (const item of fresh) known.add(item.id);
      waiting.push(...fresh);
      pass();
    },
    /** From now on people are heard; until then they wait. */
    open(to: Claude): void {
      claude = to;
      pass();
    },
  };
}
