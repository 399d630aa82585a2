/** Loaded first, this makes the program another build: the engine sees different code under the same workflows' names. */
import { DBOS } from '@dbos-inc/dbos-sdk';

const { registerWorkflow } = DBOS;

DBOS.registerWorkflow = ((act: (...args: unknown[]) => Promise<unknown>, config: object) =>
  registerWorkflow.call(
    DBOS,
    async function ofTheNextRelease(...args: unknown[]) {
      return act(...args);
    },
    config,
  )) as unknown as typeof DBOS.registerWorkflow;
