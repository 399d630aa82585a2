import type { SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';
import type { Job, Result, WorkerFailure } from '../../core/protocol.ts';

type Question = Extract<Result, { type: 'question' }>['questions'][number];

/** How a turn of Claude ended. */
export type TurnEnd =
  | { type: 'done'; output: unknown; text: string }
  | { type: 'question'; questions: Question[] }
  | { type: 'budget' }
  | { type: 'failed'; code: WorkerFailure; reason: string; retryable: boolean };

export const planOutput = z.object({
  summary: z.string().describe('Two or three sentences on what will be done.'),
  plan: z.string().describe('The plan in Markdown: steps, files, how it will be verified, what is left out.'),
});

export const workOutput = z.object({
  title: z.string().describe('Title for the pull request, under 70 characters, imperative.'),
  summary: z.string().describe('What was changed and why, in Markdown, for the reviewer.'),
  replies: z
    .array(z.object({ comment: z.number().int(), text: z.string() }))
    .optional()
    .describe('For each review comment you were given: its id and your reply.'),
});

/** The JSON schema of the result that Claude must hand back. */
export function outputSchema(kind: Job['kind']): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(kind === 'plan' ? planOutput : workOutput, { target: 'draft-7' });
  return schema;
}

const questionsInput = z.object({
  questions: z
    .array(
      z.object({
        question: z.string(),
        header: z.string().default(''),
        options: z.array(z.object({ label: z.string(), description: z.string().default('') })).default([]),
        multiSelect: z.boolean().default(false),
      }),
    )
    .min(1),
});

/** The questions in an AskUserQuestion call, or null when it has none. */
export function questionsOf(input: unknown): Question[] | null {
  const parsed = questionsInput.safeParse(input);
  return parsed.success ? parsed.data.questions : null;
}

/** Claude Code's result message in our words. A turn that failed at the API still has the subtype `success`. */
export function turnEnd(message: SDKResultMessage): TurnEnd {
  const text = message.subtype === 'success' ? message.result : message.errors.join('\n');
  if (!message.is_error && message.subtype === 'success') {
    return { type: 'done', output: message.structured_output, text };
  }
  if (message.stop_reason === 'refusal') return failed('model_refused', text, false);
  switch (message.subtype) {
    case 'error_max_turns':
      return failed('out_of_turns', text, false);
    case 'error_max_budget_usd':
      return { type: 'budget' };
    case 'error_max_structured_output_retries':
      return failed('no_result', text || 'Claude did not hand back a result.', true);
    case 'error_during_execution':
      return failed('claude_failed', text, true);
    case 'success':
      return apiFailure(message.api_error_status ?? null, text);
  }
}

function apiFailure(status: number | null, text: string): TurnEnd {
  // The broker's own words, see its model proxy: 403 has several meanings.
  if (/budget is used up/.test(text)) return { type: 'budget' };
  if (status === 429 || status === 529 || (status !== null && status >= 500))
    return failed('model_overloaded', text, true);
  if (status === 404) return failed('model_not_found', text, false);
  if (status === 403 || status === 401) return failed('model_forbidden', text, false);
  if (status === 400 || status === 413) return failed('model_rejected', text, false);
  return failed('model_failed', text, true);
}

function failed(code: WorkerFailure, text: string, retryable: boolean): TurnEnd {
  return { type: 'failed', code, reason: text.slice(0, 2_000) || 'Claude Code gave no reason.', retryable };
}
