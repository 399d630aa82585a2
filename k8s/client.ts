/**
 * The cluster's API, with what `@kubernetes/client-node` 2.0 leaves to its users settled once: connections are kept and
 * few, every call has an end, and whatever goes wrong is a Failure (kube-error.ts).
 */
import type { RequestOptions } from 'node:https';
import {
  BatchV1Api,
  type Configuration,
  CoreV1Api,
  createConfiguration,
  HttpMethod,
  type KubeConfig,
  NetworkingV1Api,
  RbacAuthorizationV1Api,
  RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import { Agent, fetch, type Response } from 'undici';
import { Failure } from '../core/errors.ts';
import { refused, unreachable } from './kube-error.ts';

export interface Kube {
  readonly core: CoreV1Api;
  readonly batch: BatchV1Api;
  readonly rbac: RbacAuthorizationV1Api;
  readonly networking: NetworkingV1Api;
  /** Any other group of the API, e.g. `kube.api(AuthorizationV1Api)`. */
  api<T>(group: new (configuration: Configuration) => T): T;
  /**
   * GET of a path, e.g. `/api/v1/namespaces/a/pods/b/log?tailLines=9`, for what is no JSON: whatever its status, and its
   * body still to be read. The signal ends both. Throws Failure `cluster_unreachable`.
   */
  get(path: string, signal: AbortSignal): Promise<Response>;
  close(): Promise<void>;
}

export interface KubeOptions {
  /** How long a call may take, body included. */
  readonly deadlineMs?: number;
}

const connections = 16;

/** A client for the cluster that `kubeConfig` names. The pool keeps the certificates that it has at the first call. */
export function createKube(kubeConfig: KubeConfig, { deadlineMs = 10_000 }: KubeOptions = {}): Kube {
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster) {
    throw new Failure('No Kubernetes cluster is configured.', {
      ...{ code: 'no_cluster', remedy: 'never' },
      advice: 'Set KUBECONFIG, or run in a pod with a service account.',
    });
  }
  let pool: Promise<Agent> | undefined;

  async function call(context: RequestContext, signal: AbortSignal): Promise<Response> {
    try {
      await kubeConfig.applySecurityAuthentication(context);
      // A proxy's dispatcher is client-node's own. Otherwise it makes one for each call, and with it a new connection.
      const proxy = cluster?.proxyUrl ? context.getDispatcher() : undefined;
      pool ??= openPool(kubeConfig);
      return await fetch(context.getUrl(), {
        method: context.getHttpMethod(),
        headers: context.getHeaders(),
        body: context.getBody() as string | undefined,
        dispatcher: proxy ?? (await pool),
        signal,
      } as Parameters<typeof fetch>[1]);
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    httpApi: wrapHttpLibrary({
      async send(context) {
        const answer = await call(context, AbortSignal.timeout(deadlineMs));
        const text = await answer.text().catch((cause: unknown) => Promise.reject(unreachable(cause)));
        if (!answer.ok) throw refused(answer.status, answer.headers.get('retry-after'), text);
        const body = Buffer.from(text);
        return new ResponseContext(answer.status, Object.fromEntries(answer.headers), {
          text: async () => text,
          binary: async () => body,
          stream: () => null,
        });
      },
    }),
  });

  return {
    core: new CoreV1Api(configuration),
    batch: new BatchV1Api(configuration),
    rbac: new RbacAuthorizationV1Api(configuration),
    networking: new NetworkingV1Api(configuration),
    api: (group) => new group(configuration),
    get: (path, signal) => call(new RequestContext(cluster.server + path, HttpMethod.GET), signal),
    async close() {
      await (await pool)?.close();
    },
  };
}

/** HTTP/1.1: a call that is given up takes its connection along, so a dead one is not used again. */
async function openPool(kubeConfig: KubeConfig): Promise<Agent> {
  const tls: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(tls);
  const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = tls;
  const given = Object.entries({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized });
  return new Agent({
    connections,
    allowH2: false,
    connect: { ...Object.fromEntries(given.filter(([, value]) => value !== undefined)), keepAlive: true },
  });
}
