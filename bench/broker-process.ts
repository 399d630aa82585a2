/** The broker as it is deployed, but for the cluster: a token is the id of its attempt. */
import { pino } from 'pino';
import { readBrokerConfig } from '../bot/broker-config.ts';
import { startBroker } from '../bot/broker-process.ts';

await startBroker(readBrokerConfig(process.env), async (attempt) => ({ attempt }), pino({ level: 'warn' }));
process.send?.({ type: 'ready' });
