import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sandboxContract } from '../core/testing/sandbox-contract.ts';
import { createKube, type Kube } from './client.ts';
import { createKubernetesSandbox } from './sandbox.ts';
import { testBroker } from './test-broker.ts';
import { type Installation, installation } from './test-installation.ts';

const image = process.env.KUBERNETES_TEST_IMAGE ?? '';
let at: Installation;
let admin: Kube;
let number = 0;

beforeAll(async () => {
  at = await installation(image);
  admin = createKube(at.admin);
});
afterAll(async () => {
  await admin?.close();
  await at?.[Symbol.asyncDispose]();
});

// As the program: with its rights, behind its fences. A database's id for each test, so that names are never used twice.
sandboxContract('kubernetes', async () => {
  number += 1;
  const instance = (Number.parseInt(at.instance, 16) ^ number).toString(16).padStart(5, '0');
  const broker = await testBroker(admin);
  const kubes: Kube[] = [];
  const open = () => {
    const kube = createKube(at.orchestrator);
    kubes.push(kube);
    return createKubernetesSandbox({
      ...{ kube, system: at.system, instance, image, broker: broker.address },
      ...{ ready: async () => undefined, warning: () => null, log: pino({ level: 'silent' }) },
    });
  };
  const sandbox = open();
  return {
    sandbox,
    reopen: open,
    begun: async (attempt) => broker.begun(attempt),
    release: async (attempt) => broker.order(attempt, { do: 'exit', code: 0 }),
    async close() {
      await Promise.all([7, 70].map((task) => sandbox.remove(task)));
      await broker[Symbol.asyncDispose]();
      for (const kube of kubes) await kube.close();
    },
  };
});

test('a namespace of the task’s name that somebody else made is left alone, and said', async () => {
  const name = `ml-task-${at.instance}-99-1-1`;
  await admin.core.createNamespace({ body: { metadata: { name } } });
  const kube = createKube(at.orchestrator);
  try {
    const sandbox = createKubernetesSandbox({
      ...{ kube, system: at.system, instance: at.instance, image },
      ...{ broker: { address: '192.0.2.1', port: 9, selector: null }, ready: async () => undefined },
      ...{ warning: () => null, log: pino({ level: 'silent' }) },
    });
    const spec = { attempt: '99.1.1', task: 99, token: '', deadline: Date.now() + 600_000, memory: 1 } as const;
    await expect(sandbox.start(spec)).rejects.toMatchObject({ code: 'name_taken', remedy: 'never' });
    await sandbox.remove(99);
    expect((await admin.core.readNamespace({ name })).metadata?.deletionTimestamp).toBeUndefined();
  } finally {
    await kube.close();
    await admin.core.deleteNamespace({ name });
  }
});
