import { expect, test } from 'vitest';
import type { Kube } from './client.ts';
import { refused } from './kube-error.ts';
import { denied, openFences } from './policies.ts';

const no = (status: number, reason: string, message = 'no') =>
  refused(status, null, JSON.stringify({ reason, message }));
const after = (error: Error) => denied({ fly: () => Promise.reject(error) });

test('what is forbidden is denied, and what is done or was done before is not', async () => {
  expect(await after(no(403, 'Forbidden'))).toEqual([]);
  expect(await after(no(422, 'Invalid', "ValidatingAdmissionPolicy 'mainloop-jobs' denied request"))).toEqual([]);
  expect(await denied({ fly: async () => undefined })).toEqual(['orchestrator may fly']);
  expect(await after(no(409, 'AlreadyExists'))).toEqual(['orchestrator may fly']);
});

test('a refusal for another reason proves nothing, and is told as that', async () => {
  expect(await after(no(422, 'Invalid', 'must be no more than 63 characters'))).toEqual([
    'whether orchestrator may fly could not be tried (The cluster refused: must be no more than 63 characters)',
  ]);
  await expect(after(no(503, 'ServiceUnavailable'))).rejects.toMatchObject({ remedy: 'retry' });
});

test('the names that are tried are names in Kubernetes, however long that of the installation is', async () => {
  const tried: string[] = [];
  const create = async ({ body }: { body: { metadata: { name: string; labels?: Record<string, string> } } }) => {
    tried.push(body.metadata.name, ...Object.values(body.metadata.labels ?? {}));
    throw no(403, 'Forbidden');
  };
  const kube = {
    core: { createNamespace: create },
    ...{ rbac: { createNamespacedRoleBinding: create }, batch: { createNamespacedJob: create } },
  } as unknown as Kube;
  expect(await openFences(kube, { system: 'a'.repeat(63), instance: '0a1b2' })).toEqual([]);
  expect(tried.length).toBeGreaterThan(6);
  for (const name of tried) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
});
