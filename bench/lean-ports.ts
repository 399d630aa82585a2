import type { CodeHost, PullRequest } from '../core/code-host.ts';
import type { Inbound } from '../core/domain/chat.ts';
import type { Chat, ChatModel, Sandbox, SandboxSpec } from '../core/ports.ts';

/** Ports that remember nothing, so that what a process weighs is the core's own. */
export interface LeanPorts {
  readonly chats: ReadonlyMap<string, Chat>;
  readonly host: CodeHost;
  readonly sandbox: Sandbox;
  readonly model: ChatModel;
}

export interface LeanHooks {
  /** A worker begins. */
  onWorker(spec: SandboxSpec): void;
  /** An issue is written to; issues have their task's number. */
  onIssue(issue: number): void;
}

export function leanPorts({ onWorker, onIssue }: LeanHooks): LeanPorts {
  const running = new Set<string>();
  let last = 0;
  const id = () => {
    last += 1;
    return `${last}`;
  };
  const chat: Chat = {
    platform: 'fake',
    capabilities: {
      maxCharacters: 4_000,
      editEveryMs: 2_000,
      history: false,
      forms: 'modal',
      dmThreads: true,
      privateCommands: true,
    },
    start: async () => undefined,
    stop: async () => undefined,
    health: () => ({ connected: true }),
    post: async (place) => ({ place, id: id() }),
    find: async () => null,
    edit: async (ref) => ref,
    react: async () => undefined,
    stream: (place) => ({ ref: null, append: () => undefined, finish: async () => ({ place, id: id() }) }),
    working: async () => undefined,
    dm: async ({ platform, space, id: person }) => ({ platform, space, channel: `dm-${person}`, dm: true }),
    reply: async () => undefined,
    history: () => ReadableStream.from<Inbound>([]),
    reactions: async () => [],
    link: async () => null,
    download: async () => new Uint8Array(),
    upload: async (place) => ({ place, id: id() }),
  };
  return {
    chats: new Map([[chat.platform, chat]]),
    host: leanHost(onIssue),
    sandbox: {
      name: 'local',
      async start(spec) {
        running.add(spec.attempt);
        onWorker(spec);
      },
      status: async (attempt) => ({ state: running.has(attempt) ? 'running' : 'unknown', detail: '' }),
      output: async () => '',
      tasks: async () => [],
      warning: null,
      stop: async () => undefined,
      remove: async () => undefined,
    },
    model: {
      imageLimits: { bytes: 0, side: 0 },
      async *stream() {
        yield { type: 'text', text: 'ok' };
        const usage = { inputTokens: 1, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
        yield { type: 'end', stop: 'end_turn', usage };
      },
    },
  };
}

const url = 'https://host.example/acme/web';
const sha = 'a'.repeat(40);

function leanHost(onIssue: (issue: number) => void): CodeHost {
  const pull = (number: number): PullRequest => ({
    number,
    url: `${url}/pull/${number}`,
    state: 'open',
    draft: true,
    head: sha,
    headBranch: '',
    base: 'main',
    mergeable: true,
  });
  return {
    repository: async (name) => ({ name, defaultBranch: 'main', empty: false, url }),
    ensureIssue: async (_repo, { marker }) => {
      const number = Number(marker.split(':')[1]);
      return { number, url: `${url}/issues/${number}` };
    },
    updateIssue: async (_repo, issue) => onIssue(issue),
    ensureComment: async () => ({ id: 1, url }),
    comments: async () => [],
    permission: async () => 'write',
    head: async () => sha,
    contains: async () => true,
    ensureBranch: async () => sha,
    ensurePullRequest: async () => pull(1),
    pullRequest: async (_repo, number) => pull(number),
    updatePullRequest: async () => undefined,
    markReady: async () => undefined,
    checks: async () => [],
    failureLog: async () => '',
    reviews: async () => ({ reviews: [], comments: [] }),
    acknowledge: async () => undefined,
    replyInThread: async () => undefined,
    guarded: async () => ({
      '.github/workflows': null,
      '.github/CODEOWNERS': null,
      CODEOWNERS: null,
      'docs/CODEOWNERS': null,
    }),
    mergeBase: async () => null,
    gitAccess: async () => ({ url, username: '', password: '' }),
  };
}
