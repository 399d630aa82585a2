/** What is left of a story when it is over: everything that must be there once, counted. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { renderMessage, type SlackMessage } from '../../sim/slack/index.ts';
import type { House } from '../testing/house.ts';
import { repository } from './repository.ts';

export async function outcome(house: House) {
  const { world, store, dataDir, databaseUrl } = house;
  const { slack, github, channel, ana } = world;
  const own = (place: string) =>
    slack.messages(place).filter((message) => message.user === slack.botUserId && !message.deleted);
  const inDm = own(await ana.dm());
  const inChannel = own(channel);
  const [task] = await store.tasks.latest(10);
  const [pull] = github.prs(repository);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', github.repo(repository).directory, ...args], { encoding: 'utf8' });
  const comments = pull?.pull.reviewComments ?? [];
  return {
    issues: github.issues(repository).length,
    pulls: github.prs(repository).length,
    proposals: await store.proposals.count(),
    tasks: (await store.tasks.latest(10)).map((item) => item.status.phase),
    runs: (await store.runs.of(task?.number ?? 0)).map((run) => run.kind),
    started: [...new Set((await store.history.of(`task:${task?.number}`)).flatMap(startedKind))],
    messagesInThread: inChannel.map(firstLine),
    cardsInDm: inDm.map(firstLine),
    ledger: git('show', 'main:ledger.txt'),
    commits: git('rev-list', '--count', '--no-merges', 'main'),
    openAsks: (await store.asks.inbox()).length,
    openAttempts: (await store.runs.openAttempts()).length,
    repliesToReview: comments.filter((comment) => comment.inReplyTo !== null).length,
    planInIssue: github.issues(repository).map((issue) => (issue.body ?? '').split('Add a line on refunds').length - 1),
    issueComments: github.issues(repository).flatMap((issue) => github.comments(repository, issue.number)).length,
    sameKeyTwice: twice([...inChannel, ...inDm].map(keyOf).filter((key) => key !== '')),
    unfinishedWorkflows: await unfinished(databaseUrl),
    sandboxes: leftIn(join(dataDir, 'sandboxes')),
    processes: workersOf(dataDir),
  };
}

const startedKind = ({ type, data }: { type: string; data: Record<string, unknown> }) =>
  type === 'run_started' ? [data.kind] : [];

/** Without times and task numbers: the number of an only task is not always 1 after a kill. */
const firstLine = (message: SlackMessage): string =>
  (renderMessage(message).split('\n')[0] ?? '').replace(/, \d\d:\d\d UTC/, '').replace(/#\d+/g, '#1');

const keyOf = ({ metadata }: SlackMessage): string => (metadata ? JSON.stringify(metadata.event_payload) : '');

const twice = (items: readonly string[]): string[] => items.filter((item, index) => items.indexOf(item) !== index);

/** Workflows that did not end well, with how they ended. */
async function unfinished(databaseUrl: string): Promise<string[]> {
  const client = await DBOSClient.create({ systemDatabaseUrl: databaseUrl });
  try {
    const workflows = await client.listWorkflows({});
    return workflows
      .filter(({ status }) => status !== 'SUCCESS')
      .map(({ workflowID, status }) => `${workflowID} ${status}`);
  } finally {
    await client.destroy();
  }
}

/** Directories of tasks that are still there. */
function leftIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d+$/.test(entry.name))
    .map((entry) => entry.name);
}

/** Processes that still work in the sandboxes of a data directory. */
function workersOf(dataDir: string): string[] {
  return execFileSync('ps', ['eww', '-eo', 'pid,args'], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line.includes(`${dataDir}/sandboxes`))
    .map((line) => line.slice(0, 120));
}
