import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Failure } from '../core/errors.ts';
import { runCli } from './cli.ts';
import { type Command, UsageError } from './command.ts';

const greet: Command = {
  name: 'greet',
  summary: 'Greet somebody',
  usage: '[NAME]',
  options: { json: { value: 'FILE', summary: 'Write the greeting to a file' }, loud: { summary: 'Shout' } },
  maxWords: 1,
  async run({ words, has, text }, io) {
    if (words[0] === 'nobody') throw new Failure('Nobody is there.', { code: 'x', remedy: 'never', advice: 'Wait.' });
    if (words[0] === '') throw new UsageError('The name is empty.');
    io.say(`hello ${words[0] ?? 'you'} ${has('loud')} ${text('json')}`);
    return 0;
  },
};

async function run(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = { say: (line: string) => void out.push(line), complain: (line: string) => void err.push(line) };
  const code = await runCli(argv, [greet], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('a command gets its words, options and switches', async () => {
  expect(await run('greet', 'Ana', '--loud', '--json', 'f')).toEqual({ code: 0, out: 'hello Ana true f', err: '' });
  expect((await run('greet')).out).toBe('hello you false undefined');
});

test.each([['help'], ['--help'], ['-h']])('%s lists the commands', async (word) => {
  const { code, out } = await run(word);
  expect(code).toBe(0);
  expect(out).toMatch(/greet\s+Greet somebody\n\s+help\s+Say/);
});

test.each([
  ['greet', '--help'],
  ['greet', '--unknown', '-h'],
  ['help', 'greet'],
])('%s %s shows the usage of the command', async (...argv) => {
  const { code, out } = await run(...argv);
  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: mainloop greet \[NAME\] \[OPTIONS\]/);
  expect(out).toMatch(/--json FILE\s+Write the greeting/);
});

test.each([
  [[], 'Which command?\nTry: mainloop help'],
  [['gret'], 'There is no command "gret".\nTry: mainloop help'],
  [['help', 'gret'], 'There is no command "gret".\nTry: mainloop help --help'],
  [['greet', '--soft'], "Unknown option '--soft'.\nTry: mainloop greet --help"],
  [['greet', '--json'], "Option '--json <value>' argument missing.\nTry: mainloop greet --help"],
  [['greet', 'a', 'b'], 'greet does not take "b".\nTry: mainloop greet --help'],
  [['greet', ''], 'The name is empty.\nTry: mainloop greet --help'],
])('wrong usage %j is exit code 2 and says so', async (argv, err) => {
  expect(await run(...argv)).toEqual({ code: 2, out: '', err });
});

test('a failure is exit code 1, in a sentence with its advice', async () => {
  expect(await run('greet', 'nobody')).toEqual({ code: 1, out: '', err: 'Nobody is there. Wait.' });
});

test('the program itself answers help and refuses an unknown command', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const call = (...argv: string[]) => spawnSync(process.execPath, [main, ...argv], { encoding: 'utf8' });
  expect(call('help')).toMatchObject({ status: 0, stdout: /doctor/, stderr: '' });
  expect(call('nonsense')).toMatchObject({ status: 2, stdout: '', stderr: /no command "nonsense"/ });
});
