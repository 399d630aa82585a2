/** A house whose program is killed at its boundaries and kept running all the same. */
import { join } from 'node:path';
import { type House, openHouse } from '../testing/house.ts';
import { type Entry, type Moment, read } from './journal.ts';
import { type Keeper, keepRunning } from './keeper.ts';
import { brain, files, repository } from './repository.ts';

export interface Ledger {
  readonly house: House;
  readonly keeper: Keeper;
  /** What was passed and where it was killed, so far. */
  journal(): Entry[];
  close(): Promise<void>;
}

/** Opens the house; with a moment, the program dies at that moment of every boundary, once each. */
export async function openLedger(moment: Moment | null): Promise<Ledger> {
  const house = await openHouse({ start: false, env: { PROJECTS: repository } });
  const { github, anthropic, anaOnGitHub } = house.world;
  const repo = await github.createRepo(repository, { files });
  repo.permissions.set(anaOnGitHub.login, 'write');
  anthropic.brain = brain;
  const file = join(house.dataDir, 'boundaries');
  const preload = new URL('./preload.ts', import.meta.url);
  preload.searchParams.set('journal', file);
  if (moment) preload.searchParams.set('moment', moment);
  const keeper = keepRunning(house, { preload: preload.href, env: { PROJECTS: repository } });
  return {
    house,
    keeper,
    journal: () => read(file),
    async close() {
      await keeper.stop();
      await house.close();
    },
  };
}
