/** Short tasks and the acts of the people who direct them, for tests of the whole product under faults. */
import pg from 'pg';
import type { TaskNumber } from '../../core/domain/ids.ts';
import type { Phase, Task } from '../../core/domain/task.ts';
import type { Brain, ModelRequest } from '../../sim/anthropic/index.ts';
import { finish, script, use } from '../../sim/anthropic/script.ts';
import type { GitHubPerson } from '../../sim/github/index.ts';
import { renderMessage, type SlackMessage, type SlackPerson } from '../../sim/slack/index.ts';
import { type House, type HouseOptions, openHouse } from '../testing/house.ts';

/** The repository of these tests: one check that passes at once. */
export const repo = 'acme/quick';

const workflow = `on: { push: { branches: [main] }, pull_request: {} }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/checkout@v5 }
      - { name: Tests, run: test ! -e broken }
`;

export const files: Record<string, string> = { 'README.md': '# quick\n', '.github/workflows/ci.yml': workflow };

/** Longest wait for one thing to happen, also on a machine that does much else. */
const patienceMs = 120_000;

/** How the workers of one task behave, by kind of run. */
export interface Workers {
  readonly plan?: Brain;
  readonly implement?: Brain;
  readonly fix?: Brain;
  readonly address?: Brain;
}

export const shell = (command: string) => use('Bash', { command, description: 'Work' });

/** Commits the outcome of a shell command and finishes. */
export const commits = (command: string): Brain =>
  script([
    shell(`${command} && git add -A && git commit -q -m "Do what was asked"`),
    finish({ title: 'Do what was asked', summary: 'Does what was asked.' }),
  ]);

/** As {@link commits}, wherever in the conversation it stands: what was committed before is not done again. */
export const commitsOnce =
  (command: string): Brain =>
  (request) => {
    if (!JSON.stringify(request.messages).includes(command))
      return shell(`${command} && git add -A && git commit -q -m "Do what was asked"`);
    const end = finish({ title: 'Do what was asked', summary: 'Does what was asked.' });
    return typeof end === 'function' ? end(request) : end;
  };

export const plans: Brain = script([finish({ summary: 'One file changes.', plan: 'Add `note.txt`.' })]);

const usual: Required<Workers> = {
  plan: plans,
  implement: commits('echo noted > "note-$(git rev-parse --abbrev-ref HEAD | tr / -).txt"'),
  fix: commits('rm -f broken; date > fixed.txt'),
  address: commits('for note in note-*.txt; do date >> "$note"; done'),
};

/** The file that the usual worker of a task writes. */
export const noteOf = ({ branch }: Pick<Task, 'branch'>): string => `note-${branch.replaceAll('/', '-')}.txt`;

const kinds: readonly (readonly [RegExp, keyof Workers])[] = [
  [/^Plan this task/, 'plan'],
  [/cannot be merged yet/, 'fix'],
  [/was reviewed/, 'address'],
];

/** The whole model: proposes what starts with "please", and works as told for tasks whose title matches. */
export function model(special: readonly (readonly [RegExp, Workers])[] = [], assistant: Brain = proposes): Brain {
  return (request) => {
    if (request.kind === 'side') return { say: 'ok' };
    if (request.kind === 'assistant') return assistant(request);
    const kind = kinds.find(([pattern]) => pattern.test(request.prompt))?.[1] ?? 'implement';
    const workers = special.find(([title]) => title.test(request.prompt))?.[1];
    return (workers?.[kind] ?? usual[kind])(request);
  };
}

/** Proposes what starts with "please"; says "You said: …" to everything else. */
export const proposes: Brain = (request) => {
  if (request.toolResults.length > 0) return { say: request.toolResults.map(({ content }) => content).join(' ') };
  const wish = /please (.*)/.exec(said(request))?.[1];
  if (!wish) return { say: `You said: ${said(request)}` };
  const input = { repo, title: wish, brief: wish, plan: /with a plan/.test(wish) };
  return use('spawn_task', input, 'I can have that done.');
};

/** What was said last, without the id and the name it is told with. */
export const said = (request: ModelRequest): string =>
  /\[m\d+\][^:]*: ([\s\S]*?)(?:\n\n<|$)/.exec(request.lastUserText)?.[1] ?? request.lastUserText;

/** A house whose one project is {@link repo}, with Ana writing to it. */
export async function openQuickHouse(brain: Brain, options: HouseOptions = {}): Promise<House> {
  const house = await openHouse({ ...options, start: false, env: { PROJECTS: repo, ...options.env } });
  await house.world.github.createRepo(repo, { files });
  house.world.github.person('ana', { permission: { [repo]: 'write' } });
  house.world.anthropic.brain = brain;
  if (options.start !== false) await house.bot.start();
  return house;
}

export const anaOnGitHub = ({ world }: House): GitHubPerson => world.github.person('ana');

/** Says it in a new thread of the channel, as Ana unless told otherwise; answers the thread. */
export const mention = ({ world }: House, text: string, who: SlackPerson = world.ana): Promise<string> =>
  who.say(world.channel, `<@${world.slack.botUserId}> ${text}`);

/** The bot's messages in a thread, as they read. */
export const replies = (house: House, thread: string): string[] =>
  house
    .seen(house.world.channel, /./)
    .filter((message) => message.thread_ts === thread)
    .map(renderMessage);

/** The bot's message in a thread that matches. */
export const inThread = (house: House, thread: string, text: RegExp, timeoutMs = patienceMs): Promise<SlackMessage> =>
  house.until(
    `${text} in the thread`,
    () => house.seen(house.world.channel, text).findLast((message) => message.thread_ts === thread),
    timeoutMs,
  );

export async function propose(house: House, wish: string): Promise<{ thread: string; card: SlackMessage }> {
  const thread = await mention(house, `please ${wish}`);
  return { thread, card: await inThread(house, thread, /Start it\?/) };
}

/** From the wish to the running task. */
export async function begin(house: House, wish: string): Promise<{ thread: string; task: TaskNumber }> {
  const { thread, card } = await propose(house, wish);
  await house.world.ana.press(card, { text: 'Start' });
  const { number } = await taskOf(house, thread);
  return { thread, task: number };
}

export const taskOf = (house: House, thread: string, timeoutMs = patienceMs): Promise<Task> =>
  house.until(
    'the task',
    async () => (await house.store.tasks.latest(50)).find((task) => task.place.thread === thread),
    timeoutMs,
  );

/** Waits until a task is in a phase. */
export const reaches = (house: House, task: TaskNumber, phase: Phase, timeoutMs = patienceMs): Promise<Task> =>
  house.until(
    `phase ${phase} of #${task}`,
    async () => {
      const found = await house.store.tasks.get(task);
      return found.status.phase === phase ? found : undefined;
    },
    timeoutMs,
  );

/** Waits for the open ask of a task whose card in Ana's DM matches. */
export async function asked(
  house: House,
  task: TaskNumber,
  text: RegExp,
  timeoutMs = patienceMs,
): Promise<SlackMessage> {
  const dm = await house.world.ana.dm();
  return house.until(
    `an ask of #${task} like ${text}`,
    () => house.seen(dm, text).findLast((message) => new RegExp(`#${task}\\b`).test(renderMessage(message))),
    timeoutMs,
  );
}

/** What `/mainloop …` answers Ana. */
export async function command(house: House, text: string): Promise<string> {
  const { replies: answers } = await house.world.ana.command('/mainloop', text, house.world.channel);
  const answer = await house.until(`an answer to /mainloop ${text}`, () => answers.at(0));
  return renderMessage(answer);
}

export const pullsOf = (house: House, { branch }: Pick<Task, 'branch'>) =>
  house.world.github.prs(repo).filter((pull) => pull.pull.head.ref === branch);

export const issuesOf = (house: House, wish: string) =>
  house.world.github.issues(repo).filter((issue) => issue.title.includes(wish));

/** Changes what the program remembers behind its back, as time would. */
export async function execute({ databaseUrl }: House, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
