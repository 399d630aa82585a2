import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../postgres/server.ts';
import { once, telling } from './killed.ts';
import { tell } from './story.ts';

const downMs = 10_000;

let home: string;
let postgres: PostgresServer;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'mainloop-down-'));
  postgres = await startPostgres({ home });
});

afterAll(async () => {
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

it('with Postgres away for 10 s again and again, the program stays and nothing is lost', async () => {
  const told = await telling(
    null,
    async ({ house, keeper }) => {
      const { anthropic } = house.world;
      const outages = [/please write down refunds/, /^Plan this task/, /^Do this task/, /was reviewed/];
      let down = Promise.resolve();
      anthropic.on('request', ({ view }) => {
        const next = outages.findIndex((pattern) => pattern.test(view?.prompt ?? ''));
        if (next < 0) return;
        outages.splice(next, 1);
        down = down.then(async () => {
          await postgres.stop();
          await sleep(downMs);
          await postgres.revive();
        });
      });
      await tell(house);
      await down;
      expect(outages).toEqual([]);
      expect(keeper.crashes).toEqual([]);
      expect(keeper.starts).toBe(1);
    },
    { databaseUrl: postgres.url('postgres') },
  );
  expect(told.crashes).toEqual([]);
  expect(told.outcome).toEqual(once);
}, 300_000);
