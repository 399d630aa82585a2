import type { Logger } from 'pino';
import type { Broker } from '../adapters/broker/index.ts';
import { type DoorService, serveDoor } from '../adapters/remote-door/index.ts';
import { paths } from '../core/protocol-paths.ts';
import { type HttpServer, type PartState, startHttp } from './http.ts';

/** Where a server listens. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface BrokerServerOptions {
  /** Made without a prefix: pods know its root. */
  readonly broker: Broker;
  readonly listen: Listen;
  readonly log: Logger;
  /** What `/readyz` asks; without, only that it listens. */
  readonly parts?: () => Promise<Record<string, PartState>>;
  /** Longest wait for streams and pushes under way when it stops, milliseconds. */
  readonly graceMs?: number;
}

/** The broker's own server, which pods reach: its paths, CONNECT and health on one port. Throws Failure `port_in_use`. */
export function createBrokerServer(options: BrokerServerOptions): Promise<HttpServer> {
  const { broker, listen, log, parts = async () => ({}), graceMs = 25_000 } = options;
  return startHttp({
    ...{ ...listen, variable: 'BROKER_LISTEN', log, parts, graceMs },
    mounts: [{ path: paths.steering, handler: broker.handler, interruptible: () => true }],
    pages: broker.handler,
    connect: broker.connect,
  });
}

/** The program's door for a broker that runs by itself. Throws Failure `port_in_use`. */
export function createDoorServer({
  listen,
  ...service
}: DoorService & { readonly listen: Listen }): Promise<HttpServer> {
  const handler = serveDoor(service);
  return startHttp({
    ...{ ...listen, variable: 'DOOR_LISTEN', log: service.log, parts: () => ({}) },
    mounts: [{ path: '/door/steering', handler, interruptible: () => true }],
    pages: handler,
  });
}
