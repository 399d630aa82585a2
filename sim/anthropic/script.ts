import { blocksOf, textOf } from './content.ts';
import { humanText, lastPromptIndex, promptOf } from './model-request.ts';
import type { Brain, ModelRequest, Reply } from './types.ts';

/** One step of a scripted turn: the model's next answer, or a function of the request that gives it. */
export type Step = Reply | ((request: ModelRequest) => Reply | Promise<Reply>);

/**
 * A brain that takes the steps in order, one per answer since the last prompt. Its position is read from the request
 * alone, so a restarted worker or a resumed session goes on where the conversation stands. Side calls get "ok".
 */
export function script(steps: Step[]): Brain {
  return (request) => {
    if (request.kind === 'side') return { say: 'ok' };
    const step = steps[position(request)] ?? { say: 'Done.' };
    return typeof step === 'function' ? step(request) : step;
  };
}

/** A brain that picks by the prompt that started the turn: the first pattern that matches. Side calls get "ok". */
export function byPrompt(routes: [pattern: RegExp, brain: Brain][], otherwise: Brain = () => ({ say: 'ok' })): Brain {
  return (request) => {
    if (request.kind === 'side') return { say: 'ok' };
    const brain = routes.find(([pattern]) => pattern.test(request.prompt))?.[1] ?? otherwise;
    return brain(request);
  };
}

/**
 * Prompts that match are no new turn but go on with the one before, as after a parked question or a lost worker: the
 * brain is shown the conversation without them. What they say is in `request.lastUserText`.
 */
export function continuing(pattern: RegExp, brain: Brain): Brain {
  return (request) => {
    const messages = request.messages.filter((message) => message.role !== 'user' || !pattern.test(humanText(message)));
    return brain({ ...request, messages, prompt: promptOf(messages) });
  };
}

/** Answers with tool uses, after some words if given. */
export function use(name: string, input: unknown, say?: string): Reply {
  return { use: [{ name, input }], ...(say === undefined ? {} : { say }) };
}

/** Claude Code's question to a person; `options` are labels. */
export function ask(question: string, options: string[], header = 'Question'): Reply {
  return use('AskUserQuestion', {
    questions: [
      { question, header, multiSelect: false, options: options.map((label) => ({ label, description: label })) },
    ],
  });
}

/** The final result: through the tool `StructuredOutput` where the request offers it, else as JSON text. */
export function finish(value: unknown): Step {
  return (request) =>
    request.tools.includes('StructuredOutput') ? use('StructuredOutput', value) : { say: JSON.stringify(value) };
}

/** Claude Code's words for an input or a structured result that breaks its schema, and for a call lost with its process. */
const NOT_DONE = /InputValidationError|Output does not match required schema|^\[Tool call interrupted/;

/** Answers with tool use since the last prompt, not counting those that were not carried out: they are repeated. */
function position(request: ModelRequest): number {
  const since = request.messages.slice(lastPromptIndex(request.messages) + 1);
  const notDone = new Set(
    since
      .flatMap((message) => blocksOf(message.content))
      .filter((block) => block.type === 'tool_result' && NOT_DONE.test(textOf(block.content ?? '')))
      .map((block) => block.tool_use_id),
  );
  return since.filter(
    (message) =>
      message.role === 'assistant' &&
      blocksOf(message.content).some((block) => block.type === 'tool_use' && !notDone.has(block.id)),
  ).length;
}
