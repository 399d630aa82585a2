import { isIPv4 } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { type Broker, createBroker } from '../adapters/broker/index.ts';
import type { Door, GitAccess } from '../core/door.ts';
import { Failure } from '../core/errors.ts';
import { createKube, type Kube } from '../k8s/client.ts';
import { createIsolation } from '../k8s/isolation.ts';
import type { BrokerAddress } from '../k8s/network-policy.ts';
import { createKubernetesSandbox } from '../k8s/sandbox.ts';
import { selfTest } from '../k8s/self-test.ts';
import { authenticateBroker, identifyWorkers } from '../k8s/token-review.ts';
import { createBrokerServer, createDoorServer } from './broker-server.ts';
import type { Config } from './config.ts';
import type { HttpServer } from './http.ts';
import type { KubernetesConfig } from './kubernetes-settings.ts';
import { createListening } from './listening.ts';
import { type Workers, workersModel } from './workers.ts';

export interface ClusterWorkersOptions {
  readonly git: GitAccess;
  /** Id of the database, by which its tasks are told from those of others. */
  readonly instance: string;
}

/**
 * Workers as pods of the cluster that KUBECONFIG names, or of the one that the program is in. Their broker has a server of
 * its own: the program's (`BROKER_LISTEN`), or that of a broker which comes to the program's door (`DOOR_LISTEN`).
 */
export async function clusterWorkers(
  config: Config,
  cluster: KubernetesConfig,
  { git, instance }: ClusterWorkersOptions,
  log: Logger,
): Promise<Workers> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const kube = createKube(kubeConfig);
  const pods = {
    ...{ kube, instance, system: cluster.namespace, image: cluster.workerImage },
    ...(cluster.runtimeClass && { runtimeClass: cluster.runtimeClass }),
    broker: await brokerAddress(kube, cluster),
  };
  const probes = cluster.probes.map(({ host, port }) => `${host}:${port}`);
  const isolation = createIsolation({
    test: () => selfTest({ ...pods, probes, patienceMs: 5 * 60_000 }),
    allowUnenforced: cluster.allowUnenforced,
    log: log.child({ part: 'isolation' }),
  });
  const listening = createListening();
  const authenticate = authenticateBroker(kube, cluster.namespace);
  let server: HttpServer | undefined;
  let broker: Broker | undefined;
  const model = workersModel(config);

  return {
    sandbox: createKubernetesSandbox({
      ...{ ...pods, ready: isolation.ready, warning: () => isolation.state().warning },
      ...(cluster.doorListen && { heardSince: listening.since }),
      log: log.child({ part: 'sandbox' }),
    }),
    mounts: () => [],
    async open(door: Door) {
      if (cluster.brokerListen) {
        broker = createBroker({
          ...{ door, git, anthropic: model, identify: identifyWorkers(kube), egressHosts: cluster.egressHosts },
          log: log.child({ part: 'broker' }),
        });
        server = await createBrokerServer({ broker, listen: cluster.brokerListen, log: log.child({ part: 'http' }) });
      } else if (cluster.doorListen) {
        server = await createDoorServer({
          ...{ door, gitAccess: git },
          async authenticate(token) {
            const isBroker = await authenticate(token);
            if (isBroker) listening.heard();
            return isBroker;
          },
          ...{ listen: cluster.doorListen, log: log.child({ part: 'door' }) },
        });
      }
      // Not waited for: the program is of use without workers, and each start of one asks again. It logs what it finds.
      isolation.ready().catch(() => undefined);
    },
    parts: () => {
      const { missing } = isolation.state();
      return { cluster: missing ? { ok: false, detail: missing } : { ok: true } };
    },
    async close() {
      isolation.close();
      await server?.stop();
      await broker?.close();
      await kube.close();
    },
  };
}

/** A Service is looked up once: its address lasts as long as it does. Pods have no DNS. */
export async function brokerAddress(
  kube: Kube,
  { brokerAddress: { host, port }, namespace }: KubernetesConfig,
): Promise<BrokerAddress> {
  if (isIPv4(host)) return { address: host, port, selector: null };
  const { spec } = await kube.core.readNamespacedService({ namespace, name: host });
  const address = spec?.clusterIP ?? '';
  if (isIPv4(address)) return { address, port, selector: { namespace, labels: spec?.selector ?? {} } };
  throw new Failure(`The Service ${host} in ${namespace} has no address of its own.`, {
    ...{ code: 'invalid_config', remedy: 'never' },
    advice: 'BROKER_ADDRESS must name a Service of type ClusterIP with an IPv4 address.',
  });
}
