import { paths } from '../../core/protocol-paths.ts';
import { type Call, createCall } from './call.ts';
import type { WorkerConfig } from './config.ts';
import { plainEnvironment } from './environment.ts';
import { createGit } from './git.ts';
import { initialise } from './workspace.ts';

/** What is begun with the program and goes on while the rest of it is loaded. */
export interface Opening {
  readonly call: Call;
  /** The broker's answer to what is to be done. */
  readonly job: Promise<string>;
  /** Resolves when the directory is a repository. */
  readonly repository: Promise<void>;
}

/** Asks for the job and makes the directory a repository. Both promises may fail before anybody waits for them. */
export function open(config: WorkerConfig): Opening {
  const call = createCall(config.broker, config.token);
  const repository = initialise(createGit(config.work, plainEnvironment(config)), config.work);
  const job = call(paths.job).then((answer) => answer.toString('utf8'));
  for (const begun of [job, repository]) begun.catch(() => undefined);
  return { call, job, repository };
}
