import type { Doc, Inbound } from '../domain/chat.ts';
import type { Command } from '../domain/commands.ts';
import { repoName } from '../domain/ids.ts';
import { isAmong, seenBy } from '../domain/policy.ts';
import type { Deps } from './deps.ts';
import { openProjectChannel } from './project-channel.ts';
import { type Actor, record } from './record.ts';

type ProjectCommand = Extract<Command, { name: 'project' }>;

/** `project`: lists those of the reader; for owners adds, removes and sets up. Who may do it was checked before. */
export async function project(
  deps: Deps,
  command: ProjectCommand,
  { place }: Pick<Inbound, 'place'>,
  actor: Actor,
): Promise<Doc> {
  const { store } = deps;
  if (command.action === 'list') return list(deps, actor);
  const repo = repoName.safeParse(command.repo);
  if (!repo.success) return { text: `\`${command.repo}\` is no repository name: write owner/repo, e.g. acme/web.` };
  const known = await store.projects.find(repo.data);
  const note = (type: string, name: string, data: Record<string, unknown> = {}) =>
    record(store, actor, { subject: `project:${name}`, type, data });
  if (command.action !== 'set' && command.action !== 'remove')
    return add(deps, command.action, repo.data, place, (name) => note('project_added', name));
  if (!known) return { text: `${repo.data} is no project here.` };
  if (command.action === 'remove') {
    await store.projects.remove(known.repo);
    await note('project_removed', known.repo);
    return { text: `I no longer take tasks for ${known.repo}. What runs goes on.` };
  }
  const { selfApproval } = command;
  await store.projects.set(known.repo, { selfApproval });
  await note('project_set', known.repo, { selfApproval });
  return {
    text: selfApproval
      ? `In ${known.repo}, who asks for work may start it and approve its plan too.`
      : `In ${known.repo}, somebody else than who asks for work has to start it and to approve its plan.`,
  };
}

async function list({ store }: Deps, actor: Actor): Promise<Doc> {
  const mine = seenBy(actor.person);
  const known = (await store.projects.list()).filter(({ repo }) => isAmong(mine, repo));
  const lines = known.map(
    ({ repo, url, selfApproval }) => `- [${repo}](${url})${selfApproval ? '' : ' · self-approval off'}`,
  );
  return { text: lines.join('\n') || 'No repository yet. An owner adds one with `project add owner/repo`.' };
}

async function add(
  deps: Deps,
  action: 'add' | 'new' | 'link',
  repo: string,
  place: Inbound['place'],
  note: (name: string) => Promise<void>,
): Promise<Doc> {
  const { store, host } = deps;
  const { name, defaultBranch, url } = await host.repository(repo);
  await store.projects.put({ repo: name, defaultBranch, url }, Date.now());
  await note(name);
  if (action === 'new') return openProjectChannel(deps, name, place);
  if (!place.dm) await store.projects.link(place, name);
  return {
    text: `[${name}](${url}) is a project now${place.dm ? '' : ', and this channel is linked to it'}. Its base branch is \`${defaultBranch}\`.`,
  };
}
