import { z } from 'zod';
import type { ModelTool } from '../ports.ts';
import type { Actor, Decided } from '../workflows/decisions.ts';
import type { ToolCall, ToolOutcome, Turn } from './turn.ts';

/** A call that is being carried out. */
export interface Call {
  readonly turn: Turn;
  /** Names the deed for ever: a repeated call has the same. */
  readonly origin: string;
}

export interface Tool {
  readonly definition: ModelTool;
  use(turn: Turn, call: ToolCall): Promise<ToolOutcome>;
}

/** A tool from its input's schema and what it does. Input that does not fit is an outcome that names the field. */
export function defineTool<S extends z.ZodObject>(
  name: string,
  description: string,
  schema: S,
  act: (input: z.output<S>, call: Call) => Promise<ToolOutcome>,
): Tool {
  const { $schema: _, ...input } = z.toJSONSchema(schema, { io: 'input' });
  return {
    definition: { name, description, input },
    async use(turn, call) {
      const parsed = schema.safeParse(call.input);
      if (!parsed.success) return refused(`Invalid input of ${name}. ${problems(parsed.error)}`);
      return act(parsed.data, { turn, origin: `${turn.id}:${call.id}` });
    },
  };
}

const problems = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}.`).join(' ');

const outcome = (content: string, more: Partial<ToolOutcome> = {}): ToolOutcome => ({
  content,
  isError: false,
  proposal: null,
  start: null,
  ...more,
});

export const done = (content: string, more: Partial<Pick<ToolOutcome, 'proposal' | 'start'>> = {}): ToolOutcome =>
  outcome(content, more);

export const refused = (content: string): ToolOutcome => outcome(content, { isError: true });

/** What a decision answered, for the model: the sentence is meant for the person. */
export const decided = ({ say, start }: Decided, otherwise: string): ToolOutcome =>
  outcome(say === null ? otherwise : `For the person: ${say}`, { start });

/** Postgres' largest integer: what is beyond it names nothing. */
const largest = 2_147_483_647;

const id = (mark: RegExp, meaning: string) =>
  z
    .union([z.int().positive(), z.string().regex(mark)], { error: `expected ${meaning}` })
    .transform((value) => Number(`${value}`.replace(/\D/g, '')))
    .refine((value) => value <= largest, { error: `expected ${meaning}` });

/** `m123` or `123`, `#41` or `41`, `ask 12` or `12`: models write all of them. */
export const messageId = id(/^m?\d+$/, 'the id of a message, e.g. "m123"').describe(
  'Id of the newest message that asks for this, e.g. "m123". Its author acts.',
);
export const taskNumber = id(/^#?\d+$/, 'the number of a task, e.g. 41').describe('Number of the task, e.g. 41.');
export const askId = id(/^(?:ask )?\d+$/, 'the id of an open ask, e.g. 12').describe('Id of the open ask, e.g. 12.');
export const fileId = id(/^f?\d+$/, 'the id of a file, e.g. "f12"');
export const proposalId = id(/^(?:proposal )?\d+$/, 'the id of an open proposal, e.g. 7');

/** The one who acts: the author of a message of this turn, nobody else. Null when there is no such message. */
export function actorOf({ turn, origin }: Call, message: number): { actor: Actor; text: string } | null {
  const said = turn.said.find((one) => one.id === message);
  if (!said) return null;
  const { person, author: name, account } = said;
  const { place } = turn;
  const actor = { person, name, platform: place.platform, account: account ?? '', place, origin };
  return { actor, text: said.text };
}

export const notOfThisTurn = ({ turn }: Call, message: number): ToolOutcome =>
  refused(
    `message: m${message} is not one of the messages to answer now (${turn.said.map((one) => `m${one.id}`).join(', ')}). Nothing was done.`,
  );
