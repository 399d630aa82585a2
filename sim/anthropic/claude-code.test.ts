import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  InMemorySessionStore,
  type Options,
  query,
  type SDKResultMessage,
  type SDKResultSuccess,
  type SDKUserMessage,
} from '@anthropic-ai/claude-agent-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AnthropicSim, createAnthropicSim, type ModelRequest } from './index.ts';
import { ask, byPrompt, finish, script, use } from './script.ts';

const schema = { type: 'object', properties: { colour: { type: 'string' } }, required: ['colour'] };
const store = new InMemorySessionStore();
let sim: AnthropicSim;
let root: string;
let session: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sim-anthropic-'));
  sim = await createAnthropicSim({ brain: () => ({ say: 'unset' }) });
});
afterAll(async () => {
  await sim.close();
  await rm(root, { recursive: true, force: true });
});

/** Runs the real Claude Code to its end, with a home of its own and nothing of this machine's environment but PATH. */
async function run(prompt: string | AsyncIterable<SDKUserMessage>, options: Options = {}): Promise<SDKResultSuccess> {
  const home = await mkdtemp(join(root, 'home-'));
  let result: SDKResultMessage | undefined;
  for await (const message of query({
    prompt,
    options: {
      cwd: root,
      model: 'claude-sonnet-5-5',
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
      settingSources: [],
      strictMcpConfig: true,
      sessionStore: store,
      sessionStoreFlush: 'eager',
      outputFormat: { type: 'json_schema', schema },
      env: {
        PATH: process.env.PATH,
        HOME: home,
        CLAUDE_CONFIG_DIR: home,
        ANTHROPIC_BASE_URL: sim.url,
        ANTHROPIC_API_KEY: sim.apiKey,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        IS_SANDBOX: '1',
      },
      ...options,
    },
  })) {
    if (message.type === 'result') result = message;
  }
  if (result?.subtype !== 'success') throw new Error(`Claude Code ended with ${JSON.stringify(result)}`);
  return result;
}

test('Claude Code writes, edits, runs commands, asks, is steered and returns a structured result', async () => {
  const file = join(root, 'a.txt');
  const answerOf = (request: ModelRequest) => /="(\w+)"/.exec(request.toolResults[0]?.content ?? '')?.[1] ?? 'none';
  sim.brain = script([
    { ...ask('Which colour?', ['red', 'blue']), thinking: 'I should ask.', say: 'One question first.' },
    (request) => use('Write', { file_path: file, content: `colour: ${answerOf(request)}\n` }),
    use('Edit', { file_path: file, old_string: 'blue', new_string: 'dark blue' }),
    use('Bash', { command: 'touch started; for i in 1 2 3 4 5; do sleep 0.2; done; cat a.txt' }),
    (request) => use('StructuredOutput', { colour: `${request.toolResults[0]?.content} ${request.steers.join()}` }),
  ]);
  async function* prompts(): AsyncGenerator<SDKUserMessage> {
    yield { type: 'user', message: { role: 'user', content: 'Implement it' }, parent_tool_use_id: null };
    await sim.waitFor((seen) => seen.view?.toolResults[0]?.name === 'Edit' && seen.endedAt !== undefined);
    yield { type: 'user', message: { role: 'user', content: 'and be quick' }, parent_tool_use_id: null };
    await sim.waitFor((seen) => seen.view?.toolResults[0]?.name === 'Bash' && seen.endedAt !== undefined);
  }
  const result = await run(prompts(), {
    canUseTool: async (_name, input) => ({
      behavior: 'allow',
      updatedInput: { ...input, answers: { 'Which colour?': 'blue' } },
    }),
  });
  session = result.session_id;
  expect(await readFile(file, 'utf8')).toBe('colour: dark blue\n');
  expect(result.structured_output).toEqual({ colour: 'colour: dark blue and be quick' });
  expect(result.total_cost_usd).toBeGreaterThan(0);
  expect(result.usage.cache_read_input_tokens).toBeGreaterThan(result.usage.input_tokens);
  expect(sim.requests.filter((seen) => seen.error)).toEqual([]);
});

test('a session resumes from its store with a fresh home and carries on through every fault', async () => {
  sim.brain = byPrompt([[/Once more/, script([use('Bash', { command: 'cat a.txt' }), finish({ colour: 'same' })])]]);
  sim.faults.add({ kind: '529', retryAfter: 0 });
  sim.faults.add({ kind: 'cut' });
  sim.faults.add({ kind: 'refusal' });
  sim.faults.add({ kind: 'invalid_tool_input', times: 2 });
  const before = sim.requests.length;
  const result = await run('Once more', { resume: session });
  expect(result.structured_output).toEqual({ colour: 'same' });
  const seen = sim.requests.slice(before);
  expect(seen.map((request) => request.fault).filter(Boolean)).toEqual([
    '529',
    'cut',
    'refusal',
    'invalid_tool_input',
    'invalid_tool_input',
  ]);
  expect(JSON.stringify(seen[0]?.view?.messages)).toContain('Implement it');
});
