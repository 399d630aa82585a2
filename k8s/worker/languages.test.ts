/** Language servers in whole runs of the real worker: TypeScript's own, which is among this repository's packages. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkerHarness, type WorkerHarness } from '../../bot/testing/worker-harness.ts';
import { byPrompt, finish, script, use } from '../../sim/anthropic/script.ts';
import { environmentsOf } from './testing.ts';

const tsc = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');
const path = process.env.PATH;
let harness: WorkerHarness;
beforeEach(async () => {
  harness = await createWorkerHarness({
    'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, noEmit: true } }),
    'answer.ts': 'export const answer: number = 42;\n',
    'use.ts': "import { answer } from './answer.ts';\nexport const half = answer / 2;\n",
    'old.ts': "export const wrong: number = 'wrong';\n",
  });
  const bin = join(harness.dir, 'bin');
  mkdirSync(bin);
  symlinkSync(tsc, join(bin, 'tsc'));
  process.env.PATH = [bin, path].join(delimiter);
});
afterEach(async () => {
  process.env.PATH = path;
  await harness.close();
});

const done = finish({ title: 'Answer in words', summary: 'As asked.' });
const read = (name: string) => use('Read', { file_path: join(harness.work, name) });
const edit = (name: string, from: string, to: string) =>
  use('Edit', { file_path: join(harness.work, name), old_string: from, new_string: to });
const uses = () =>
  use('LSP', { operation: 'findReferences', filePath: join(harness.work, 'answer.ts'), line: 1, character: 14 });
const requests = () => harness.anthropic.requests.map(({ body }) => JSON.stringify(body));
const wrong = "Type 'string' is not assignable to type 'number'.";

test('an edit that breaks a type is told to the model with its next request, and no server has the token', async () => {
  const told = async () => {
    // The server answers while the model thinks.
    for (const until = Date.now() + 20_000; Date.now() < until; await sleep(50)) {
      if (languageServers().length > 0) break;
    }
    await sleep(2_000);
  };
  const languageServers = () => environmentsOf(`MAINLOOP_ATTEMPT=${harness.dir}`, '--lsp');
  let environments: string[] = [];
  const { token } = await harness.start(
    {},
    script([
      read('answer.ts'),
      edit('answer.ts', '42', "'forty-two'"),
      async () => {
        await told();
        environments = languageServers();
        return uses();
      },
      read('use.ts'),
      edit('answer.ts', "'forty-two'", '43'),
      done,
    ]),
  );
  expect(await harness.result()).toMatchObject({
    type: 'work',
    checks: [{ name: 'tests' }, { name: 'language servers', command: 'typescript: 1 file', ok: true, output: '' }],
  });
  const diagnostics = requests().find((body) => body.includes('<new-diagnostics>'));
  expect(diagnostics).toContain(`answer.ts:\\n  ✘ [Line 1:14] ${wrong} [2322]`);
  expect(requests().at(-1)).toContain('Found 3 references across 2 files');
  expect(environments.length).toBeGreaterThan(0);
  expect(environments.join('\n')).not.toContain(token);
  expect(readFileSync(join(harness.home, 'language-servers/.claude-plugin/plugin.json'), 'utf8')).not.toContain(token);
});

test('a run that reads can ask where something is used', async () => {
  const plan = finish({ summary: 'Half.', plan: '1. Halve it.' });
  expect(await harness.run({ kind: 'plan' }, script([uses(), plan]))).toMatchObject({ type: 'plan' });
  expect(requests().at(-1)).toContain('Found 3 references across 2 files');
});

test('a new error goes back to the model, and its repair is what is pushed', async () => {
  const result = await harness.run(
    {},
    byPrompt([
      [/The work is not done yet/, script([edit('answer.ts', "'forty-two'", '43'), done])],
      [/Fix the greeting/, script([read('answer.ts'), edit('answer.ts', '42', "'forty-two'"), done])],
    ]),
  );
  expect(result).toMatchObject({ type: 'work', checks: [{ name: 'tests', ok: true }, { ok: true }] });
  const returned = requests().find((body) => body.includes('The work is not done yet'));
  expect(returned).toContain(`answer.ts:1:14 ${wrong} [2322]`);
  expect(returned).not.toContain('old.ts');
});

test('an error that stays after two repairs goes with the result', async () => {
  const result = await harness.run({}, script([read('answer.ts'), edit('answer.ts', '42', "'forty-two'"), done]));
  expect(result).toMatchObject({ checks: [{ ok: true }, { name: 'language servers', ok: false }] });
  const checks = harness.state.events.filter((event) => event.type === 'check' && event.name === 'language servers');
  expect(checks).toMatchObject([{ ok: false }, { ok: false }, { ok: false }]);
});
