import type { UUID } from 'node:crypto';
import { type Options, query, type SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { createConversation } from './conversation.ts';
import { questionsOf, type TurnEnd, turnEnd } from './outcome.ts';

export interface Claude {
  /** Says something, now or into the running turn; `heard` is called when it is in a request to the model. */
  say(text: string, heard?: () => void): void;
  /** How the turn ended, when nothing that was said is left unheard. */
  next(): Promise<TurnEnd>;
  /** Something was said since the turn that `next` told last: another end will come. */
  readonly busy: boolean;
  /** Lets the program end by itself, so that all of its session is handed over. */
  end(): Promise<void>;
  /** Ends the program in the middle of whatever it does. */
  kill(): Promise<void>;
}

export interface ClaudeOptions {
  readonly options: Pick<Options, 'cwd' | 'env' | 'model' | 'systemPrompt' | 'outputFormat' | 'sessionStore'>;
  /** Resumes this session, or begins one under this id. */
  readonly session: { readonly id: UUID; readonly resume: boolean };
  /** Only tools that read. */
  readonly readOnly: boolean;
  /** Directory of the plugin by which language servers work for Claude; null: there are none. */
  readonly languages: string | null;
  onMessage(message: SDKMessage): void;
}

/** All that Claude has. Nothing that reaches out of the sandbox, waits for somebody at a terminal, or outlives the turn. */
const readingTools = ['Read', 'Glob', 'Grep', 'AskUserQuestion'];
const workingTools = [...readingTools, 'Bash', 'Edit', 'Write', 'NotebookEdit', 'Agent'];

const endMs = 5_000;

/** Starts Claude Code. Nothing in the repository configures it: no settings, hooks, skills, agents or MCP servers. */
export function startClaude({ options, session, readOnly, languages, onMessage }: ClaudeOptions): Claude {
  const conversation = createConversation();
  const abort = new AbortController();
  const unheard = new Map<string, (() => void) | undefined>();
  const turns = createMailbox<TurnEnd>();
  let questions: Extract<TurnEnd, { type: 'question' }>['questions'] | null = null;
  let stderr = '';
  let busy = false;

  const stream = query({
    prompt: conversation,
    options: {
      ...options,
      ...(session.resume ? { resume: session.id } : { sessionId: session.id }),
      tools: [...(readOnly ? readingTools : workingTools), ...(languages === null ? [] : ['LSP'])],
      plugins: languages === null ? [] : [{ type: 'local', path: languages }],
      disallowedTools: ['WebSearch', 'WebFetch'],
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
      settingSources: [],
      strictMcpConfig: true,
      settings: { attribution: { commit: '', pr: '', sessionUrl: false }, autoMemoryEnabled: false },
      sessionStoreFlush: 'eager',
      // Prompts hold words of strangers: no slash commands, no @file mentions.
      verbatimPrompts: true,
      abortController: abort,
      stderr: (text) => {
        stderr = (stderr + text).slice(-2_000);
      },
      async canUseTool(name, input) {
        questions = name === 'AskUserQuestion' ? questionsOf(input) : null;
        if (questions) return { behavior: 'deny', message: 'The question waits for a person.', interrupt: true };
        return { behavior: 'deny', message: `${name} is not available here.` };
      },
    },
  });

  async function listen(): Promise<void> {
    let end: TurnEnd | null = null;
    try {
      for await (const message of stream) {
        onMessage(message);
        for (const id of heardIn(message)) {
          unheard.get(id)?.();
          unheard.delete(id);
        }
        if (message.type !== 'result') continue;
        end = questions ? { type: 'question', questions } : turnEnd(message);
        if (end.type === 'done') {
          // A message that came too late for this turn begins another one.
          if (unheard.size > 0) continue;
          turns.put(end);
        } else {
          // Nothing comes after this. The program ends when its input does, with all of the session handed over.
          conversation.close();
        }
        busy = false;
      }
    } catch (cause) {
      // After a failed turn the program ends with a code, which the SDK throws; the result has said it better.
      end ??= questions ? { type: 'question', questions } : died(cause, stderr);
    }
    turns.put(end && end.type !== 'done' ? end : died('it ended', stderr));
  }
  const ended = listen();

  return {
    say(text, heard) {
      busy = true;
      unheard.set(conversation.say(text), heard);
    },
    next: () => turns.take(),
    get busy() {
      return busy || turns.waiting;
    },
    async end() {
      conversation.close();
      const late = setTimeout(() => abort.abort(), endMs);
      await ended.finally(() => clearTimeout(late));
    },
    async kill() {
      conversation.close();
      abort.abort();
      await ended;
    },
  };
}

/** Ids of the messages that went into a request: Claude Code says so twice, as it takes them up and with the result. */
function heardIn(message: SDKMessage): readonly string[] {
  if (message.type === 'result') return message.user_message_uuids ?? [];
  // Not among the SDK's types, though it is always sent.
  const { type, state, command_uuid: id } = message as { type: string; state?: unknown; command_uuid?: unknown };
  return type === 'command_lifecycle' && state === 'started' && typeof id === 'string' ? [id] : [];
}

function died(cause: unknown, stderr: string): TurnEnd {
  const reason = `Claude Code stopped: ${cause instanceof Error ? cause.message : String(cause)} ${stderr}`.trim();
  return { type: 'failed', code: 'claude_died', reason, retryable: true };
}

function createMailbox<T>() {
  const items: T[] = [];
  let wake: ((item: T) => void) | undefined;
  return {
    get waiting() {
      return items.length > 0;
    },
    put(item: T) {
      if (wake) wake(item);
      else items.push(item);
      wake = undefined;
    },
    take(): Promise<T> {
      const item = items.shift();
      if (item !== undefined) return Promise.resolve(item);
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
  };
}
