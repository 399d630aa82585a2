import Anthropic from '@anthropic-ai/sdk';
import pino from 'pino';
import { createBroker } from './index.ts';
import type { ModelUpstream } from './model.ts';
import { createMemoryDoor, openAttempt, serveBroker } from './testing.ts';

export const ask = { model: 'claude-opus-5-5', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };
export const brain = () => ({ say: 'Hello there, this is a longer answer in several chunks.' });

/** Anthropic in miniature. */
interface Upstream {
  readonly url: string;
  readonly apiKey: string;
  readonly faults: { clear(): void };
  brain: unknown;
  close(): Promise<void>;
}

/** A broker before it, with one attempt, whose token is `good-token`; for tests of model calls. */
export async function createModelHarness(sim: Upstream) {
  const door = createMemoryDoor();
  const serve = (anthropic: ModelUpstream) => {
    const git = async () => ({ url: '', username: '', password: '' });
    return serveBroker(createBroker({ door, anthropic, git, prefix: '/broker', log: pino({ level: 'silent' }) }));
  };
  const server = await serve({ baseUrl: sim.url, apiKey: sim.apiKey });

  return {
    ...{ door, serve, url: `${server.url}/anthropic` },
    client: new Anthropic({ baseURL: `${server.url}/anthropic`, apiKey: 'good-token', maxRetries: 0 }),
    /** Sends a body as it is. */
    raw: (body: object | string, { path = '/v1/messages', signal }: { path?: string; signal?: AbortSignal } = {}) =>
      fetch(`${server.url}/anthropic${path}`, {
        method: 'POST',
        ...(signal && { signal }),
        headers: { 'x-api-key': 'good-token', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    reset() {
      door.state.attempts.set('good-token', openAttempt());
      door.state.spent.length = 0;
      door.state.budget = 10;
      sim.faults.clear();
      sim.brain = brain;
    },
    async close() {
      await server.close();
      await sim.close();
    },
  };
}
