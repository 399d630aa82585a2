/** The program's half of the remote door, over a real store with attempts that are open. */
import { pino } from 'pino';
import { createGitHub } from '../adapters/github/index.ts';
import { createDoorServer } from '../bot/broker-server.ts';
import { conversationKey, type Place } from '../core/domain/chat.ts';
import { connect } from '../core/store/database.ts';
import { createStore } from '../core/store/index.ts';
import type { Deps } from '../core/workflows/deps.ts';
import { createDoor } from '../core/workflows/door.ts';
import { createRinger } from '../core/workflows/ringer.ts';

const { DATABASE_URL = '', PORT = '', GIT_URL = '', GIT_API = '', GIT_TOKEN = '', ATTEMPTS = '' } = process.env;
const { db } = await connect(DATABASE_URL, () => undefined);
const store = createStore(db);
const model = 'claude-opus-5-5';
const log = pino({ level: 'warn' });
const deps = {
  host: createGitHub({ auth: { token: GIT_TOKEN }, apiUrl: GIT_API, url: GIT_URL, log }),
  ...{ store, presenter: { touch: () => undefined }, warnBudget: async () => undefined },
  settings: { workerModel: model, sideModel: model },
} as unknown as Deps;
await createDoorServer({
  ...{ door: createDoor(deps, createRinger()), log, listen: { host: '127.0.0.1', port: Number(PORT) } },
  gitAccess: async ({ repo }) => ({ url: `${GIT_URL}/${repo}.git`, username: 'x-access-token', password: GIT_TOKEN }),
  authenticate: async (token) => token === 'broker',
});

const place: Place = { platform: 'slack', space: 'T1', channel: 'C1', thread: '1', dm: false };
const attempts: { attempt: string; branch: string }[] = [];
for (let n = 0; n < Number(ATTEMPTS); n += 1) {
  const { id } = await store.proposals.create({
    ...{ origin: `made:${n}`, conversation: conversationKey(place), place, repo: 'acme/web', base: 'main', model },
    ...{ title: 'Fix it', brief: 'As said.', planFirst: false, budgetUsd: 1_000, deadlineMinutes: 90 },
    ...{ createdAt: Date.now(), expiresAt: Date.now() + 60_000 },
  });
  const { proposal } = await store.proposals.confirm(id, { person: 1, name: 'Ana' }, Date.now());
  const task = proposal.task ?? 0;
  const run = `${task}.1`;
  const attempt = `${run}.1`;
  await store.runs.queue({ id: run, task, kind: 'implement' }, 1, Date.now(), () => 'Do it.');
  await store.runs.openAttempt({ id: attempt, run, task, lastsMs: 3_600_000 }, Date.now());
  attempts.push({ attempt, branch: (await store.tasks.get(task)).branch });
}
process.on('message', () => process.send?.({ type: 'attempts', attempts }));
process.send?.({ type: 'ready' });
