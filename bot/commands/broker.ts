import { readBrokerConfig } from '../broker-config.ts';
import { startBroker } from '../broker-process.ts';
import type { Command } from '../command.ts';
import { environment } from '../config.ts';
import { createLog } from '../log.ts';

/** `mainloop broker`: the only door of the workers in a cluster, until SIGTERM or SIGINT. */
export const broker: Command = {
  name: 'broker',
  summary: 'Serve the workers of a cluster (the program itself is `mainloop start`)',
  usage: '',
  options: {},
  async run(_args, io) {
    const config = readBrokerConfig(environment());
    const log = createLog({ level: config.logLevel, secrets: config.secrets });
    const stopped = new Promise<void>((resolve) => {
      process.once('SIGTERM', () => resolve());
      process.once('SIGINT', () => resolve());
    });
    // Only here: the cluster's client is large, and every other command would load it too.
    const [{ KubeConfig }, { createKube }, { identifyWorkers }] = await Promise.all([
      import('@kubernetes/client-node'),
      import('../../k8s/client.ts'),
      import('../../k8s/token-review.ts'),
    ]);
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromDefault();
    const kube = createKube(kubeConfig);
    const server = await startBroker(config, identifyWorkers(kube), log);
    io.say(`✔ The broker serves workers on port ${server.port}`);
    await stopped;
    await server.stop();
    await kube.close();
    return 0;
  },
};
