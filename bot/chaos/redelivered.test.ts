import { describe, expect, it } from 'vitest';
import { once, telling } from './killed.ts';
import type { Ledger } from './ledger.ts';
import { tell } from './story.ts';

const misbehaviours: Record<string, (ledger: Ledger) => void> = {
  'everything Slack and GitHub say comes twice': ({ house: { world } }) => {
    world.slack.faults.events({ duplicate: 1 });
    world.github.webhooks.duplicate = true;
  },
  'everything comes twice and out of order': ({ house: { world } }) => {
    world.slack.faults.events({ duplicate: 1, reorder: true });
    world.github.webhooks.duplicate = true;
    world.github.webhooks.reorder = true;
  },
  'no webhook ever arrives': ({ house: { world } }) => world.github.webhooks.drop(1_000_000),
};

describe.each(Object.entries(misbehaviours))('%s', (_, misbehave) => {
  it('and the outcome is the same', async () => {
    const told = await telling(null, async (ledger) => {
      misbehave(ledger);
      await tell(ledger.house);
    });
    expect(told.outcome).toEqual(once);
  }, 300_000);
});
