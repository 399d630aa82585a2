import { DBOS } from '@dbos-inc/dbos-sdk';
import type { createAssistant, Round, ToolCall, ToolOutcome, Turn } from '../agent/assistant.ts';
import type { Place } from '../domain/chat.ts';
import type { TaskNumber } from '../domain/ids.ts';
import { describe, Failure } from '../errors.ts';
import type { ModelMessage } from '../ports.ts';
import { answerCut, answerStopped, comesLate, modelRefused } from '../words/turn.ts';
import type { AtWork } from './at-work.ts';
import { fetchFiles, type WithFiles } from './attachments.ts';
import type { Decisions } from './decisions.ts';
import { chatFor, deliver } from './delivery.ts';
import type { Deps } from './deps.ts';
import { brisk, effect } from './effect.ts';
import { decide, hear, undecided } from './hearing.ts';
import { createReplies } from './replies.ts';

/** A turn ends after this many rounds of tools; more means that the model runs in circles. */
const maxRounds = 8;

export interface TurnChildren {
  readonly startTask: (task: TaskNumber) => Promise<void>;
  readonly startTurn: (turn: string, conversation: string) => Promise<void>;
}

type Assistant = ReturnType<typeof createAssistant>;

/**
 * The assistant's answer to what waits in a conversation: takes the messages, lets plain decisions take effect, lets the
 * assistant speak and use its tools, answers once, and hands the conversation to the next turn.
 */
export const createTurn = (
  deps: Deps,
  assistant: Assistant,
  decisions: Decisions,
  atWork: AtWork,
  children: TurnChildren,
) => {
  const replies = createReplies(deps);

  return async function turn(id: string, conversation: string): Promise<void> {
    const heard = await effect('hear', () => hear(deps, id, conversation, atWork));
    try {
      const notes = heard.files?.length ? await readFiles(heard.place, heard.files) : [];
      const { say, start } =
        heard.deeds.length > 0 ? await effect('decide', () => decide(deps, decisions, heard.deeds)) : undecided;
      for (const task of start) await children.startTask(task);
      const late = heard.late ? [comesLate(heard.late)] : [];
      const told = [...late, ...say, ...notes];
      if (heard.turn) await answer(heard.turn, told);
      else if (told.length > late.length)
        await reply({ id, conversation, place: heard.place, said: [] }, told.join('\n'), null);
    } catch (error) {
      // Nobody can be told here (the bot was removed, the thread is gone); what is said next must still be heard.
      if (!(error instanceof Failure)) throw error;
      deps.log.warn({ conversation, turn: id, error: describe(error) }, 'turn not answered');
    }
    replies.forget(id);
    const { next, isLong } = await effect('release', async () => {
      const following = await deps.store.conversations.release(conversation, id);
      await atWork.end(id, following ? null : heard.place);
      return { next: following, isLong: !following && (await assistant.isLong(conversation)) };
    });
    if (next) await children.startTurn(next, conversation);
    else if (isLong) await compact(conversation);
  };

  /** Fetches what was attached; answers what to say about files of no use. */
  function readFiles(place: Place, files: readonly WithFiles[]): Promise<string[]> {
    const chat = chatFor(deps.chats, place.platform);
    return effect('fetch files', (isLastTry) => fetchFiles(deps, chat, files, isLastTry), brisk);
  }

  async function answer(turn: Turn, notes: readonly string[]): Promise<void> {
    const transcript: ModelMessage[] = [];
    const texts = [...notes];
    const proposals: number[] = [];
    for (let round = 0; round < maxRounds; round += 1) {
      const spoken = await speak(turn, transcript, texts);
      texts.push(...wordsOf(spoken));
      if (spoken.uses.length === 0) break;
      transcript.push(asMessage(spoken));
      const results: ModelMessage['content'][number][] = [];
      for (const call of spoken.uses) {
        const { content, isError, proposal, start } = await use(turn, call);
        results.push({ type: 'tool_result', id: call.id, content, isError });
        if (proposal !== null) proposals.push(proposal);
        if (start !== null) await children.startTask(start);
      }
      transcript.push({ role: 'user', content: results });
    }
    await reply(turn, joined(texts), proposals.length);
    for (const proposal of proposals) await effect('show proposal', () => showProposal(deps, turn.place, proposal));
  }

  /** What a tool needs may be away: then the assistant hears so, and the person from it. */
  async function use(turn: Turn, call: ToolCall): Promise<ToolOutcome> {
    try {
      return await effect(`use ${call.name}`, () => assistant.use(turn, call), brisk);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { content: describe(error), isError: true, proposal: null, start: null };
    }
  }

  /** One round of the model, streamed as it speaks. When it cannot be had, the person reads why. */
  async function speak(turn: Turn, transcript: readonly ModelMessage[], before: readonly string[]): Promise<Round> {
    try {
      return await effect(
        'speak',
        async () => {
          const stream = await replies.open(turn);
          // A second try isn't streamed: its text replaces the first one's at the end.
          const again = (DBOS.stepStatus?.currentAttempt ?? 1) > 1;
          const round = await speakUntilStopped(turn, transcript, (text) => again || stream.append(text));
          const text = joined([...before, ...wordsOf(round)]);
          // The end leaves while the round is stored: people wait for no commit.
          if (text && round.uses.length === 0) replies.end(turn, text);
          return round;
        },
        brisk,
      );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { text: describe(error), uses: [], stop: 'end_turn', usage: noUsage };
    }
  }

  async function speakUntilStopped(
    turn: Turn,
    transcript: readonly ModelMessage[],
    onText: (text: string) => void,
  ): Promise<Round> {
    let text = '';
    return deps.interrupts.during(turn.conversation, async (signal) => {
      const hear = (more: string) => {
        text += more;
        onText(more);
      };
      try {
        return await assistant.speak(turn, transcript, hear, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
        return { text: [text, answerStopped].filter(Boolean).join('\n\n'), uses: [], stop: 'end_turn', usage: noUsage };
      }
    });
  }

  /** Ends the reply with its full text, stores it, and says nothing twice. */
  async function reply(turn: Turn, text: string, proposals: number | null): Promise<void> {
    await effect('reply', async () => {
      const note = proposals ? `\n\n[${proposals} proposed as a card]` : '';
      if (text) await replies.send(turn, text);
      await deps.store.conversations.answered(turn.conversation, turn.id, text + note || '(nothing)', Date.now());
    });
  }

  async function compact(conversation: string): Promise<void> {
    try {
      await effect('compact', () => assistant.compact(conversation), brisk);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      deps.log.warn({ conversation, error: describe(error) }, 'conversation not compacted this time');
    }
  }
};

/** What a person reads of a round: the model's words, and why there are none or no more. */
function wordsOf({ text, stop }: Round): string[] {
  const words = text ? [text] : [];
  if (stop === 'refusal') return [...words, modelRefused];
  if (stop === 'max_tokens') return [...words, answerCut];
  return words;
}

const joined = (texts: readonly string[]): string => texts.join('\n\n');

const noUsage = { inputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

async function showProposal(deps: Deps, place: Place, id: number): Promise<void> {
  const drawing = await deps.draw(`proposal:${id}`);
  if (!drawing) return;
  const ref = await deliver(deps, {
    key: `proposal:${id}`,
    place,
    subject: `proposal:${id}`,
    doc: drawing.doc,
    settled: false,
  });
  await chatFor(deps.chats, place.platform).react(ref, 'yes', true);
  deps.presenter.touch(`proposal:${id}`);
}

const asMessage = ({ text, uses }: Round): ModelMessage => ({
  role: 'assistant',
  content: [
    ...(text ? [{ type: 'text' as const, text }] : []),
    ...uses.map((call) => ({ type: 'tool_use' as const, ...call })),
  ],
});
