/** A store with two projects, people who may see one, both or none, and tasks in any state, for the tests of pages. */
import type { AskBody } from '../domain/ask.ts';
import { conversationKey, type Place } from '../domain/chat.ts';
import type { Person, Role } from '../domain/policy.ts';
import type { TaskEvent } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import { openStore } from '../store/testing.ts';
import { createPages, type PageSettings } from './index.ts';

export const place: Place = { platform: 'slack', space: 'T1', channel: 'C1', thread: '1700.1', dm: false };
export const plan: AskBody = { kind: 'plan', summary: 'Do it.', version: 1 };
export const failure: AskBody = { kind: 'failure', title: 'CI is red', reason: 'It is.', choices: ['retry', 'drop'] };

export type PageHouse = Awaited<ReturnType<typeof openPages>>;

export async function openPages(settings?: PageSettings) {
  const { store, db, close } = await openStore();
  let made = 0;
  const person = (name: string, role: Role, projects: string[] | null): Promise<Person> =>
    store.people.admit({ platform: 'slack', space: 'T1', id: name, name }, role, 1, projects);
  await store.projects.put({ repo: 'acme/web', defaultBranch: 'main', url: 'https://host.example/acme/web' }, 1);
  await store.projects.put({ repo: 'acme/api', defaultBranch: 'main', url: 'https://host.example/acme/api' }, 1);
  const people = {
    ana: await person('Ana', 'owner', null),
    ben: await person('Ben', 'member', ['Acme/Web']),
    vic: await person('Vic', 'viewer', ['acme/web']),
    mia: await person('Mia', 'member', ['acme/api']),
    nobody: await person('Nemo', 'member', []),
  };

  const advance = async (task: number, ...events: TaskEvent[]) => {
    for (const event of events) {
      made += 1;
      await store.tasks.advance(task, event, `made:${made}`, Date.now());
    }
  };

  return {
    ...{ store, db, close, advance, pages: createPages(store, settings) },
    ...people,
    /** A task that these events have happened to. */
    async task(
      change: { repo?: string; by?: Person; proposer?: Person; title?: string } = {},
      ...events: TaskEvent[]
    ): Promise<number> {
      made += 1;
      const by = change.by ?? people.ben;
      const at = Date.now();
      const { id } = await store.proposals.create({
        ...{ origin: `proposed:${made}`, conversation: conversationKey(place), place, repo: change.repo ?? 'acme/web' },
        ...{ proposer: (change.proposer ?? by).id, base: 'main', title: change.title ?? 'Fix it', brief: 'As *said*.' },
        ...{ model: 'm', planFirst: true, budgetUsd: 5, deadlineMinutes: 90, createdAt: at, expiresAt: at + 60_000 },
      });
      const { proposal } = await store.proposals.confirm(id, { person: by.id, name: by.name }, at);
      if (proposal.task === null) throw new Error('not confirmed');
      await advance(proposal.task, ...events);
      return proposal.task;
    },
    /** An ask of a task, which waits for it from now on. */
    async ask(task: number, body: AskBody = plan): Promise<Ask> {
      made += 1;
      const parked = body.kind === 'failure';
      await advance(
        task,
        parked ? { type: 'parked', detail: body.title } : { type: 'asked', kind: body.kind, detail: '' },
      );
      return store.asks.open({ origin: `asked:${made}`, task, kind: body.kind, body, at: Date.now() });
    },
  };
}
