import type { ConversationKey } from '../domain/chat.ts';
import { isAmong } from '../domain/policy.ts';
import { describe, Failure } from '../errors.ts';
import type { ModelMessage } from '../ports.ts';
import { hasImages, withFiles, withImages, withoutImages } from './attachments.ts';
import { collect } from './collect.ts';
import { checkedSummary, isOver, nextRange, summaryRequest } from './compaction.ts';
import { answeredOrder, conversation } from './context.ts';
import { answerTokens } from './limits.ts';
import { instructions, projectsBlock } from './prompt.ts';
import { stateOf } from './state.ts';
import { createTools } from './tools.ts';
import type { AssistantDeps, Round, ToolCall, ToolOutcome, Turn } from './turn.ts';
import { visibleIn } from './visible.ts';

export type { Round, Said, ToolCall, ToolOutcome, Turn } from './turn.ts';

/** The assistant that people talk to. Every call stands alone and may be repeated after a crash. */
export const createAssistant = (deps: AssistantDeps) => {
  const { store, model, settings, log } = deps;
  const tools = createTools(deps);

  return {
    /**
     * One answer to a turn, streamed to `onText`. `transcript` holds the earlier rounds of the same turn: the assistant's
     * words and calls, and the tools' results. Throws the model's Failures.
     */
    async speak(
      turn: Turn,
      transcript: readonly ModelMessage[],
      onText: (text: string) => void,
      signal?: AbortSignal,
    ): Promise<Round> {
      const found = await store.conversations.find(turn.conversation);
      const after = found?.summaryThrough ?? 0;
      const recent = await withFiles(store, await store.conversations.recent(turn.conversation, after));
      const stored = await withImages(store, answeredOrder(recent));
      const before = stored.filter((message) => message.turn !== null && message.turn !== turn.id);
      const now = stored.filter((message) => message.turn === turn.id && message.role === 'person');
      const memory = { summary: found?.summary ?? '', history: before };
      const visible = await visibleIn(store, turn);
      const [all, state] = await Promise.all([store.projects.list(), stateOf(store, turn, visible, Date.now())]);
      const projects = all.filter(({ repo }) => isAmong(visible, repo));
      const request = {
        model: settings.chatModel,
        system: [instructions, projectsBlock(projects)],
        tools: tools.definitions,
        messages: conversation(memory, now, transcript, state),
        maxTokens: answerTokens,
      };
      try {
        return await collect(model, request, onText, signal);
      } catch (error) {
        // Refused before a word was said: most likely an image that only looks like one.
        const isRefused = error instanceof Failure && error.code === 'invalid_request' && hasImages(request.messages);
        if (!isRefused) throw error;
        log.warn({ conversation: turn.conversation, error: describe(error) }, 'request with images refused');
        return collect(model, { ...request, messages: withoutImages(request.messages) }, onText, signal);
      }
    },

    /** Does what the model asked for, once per turn and call. Bad input and refusals are outcomes; a passing failure is thrown. */
    use(turn: Turn, call: ToolCall): Promise<ToolOutcome> {
      return tools.use(turn, call);
    },

    /** Whether there may be something to {@link compact}; cheaper than trying. */
    async isLong(key: ConversationKey): Promise<boolean> {
      return isOver(await store.conversations.size(key));
    },

    /**
     * Moves the summary forward until little is verbatim; answers whether it moved. Each summary takes in what follows the
     * one before and is stored at once. Throws the model's Failures; then nothing is lost: the messages stay verbatim, up to
     * the hardest limit of a request, until the next call.
     */
    async compact(key: ConversationKey): Promise<boolean> {
      for (let moved = false; ; moved = true) {
        const found = await store.conversations.find(key);
        if (!found) return moved;
        const messages = await withFiles(store, await store.conversations.recent(key, found.summaryThrough));
        // Read again: a turn may have begun since, with messages that are listed here.
        const active = (await store.conversations.find(key))?.activeTurn ?? null;
        const range = nextRange(messages, active);
        const through = range.at(-1)?.id;
        if (through === undefined) return moved;
        const { text, stop } = await collect(model, summaryRequest(settings.chatModel, found.summary, range));
        await store.conversations.summarise(key, checkedSummary(text, stop), through);
        log.debug({ conversation: key, messages: range.length, through }, 'conversation summarised');
      }
    },
  };
};
