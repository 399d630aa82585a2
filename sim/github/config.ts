import { delimiter, dirname } from 'node:path';

/** PATH for git and for workflow steps: the running Node first, so that `node` in a workflow is the one of the tests. */
export const executablePath = [dirname(process.execPath), process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin'].join(
  delimiter,
);
