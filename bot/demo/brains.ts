import type { Brain, ModelRequest, Reply } from '../../sim/anthropic/index.ts';
import { byPrompt, finish, script, use } from '../../sim/anthropic/script.ts';
import { edits, repository } from './repository.ts';

/** The scripted model: the assistant in chat and Claude Code in the sandbox. */
export const brain: Brain = (request) => (request.kind === 'worker' ? worker(request) : assistant(request));

const bug = /feb 30|30 feb|date picker/i;

const assistant: Brain = (request) => {
  if (request.kind === 'side') return { say: 'ok' };
  if (request.toolResults.length > 0) return afterTool(request);
  const text = said(request);
  if (bug.test(text)) {
    return {
      say: [
        '`parseDay` in `src/calendar.js` trusts the browser’s Date overflow, ',
        'so 30 February becomes 2 March. A worker can fix it with a test.',
      ],
      use: [
        {
          name: 'spawn_task',
          input: {
            repo: repository,
            title: 'Date picker lets me choose Feb 30',
            brief:
              'The date picker accepts 30 February. Make parseDay in src/calendar.js refuse days that the month does not have (29/30/31 Feb, 31 Apr, leap years), with tests.',
            plan: !/skip the plan|without a plan/i.test(text),
          },
        },
      ],
    };
  }
  if (/\b(status|tasks|how is it going|what runs)\b/i.test(text)) return use('list_tasks', {});
  if (/\b(fix|add|change|make|write|update|remove)\b/i.test(text)) {
    const title = text.slice(0, 60);
    return use(
      'spawn_task',
      { repo: repository, title, brief: text, plan: !/skip the plan|without a plan/i.test(text) },
      'I can have that done.',
    );
  }
  return {
    say: 'I am a scripted model in this demo. Ask me to fix, add or change something in acme/web, or for the status.',
  };
};

function afterTool(request: ModelRequest): Reply {
  const [result] = request.toolResults;
  if (result?.name === 'spawn_task') return { say: result.isError ? result.content : '' };
  return { say: result?.content.slice(0, 600) ?? 'Done.' };
}

/** The last line of the message, without the id and name it is told with. */
const said = (request: ModelRequest): string =>
  /\[m\d+\][^:]*: ([\s\S]*?)(?:\n\n<|$)/.exec(request.lastUserText)?.[1] ?? request.lastUserText;

const bash = (command: string, description: string, say?: string) => use('Bash', { command, description }, say);

/** The tool wants absolute paths; the program says where it works. */
const edit = (file: string, change: { from: string; to: string }, say?: string) => (request: ModelRequest) =>
  use('Edit', { file_path: `${directory(request)}/${file}`, old_string: change.from, new_string: change.to }, say);
const read = (file: string, say?: string) => (request: ModelRequest) =>
  use('Read', { file_path: `${directory(request)}/${file}` }, say);

const directory = (request: ModelRequest): string =>
  /working directory: (\S+)/i.exec(JSON.stringify(request.raw).replaceAll('\\n', '\n'))?.[1] ?? '.';

const commit = (title: string) => bash(`git add -A && git commit -q -m "${title}"`, title);

const worker: Brain = byPrompt([
  [
    /^Plan this task[\s\S]*parseDay/,
    script([
      read('src/calendar.js', 'Reading how days are parsed.'),
      read('src/calendar.test.js'),
      finish({
        summary:
          '1. Reject impossible days in `parseDay` instead of letting Date roll over. 2. Tests for 29/30/31 Feb, 31 Apr and leap years.\nTouches 2 files. Doesn’t touch the API.',
        plan: '## Cause\n\n`Date.UTC(2026, 1, 30)` rolls over to 2 March, and `parseDay` returns it.\n\n## Change\n\n1. In `src/calendar.js`, compare the month of the built date with the month that was asked for, and throw when they differ.\n2. In `src/calendar.test.js`, tests for 29, 30 and 31 February, 31 April, and 29 February of a leap year.\n\nThe format check stays as it is.',
      }),
    ]),
  ],
  [
    /^Do this task[\s\S]*parseDay/,
    script([
      read('src/calendar.js', 'Starting with the check itself.'),
      edit('src/calendar.js', edits.implement, 'Refusing days that roll over.'),
      commit('Refuse days that the month does not have'),
      read('src/calendar.test.js'),
      edit('src/calendar.test.js', edits.test, 'Now the tests.'),
      commit('Test impossible days and leap years'),
      bash('npm test', 'Run the tests', 'Running the tests.'),
      finish({
        title: 'Refuse days that the month does not have',
        summary:
          'Validates the day against its month after building the Date; adds a test for February, April and leap years.',
      }),
    ]),
  ],
  [
    /cannot be merged yet/,
    script([
      bash('npm run lint || true', 'Reproduce the failure', 'The house rules fail; looking why.'),
      read('src/calendar.js'),
      edit('src/calendar.js', edits.fix, 'A forgotten trace.'),
      commit('Remove a forgotten trace'),
      bash('npm run lint && npm test', 'Run lint and tests'),
      finish({
        title: 'Refuse days that the month does not have',
        summary: 'Removes a `console.log` that the house rules forbid.',
      }),
    ]),
  ],
  [
    /was reviewed/,
    script([
      read('src/calendar.js', 'Reading the comment’s place.'),
      edit('src/calendar.js', edits.address, 'Naming the day in the error.'),
      commit('Name the impossible day in the error'),
      bash('npm test', 'Run the tests'),
      (request) => {
        const replies = [...request.prompt.matchAll(/^Comment (\d+) by/gm)].map((match) => ({
          comment: Number(match[1]),
          text: 'The error names the day now.',
        }));
        return finishWith(request, {
          title: 'Refuse days that the month does not have',
          summary: 'The error names the impossible day.',
          replies,
        });
      },
    ]),
  ],
  [
    /^Plan this task/,
    script([
      bash('ls', 'Look around'),
      finish({ summary: '1. Write it down in NOTES.md. Touches 1 file.', plan: 'Add a line to NOTES.md.' }),
    ]),
  ],
  [
    /^Do this task/,
    script([
      bash('echo "- noted by the demo’s worker" >> NOTES.md', 'Write it down'),
      commit('Note what was asked'),
      finish({ title: 'Note what was asked', summary: 'Adds a line to NOTES.md.' }),
    ]),
  ],
]);

function finishWith(request: ModelRequest, value: unknown): Reply | Promise<Reply> {
  const step = finish(value);
  return typeof step === 'function' ? step(request) : step;
}
