/** A repository whose checks cost milliseconds, and the scripted model that works on it in few steps. */
import type { Brain, ModelRequest } from '../../sim/anthropic/index.ts';
import { ask, byPrompt, finish, script, use } from '../../sim/anthropic/script.ts';

export const repository = 'acme/ledger';

const workflow = `name: CI
on:
  pull_request:
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - name: House rules
        run: "! grep -n TODO ledger.txt"
`;

export const files: Record<string, string> = {
  'ledger.txt': 'opening balance\n',
  Makefile: 'test:\n\ttest -s ledger.txt\n',
  '.github/workflows/ci.yml': workflow,
};

/** What the finished ledger says: each piece of work once. */
export const finished = 'opening balance\nrefunds\nrefunds are audited\n';

const bash = (command: string) => use('Bash', { command, description: command.slice(0, 40) });
const commit = (message: string) => `git add -A && git commit -q -m '${message}'`;

export const question = 'Shall refunds be audited?';

const assistant: Brain = (request) => {
  if (request.kind === 'side') return { say: 'ok' };
  if (request.toolResults.length > 0) return { say: 'Say yes and it starts.' };
  if (!/refund/.test(request.lastUserText)) return { say: 'I look after the ledger.' };
  return {
    say: 'A worker can do that.',
    use: [
      {
        name: 'spawn_task',
        input: { repo: repository, title: 'Write down refunds', brief: 'Write down refunds.', plan: true },
      },
    ],
  };
};

const done = { title: 'Write down refunds', summary: 'Writes down refunds.' };

/** At the start of any line: a worker that takes over from a lost one is told so first. */
const worker: Brain = byPrompt([
  [/^The person answered what you asked/m, script([finish({ summary: 'One line.', plan: 'Add a line on refunds.' })])],
  [/^Plan this task/m, script([ask(question, ['Yes', 'No'])])],
  [
    /^Do this task/m,
    script([bash(`echo 'TODO refunds' >> ledger.txt && ${commit('Write down refunds')}`), finish(done)]),
  ],
  [
    /cannot be merged yet/,
    script([bash(`sed -i 's/TODO //' ledger.txt && ${commit('Keep the house rules')}`), finish(done)]),
  ],
  [
    /was reviewed/,
    script([
      bash(`echo 'refunds are audited' >> ledger.txt && ${commit('Say that refunds are audited')}`),
      (request) => resolved(finish({ ...done, replies: replies(request) }), request),
    ]),
  ],
]);

const replies = (request: ModelRequest) =>
  [...request.prompt.matchAll(/^Comment (\d+) by/gm)].map((match) => ({
    comment: Number(match[1]),
    text: 'It says so now.',
  }));

const resolved = (step: ReturnType<typeof finish>, request: ModelRequest) =>
  typeof step === 'function' ? step(request) : step;

export const brain: Brain = (request) => (request.kind === 'worker' ? worker(request) : assistant(request));
