import type { RepoName } from '../domain/ids.ts';
import { isAmong } from '../domain/policy.ts';
import type { Proposal } from '../domain/proposal.ts';
import type { Task } from '../domain/task.ts';
import type { Ask } from '../store/asks.ts';
import type { Store } from '../store/index.ts';
import { askNeed } from '../words/ask.ts';
import { shortStatus } from '../words/status.ts';
import { cut, firstLines, headline } from '../words/text.ts';
import { span } from '../words/time.ts';
import { state as limit } from './limits.ts';
import { asData } from './render.ts';
import type { Said, Turn } from './turn.ts';

/**
 * What is true right now in the repositories that may be seen here (null: all), for the end of a request: bounded, and never part of the cached prefix. The tag is the one by which
 * Claude knows notes of the program in a user's message.
 */
export async function stateOf(
  store: Store,
  turn: Turn,
  visible: readonly RepoName[] | null,
  now: number,
): Promise<string> {
  const [tasks, allAsks, allProposals, linkedTo, card] = await Promise.all([
    store.tasks.open(visible),
    store.asks.inbox(),
    store.proposals.openIn(turn.conversation),
    store.projects.linkedTo(turn.place),
    turn.place.thread === undefined ? null : store.posts.subjectOf({ place: turn.place, id: turn.place.thread }),
  ]);
  const numbers = new Set(tasks.map((task) => task.number));
  const asks = allAsks.filter((ask) => numbers.has(ask.task));
  const proposals = allProposals.filter(({ repo }) => isAmong(visible, repo));
  const linked = linkedTo !== null && isAmong(visible, linkedTo) ? linkedTo : null;
  const here = (task: Task) => task.conversation === turn.conversation || card === `task:${task.number}`;
  const mine = new Set(tasks.filter(here).map((task) => task.number));
  return [
    '<system-reminder>',
    `Now: ${new Date(now).toUTCString()}`,
    turn.place.dm ? 'A private conversation.' : `This channel is linked to ${linked ?? 'no project'}.`,
    ...section('Open tasks', nearest(tasks, here, limit.tasks), tasks.length, (task) =>
      taskLine(task, now, here(task)),
    ),
    ...section(
      'Open asks',
      nearest(asks, (ask) => mine.has(ask.task), limit.asks),
      asks.length,
      askLine,
    ),
    ...section('Proposals open here', proposals.slice(-limit.proposals), proposals.length, proposalLine),
    `Answer now: ${turn.said.map(saidBy).join(', ')}.`,
    '</system-reminder>',
  ].join('\n');
}

/** `m12 (Ana)`, and the task under whose card it was written. */
const saidBy = ({ id, author, about }: Said): string =>
  `m${id} (${asData(headline(author))}${about === undefined ? '' : `, to the card of #${about}`})`;

/** Those of this conversation first, then the newest. */
function nearest<T>(items: readonly T[], here: (item: T) => boolean, most: number): T[] {
  const newest = items.toReversed();
  return [...newest.filter(here), ...newest.filter((item) => !here(item))].slice(0, most);
}

function section<T>(title: string, items: readonly T[], total: number, line: (item: T) => string): string[] {
  if (total === 0) return [`${title}: none.`];
  const more = total > items.length ? [`- and ${total - items.length} more`] : [];
  return [`${title}:`, ...items.map((item) => `- ${asData(cut(line(item), limit.characters))}`), ...more];
}

/** `#41 acme/web · Date picker… · CI: 2 of 3 checks are green, 6 min`. */
export const taskLine = (task: Task, now: number, here = false): string =>
  [
    `#${task.number} ${task.repo}`,
    headline(task.title),
    `${shortStatus(task)}, for ${span(now - task.status.since)}`,
    ...(here ? ['from this conversation'] : []),
  ].join(' · ');

/** An ask with what is needed to tell whether a message answers it. */
export const askLine = (ask: Ask): string => `ask ${ask.id} of #${ask.task} · ${ask.kind} · ${askDetail(ask)}`;

function askDetail({ body, draft }: Ask): string {
  switch (body.kind) {
    case 'plan':
    case 'review':
      return firstLines(body.summary, 2).replaceAll('\n', ' ');
    case 'question':
      return body.questions
        .map(({ question, options }, at) => {
          const given = draft?.given[at];
          if (given?.done) return `${headline(question, 200)} (answered: ${headline(given.texts.join(', '))})`;
          const labels = options.map(({ label }) => headline(label)).join(' / ');
          return headline(question, 200) + (labels ? ` (${labels})` : '');
        })
        .join(' | ');
    case 'budget':
      return askNeed({ body });
    case 'failure':
      return `${askNeed({ body })} (${body.choices.join(' / ')})`;
  }
}

const proposalLine = (proposal: Proposal): string =>
  `proposal ${proposal.id} · ${proposal.repo} · ${headline(proposal.title)} · waits for a person to start it`;
