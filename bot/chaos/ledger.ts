/** A house whose program is killed at its boundaries and kept running all the same. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../core/store/database.ts';
import { createStore } from '../../core/store/index.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { type House, openHouse } from '../testing/house.ts';
import { type Entry, type Moment, read } from './journal.ts';
import { type Keeper, keepRunning } from './keeper.ts';
import { files, brain as ledgerBrain, repository } from './repository.ts';

export interface Ledger {
  readonly house: House;
  readonly keeper: Keeper;
  /** What was reached and where the program was killed, so far. */
  journal(): Entry[];
  /** From now on, or from the first boundary like `pattern`, the program dies at its boundaries, if opened `safe`. */
  unleash(pattern?: RegExp): void;
  close(): Promise<void>;
}

export interface LedgerOptions {
  /** The program dies at this moment of every boundary, once each; null: never. */
  readonly moment?: Moment | null;
  /** It dies at boundaries like this alone. */
  readonly only?: RegExp;
  /** Not before `unleash`. */
  readonly safe?: boolean;
  readonly brain?: Brain;
  /** Another database than the one of the test run. */
  readonly databaseUrl?: string;
}

/** Opens the house and starts the program in it. */
export async function openLedger(options: LedgerOptions = {}): Promise<Ledger> {
  const { moment = null, only, safe = false, brain = ledgerBrain, databaseUrl } = options;
  const opened = await openHouse({ start: false });
  const other = databaseUrl === undefined ? null : await connect(databaseUrl, () => undefined, 3);
  const house = other && databaseUrl ? { ...opened, databaseUrl, store: createStore(other.db) } : opened;
  const { github, anthropic, anaOnGitHub } = house.world;
  const repo = await github.createRepo(repository, { files });
  repo.permissions.set(anaOnGitHub.login, 'write');
  anthropic.brain = brain;
  const file = join(house.dataDir, 'boundaries');
  if (safe) writeFileSync(`${file}.safe`, '');
  const preload = new URL('./preload.ts', import.meta.url);
  preload.searchParams.set('journal', file);
  if (moment) preload.searchParams.set('moment', moment);
  if (only) preload.searchParams.set('only', only.source);
  const keeper = keepRunning(house, { preloads: [preload.href], env: { PROJECTS: repository } });
  return {
    house,
    keeper,
    journal: () => read(file),
    unleash: (pattern) => (pattern ? writeFileSync(`${file}.safe`, pattern.source) : rmSync(`${file}.safe`)),
    async close() {
      await keeper.stop();
      await other?.close();
      await opened.close();
    },
  };
}
