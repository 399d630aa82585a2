import { generateKeyPairSync } from 'node:crypto';
import { Actions, type ActionsOptions } from './actions/actions.ts';
import { now } from './clock.ts';
import { Events } from './events.ts';
import { Faults } from './faults.ts';
import type { User } from './model.ts';
import { Webhooks } from './webhooks.ts';
import type { AppIdentity, Scopes, World } from './world.ts';

const PERMISSIONS: Scopes = {
  actions: 'write',
  checks: 'read',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
};

const EVENTS = [
  'check_run',
  'check_suite',
  'issue_comment',
  'issues',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
  'status',
  'workflow_job',
  'workflow_run',
];

/** An empty GitHub with one App, before it has an address. */
export function createWorld(directory: string, actions: ActionsOptions): World {
  let last = 1000;
  const nextId = () => ++last;
  const closing = new AbortController();
  const events = new Events();
  const app = createApp(nextId);
  const world: Omit<World, 'actions'> = {
    url: '',
    apiUrl: '',
    directory,
    users: new Map([[app.bot.login.toLowerCase(), app.bot]]),
    repos: new Map(),
    tokens: new Map(),
    installations: new Map(),
    app,
    actionsApp: { id: 15_368, slug: 'github-actions', name: 'GitHub Actions' },
    members: new Set(),
    events,
    faults: new Faults(),
    webhooks: new Webhooks(events, closing.signal),
    requests: [],
    closing,
    nextId,
  };
  const complete = world as World;
  complete.actions = new Actions(complete, actions);
  return complete;
}

function createApp(nextId: () => number): AppIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const id = nextId();
  const bot: User = {
    id: nextId(),
    login: 'mainloop[bot]',
    name: 'mainloop[bot]',
    type: 'Bot',
    email: `${id}+mainloop[bot]@users.noreply.github.com`,
  };
  return {
    id,
    slug: 'mainloop',
    name: 'Mainloop',
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKey,
    bot,
    permissions: PERMISSIONS,
    events: EVENTS,
    createdAt: now(),
  };
}
