import { randomBytes } from 'node:crypto';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { accountConfig } from './account-config.ts';
import { applyFences, removeFences } from './fences.ts';
import { account, label } from './names.ts';

export interface Installation extends AsyncDisposable {
  readonly system: string;
  readonly instance: string;
  readonly image: string;
  /** The administrator of the cluster that KUBECONFIG names. */
  readonly admin: KubeConfig;
  /** Access as the program has it. */
  readonly orchestrator: KubeConfig;
  /** Access as the broker has it. */
  readonly broker: KubeConfig;
}

/** A fenced installation of its own in the test cluster; disposing of it removes all, the tasks' namespaces too. */
export async function installation(image: string): Promise<Installation> {
  const admin = new KubeConfig();
  admin.loadFromDefault();
  const system = `mainloop-test-${randomBytes(3).toString('hex')}`;
  const core = admin.makeApiClient(CoreV1Api);
  const dispose = async () => {
    const labelSelector = `${label.system}=${system}`;
    const { items } = await core.listNamespace({ labelSelector });
    for (const { metadata } of items) await core.deleteNamespace({ name: metadata?.name ?? '' });
    await core.deleteNamespace({ name: system });
    await removeFences(admin, { system, image });
  };
  try {
    await applyFences(admin, { system, image });
    return {
      system,
      instance: randomBytes(3).toString('hex').slice(0, 5),
      image,
      admin,
      orchestrator: await accountConfig(admin, system, account.orchestrator),
      broker: await accountConfig(admin, system, account.broker),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
