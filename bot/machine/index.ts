import type { Check } from '../check.ts';
import type { Config } from '../config.ts';
import { dataDirCheck } from './data-dir.ts';
import { databaseCheck } from './database-check.ts';
import { envFileCheck } from './env-file.ts';
import { portCheck } from './port.ts';
import { programChecks } from './programs.ts';
import { publicUrlChecks } from './public-url.ts';

/** What the program needs of the machine it runs on. All of it can be looked at beside a program that runs. */
export const machineChecks = (config: Config): readonly Check[] => [
  envFileCheck(),
  // In a cluster they are in the workers' image.
  ...(config.kubernetes ? [] : programChecks),
  dataDirCheck(config.dataDir),
  databaseCheck(config),
  portCheck(config),
  ...publicUrlChecks(config),
];
