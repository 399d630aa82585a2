import { randomUUID, type UUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';
import type { Job } from '../../core/protocol.ts';
import { createCheckpoint } from './checkpoint.ts';
import type { Claude } from './claude.ts';
import { watchCommits } from './commits.ts';
import type { WorkerConfig } from './config.ts';
import { type Pushed, push } from './delivery.ts';
import { claudeEnvironment, plainEnvironment } from './environment.ts';
import type { Git } from './git.ts';
import { writeLanguagePlugin } from './language-plugin.ts';
import { narrate } from './narration.ts';
import { repositoryNotes } from './notes.ts';
import { outputSchema } from './outcome.ts';
import { firstPrompt, systemNote } from './prompt.ts';
import type { Receive } from './received.ts';
import type { Reporter } from './reporter.ts';
import type { BrokerSessionStore } from './session.ts';
import type { Workspace } from './workspace.ts';

/** All that a run works with: the repository, Claude at its first turn, and the checkpoints. */
export interface Bench {
  readonly git: Git;
  readonly claude: Claude;
  readonly session: string;
  /** Saves work in progress; does nothing in a plan run. */
  checkpoint(): Promise<void>;
  push(): Promise<Pushed>;
}

export interface BenchOptions {
  readonly config: WorkerConfig;
  readonly job: Job;
  readonly reporter: Reporter;
  readonly store: BrokerSessionStore;
  readonly git: Git;
  /** The repository, on its way. */
  readonly workspace: Promise<Workspace>;
  readonly receive: Receive;
  /** Called as soon as Claude's program runs, so that it can be ended at any time. */
  onStart(claude: Claude): void;
}

/** Starts Claude while the repository is fetched; its first turn begins when the repository is there. */
export async function setUp(options: BenchOptions): Promise<Bench> {
  const { config, job, reporter, store, git, receive, onStart } = options;
  const resume = job.session !== null && store.has(job.session);
  if (job.session !== null && !resume)
    reporter.tell({ type: 'log', text: 'The earlier session is lost; beginning anew.' });
  const isReading = job.kind === 'plan';
  const id = resume ? (z.uuid().parse(job.session) as UUID) : randomUUID();
  let watch: (() => Promise<void>) | undefined;
  const look = () =>
    watch?.().catch((cause: unknown) => reporter.tell({ type: 'log', text: `git could not be read: ${cause}` }));
  const report = createNarrator(reporter);
  // Not among this module's imports: loading the Agent SDK takes 0.1 s, in which git is at work already.
  const { startClaude } = await import('./claude.ts');
  const env = claudeEnvironment(config, job);
  const plain = plainEnvironment(config);
  const languages = writeLanguagePlugin({
    directory: join(config.home, 'language-servers'),
    path: config.path,
    reading: isReading,
    withheld: Object.keys(env).filter((name) => plain[name] === undefined),
  });
  const claude = startClaude({
    options: {
      cwd: config.work,
      env: { ...env, ...(languages !== null && { ENABLE_LSP_TOOL: '1' }) },
      model: job.model,
      systemPrompt: { type: 'preset', preset: 'claude_code', append: systemNote(job, config.out) },
      outputFormat: { type: 'json_schema', schema: outputSchema(job.kind) },
      sessionStore: store.store,
    },
    session: { id, resume },
    readOnly: isReading,
    languages,
    onMessage(message) {
      report(message);
      if (message.type === 'user' || message.type === 'result') void look();
    },
  });
  onStart(claude);
  mkdirSync(config.out, { recursive: true, mode: 0o700 });
  const workspace = await options.workspace;
  if (workspace.restored !== 'nothing') {
    reporter.tell({ type: 'log', text: `Went on from unfinished work (${workspace.restored}).` });
  }
  if (workspace.aside !== null) {
    const what = `Unfinished work conflicts with what somebody pushed, and lies aside: ${workspace.aside}`;
    reporter.tell({ type: 'log', text: what });
  }
  watch = watchCommits(git, workspace.head, (commit) => reporter.tell({ type: 'commit', ...commit }));
  const checkpoint = createCheckpoint(git, config.work, job, (sha) => reporter.tell({ type: 'checkpoint', sha }));
  const [notes, received] = await Promise.all([
    // A resumed session has read them before.
    resume ? '' : repositoryNotes(git, workspace.base),
    receive(job.files),
    isReading || workspace.restored !== 'nothing' || workspace.aside !== null ? undefined : checkpoint.mark(),
  ]);
  claude.say(firstPrompt(job, notes, received, workspace.aside));
  return {
    git,
    claude,
    session: id,
    checkpoint: () => (isReading ? Promise.resolve() : checkpoint.save()),
    push: () => checkpoint.inTurn(() => push(git, job)),
  };
}

/** Tells what a message of Claude Code means for people and for the attempt. */
function createNarrator(reporter: Reporter): (message: SDKMessage) => void {
  let started = false;
  return (message) => {
    // Each turn begins with one of these.
    if (message.type === 'system' && message.subtype === 'init' && !started) {
      started = true;
      reporter.tell({ type: 'started', session: message.session_id });
    }
    for (const event of narrate(message)) reporter.tell(event);
    // 401 through the broker: the attempt was probably closed, and Claude Code would try for minutes.
    if (message.type === 'system' && message.subtype === 'api_retry' && message.error_status === 401) reporter.beat();
  };
}
