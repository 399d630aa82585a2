import type { FileInfo } from '../domain/file.ts';
import type { RunId } from '../domain/ids.ts';
import { Failure } from '../errors.ts';
import { handedCaption, notUploaded } from '../words/files.ts';
import { deliver, deliverFile } from './delivery.ts';
import type { Deps } from './deps.ts';
import { effect } from './effect.ts';
import { notice } from './notice.ts';

/**
 * Shows in the task's thread what a run handed over, one message a file. A workflow of its own, so that neither the run's
 * place nor the task waits for a platform that takes long.
 */
export const createUploads = (deps: Deps) =>
  async function uploads(run: RunId): Promise<void> {
    for (const { id, name } of await effect('list files', () => listed(deps, run))) {
      try {
        await effect(`upload f${id}`, () => upload(deps, run, id));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        await notice(deps.log, `say f${id} is not uploaded`, () => sayNot(deps, run, { id, name }, error.message));
      }
    }
  };

type Listed = Pick<FileInfo, 'id' | 'name'>;

const listed = async ({ store }: Deps, run: RunId): Promise<Listed[]> =>
  (await store.files.handedBy(run)).map(({ id, name }) => ({ id, name }));

const taskOf = async ({ store }: Deps, run: RunId) => store.tasks.get((await store.runs.get(run)).task);

async function upload(deps: Deps, run: RunId, id: number): Promise<void> {
  const [file] = (await deps.store.files.handedBy(run)).filter((one) => one.id === id);
  const bytes = await deps.store.files.bytes(id);
  if (!file || !bytes) return;
  const { number, place } = await taskOf(deps, run);
  const { name, mimeType } = file;
  await deliverFile(deps, {
    key: `file:${id}`,
    place,
    file: { name, mimeType, bytes, caption: handedCaption(number, file) },
  });
}

async function sayNot(deps: Deps, run: RunId, file: Listed, reason: string): Promise<void> {
  const { number, place } = await taskOf(deps, run);
  const doc = { text: notUploaded(number, file, reason) };
  await deliver(deps, { key: `file:${file.id}:not`, place, subject: null, doc, settled: true });
}
