import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Store } from '../core/store/index.ts';
import type { Listen } from './broker-server.ts';
import { type HttpServer, type NodeHandler, startHttp } from './http.ts';

export interface MetricsOptions {
  readonly store: Pick<Store, 'tasks' | 'asks'>;
  readonly listen: Listen;
  readonly log: Logger;
}

/**
 * Serves `/metrics` in Prometheus' text format, on a port of its own: what runs here is nobody's business who only opens the
 * page. Counts are read when they are asked for. Throws Failure `port_in_use`.
 */
export function serveMetrics({ store, listen, log }: MetricsOptions): Promise<HttpServer> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const tasks = new Gauge({
    ...{ name: 'mainloop_tasks', help: 'Tasks that are not over', labelNames: ['phase', 'holder'] },
    registers: [registry],
    async collect() {
      const tally = await store.tasks.tally();
      tasks.reset();
      for (const { phase, holder, tasks: number } of tally) tasks.set({ phase, holder }, number);
    },
  });
  const asks = new Gauge({
    ...{ name: 'mainloop_asks_open', help: 'Questions and approvals that wait for a person' },
    registers: [registry],
    async collect() {
      asks.set(await store.asks.countOpen());
    },
  });

  const handler: NodeHandler = async (_request, response) => {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  };
  return startHttp({
    ...{ ...listen, variable: 'METRICS_LISTEN', log, parts: () => ({}) },
    mounts: [{ path: '/metrics', handler }],
  });
}
