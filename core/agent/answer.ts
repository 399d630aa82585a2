import { z } from 'zod';
import type { Answer, AskBody } from '../domain/ask.ts';
import { isAmong, seenBy } from '../domain/policy.ts';
import { type Draft, openQuestions, type Part } from '../domain/questions.ts';
import type { Question } from '../domain/run.ts';
import type { Ask } from '../store/asks.ts';
import type { Store } from '../store/index.ts';
import { answerWords } from '../words/ask.ts';
import { assentOf } from './assent.ts';
import { actorOf, askId, decided, defineTool, messageId, notOfThisTurn, refused, type Tool } from './tool.ts';
import type { AssistantDeps } from './turn.ts';

const input = z.object({
  ask: askId,
  message: messageId,
  decision: z
    .enum(['approve', 'revise', 'drop', 'reply', 'raise', 'choose'])
    .describe(
      'plan: approve, revise or drop. question: reply. review: revise. budget: raise or drop. failure: choose or revise.',
    ),
  text: z.string().trim().min(1).max(20_000).optional().describe("For revise and reply, in the person's words."),
  answers: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'For reply to several questions: the answer to each that the message answers, by the question or its position ("1").',
    ),
  choice: z.enum(['retry', 'ignore', 'take_over', 'drop']).optional().describe('For choose: one of those offered.'),
  usd: z.number().positive().optional().describe('For raise: dollars to add, when the message names an amount.'),
});
type Input = z.output<typeof input>;

/** An answer, parts of one, or a sentence on why it is none. `note` tells the model what was made of its call. */
type Understood = { answer: Answer; note?: string } | { parts: readonly Part[] } | { problem: string };

/** Answers an open ask for the author of a message. Approval and money need that message's own words for it. */
export const answerTool = (store: Store, decisions: AssistantDeps['decisions']): Tool =>
  defineTool('answer_ask', 'Answers an open ask with what a person said.', input, async (said, call) => {
    const by = actorOf(call, said.message);
    if (!by) return notOfThisTurn(call, said.message);
    const ask = await store.asks.find(said.ask);
    if (!ask || (await isHidden(store, by.actor.account, ask.task)))
      return refused(`ask: there is no ask ${said.ask}. The open ones are in <system-reminder>.`);
    if (ask.state === 'withdrawn') return refused(`ask: ask ${ask.id} needs no answer any more.`);
    const understood = understand(ask, said, by.text);
    if ('problem' in understood) return refused(understood.problem);
    if ('parts' in understood) {
      const { parts } = understood;
      return decided(
        await decisions.reply(ask.id, parts, by.actor, said.message),
        await recorded(store, ask.id, by.actor.name),
      );
    }
    const { answer, note } = understood;
    const result = decided(
      await decisions.answer(ask.id, answer, by.actor, said.message),
      `Recorded for ${by.actor.name}: ${answerWords(answer)}, #${ask.task}. The card says so too.`,
    );
    return note ? { ...result, content: `${note} ${result.content}` } : result;
  });

/** Whether it belongs to a project that is not theirs. What a stranger may is for the decision to say. */
async function isHidden(store: Store, account: string, task: number): Promise<boolean> {
  const person = await store.people.byAccount(account);
  return person !== null && !isAmong(seenBy(person), (await store.tasks.get(task)).repo);
}

/** What the model reads of answers to some questions: which are still open. */
async function recorded(store: Store, id: number, name: string): Promise<string> {
  const ask = await store.asks.find(id);
  const missing =
    ask?.state === 'open' && ask.body.kind === 'question'
      ? openQuestions(ask.body.questions, ask.draft).map((at) => questionAt(ask.body, at))
      : [];
  const rest = missing.length > 0 ? ` Still open: ${missing.map((text) => `"${text}"`).join(', ')}.` : '';
  return `Recorded for ${name}, #${ask?.task}. The card says so too.${rest}`;
}

const questionAt = (body: AskBody, at: number): string =>
  body.kind === 'question' ? (body.questions[at]?.question ?? '') : '';

function understand({ body, draft }: Ask, said: Input, message: string): Understood {
  const text = said.text ?? message;
  const unfit: Understood = {
    problem: `decision: "${said.decision}" does not fit. This ask takes ${fitting[body.kind]}.`,
  };
  switch (said.decision) {
    case 'approve':
      return body.kind === 'plan' ? approval(message) : unfit;
    case 'revise':
      return body.kind === 'question' || body.kind === 'budget' ? unfit : { answer: { type: 'revise', text } };
    case 'drop':
      if (body.kind === 'failure') return choice(body.choices, 'drop');
      return body.kind === 'plan' || body.kind === 'budget' ? { answer: { type: 'drop' } } : unfit;
    case 'reply':
      return body.kind === 'question' ? reply(body.questions, draft, said.answers, text) : unfit;
    case 'raise':
      return body.kind === 'budget' ? raise(body.limitUsd, said.usd, message) : unfit;
    case 'choose':
      return body.kind === 'failure' ? choice(body.choices, said.choice) : unfit;
  }
}

const fitting: Record<AskBody['kind'], string> = {
  plan: 'approve, revise or drop',
  question: 'reply; to stop the task use cancel_task',
  review: 'revise; merging on GitHub approves',
  budget: 'raise or drop',
  failure: 'choose or revise',
};

function approval(message: string): Understood {
  switch (assentOf(message)) {
    case 'full':
      return { answer: { type: 'approve' } };
    case 'reserved':
      return {
        answer: { type: 'revise', text: message },
        note: 'The message approves with a reservation, so it was taken as a change to the plan, not as an approval.',
      };
    case 'none':
      return {
        problem:
          'message: it does not say by itself that the plan is approved. Nothing was done. Ask, or point to the Approve button.',
      };
  }
}

/** The amount offered, or one that the message itself names. */
function raise(offered: number, usd: number | undefined, message: string): Understood {
  const named = [...message.matchAll(/\d+(?:[.,]\d+)?/g)].map(([number]) => Number(number.replace(',', '.')));
  if (usd !== undefined && usd !== offered && !named.includes(usd)) {
    return { problem: `usd: the message does not name ${usd}. Nothing was done.` };
  }
  if (assentOf(message) !== 'full' && named.length === 0) {
    return {
      problem: 'message: it does not say that more may be spent. Nothing was done. Ask, or point to the button.',
    };
  }
  return { answer: { type: 'raise', usd: usd ?? offered } };
}

function choice(offered: Extract<AskBody, { kind: 'failure' }>['choices'], chosen: Input['choice']): Understood {
  return chosen && offered.includes(chosen)
    ? { answer: { type: 'choose', choice: chosen } }
    : { problem: `choice: offered are ${offered.join(', ')}.` };
}

/** Without `answers` the text is said to every question that is open. */
function reply(
  questions: readonly Question[],
  draft: Draft | null,
  answers: Input['answers'],
  text: string,
): Understood {
  const parts = questions.flatMap(({ question, header }, at): Part[] => {
    const given = answers?.[question] ?? answers?.[header] ?? answers?.[`${at + 1}`];
    return given === undefined ? [] : [{ type: 'write', question: at, text: given }];
  });
  if (answers && parts.length === 0) {
    return { problem: `answers: none for ${questions.map(({ question }) => `"${question}"`).join(', ')}.` };
  }
  const all = openQuestions(questions, draft).map((question): Part => ({ type: 'write', question, text }));
  return { parts: answers ? parts : all };
}
