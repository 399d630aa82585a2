import { basename } from 'node:path';
import type { SDKMessage } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';
import type { WorkerEvent } from '../../core/protocol.ts';

type Event = WorkerEvent['event'];

const maxCharacters = 2_000;
const maxSummary = 200;
const input = z.looseObject({
  file_path: z.string().optional(),
  command: z.string().optional(),
  description: z.string().optional(),
  pattern: z.string().optional(),
});

/** What a message of Claude Code tells people: its words and its tool calls, but no results and nothing of subagents. */
export function narrate(message: SDKMessage): Event[] {
  if (message.type === 'system' && message.subtype === 'api_retry') {
    const status = message.error_status === null ? 'no answer' : String(message.error_status);
    return [
      {
        type: 'log',
        text: `The model is not available (${status}); try ${message.attempt} of ${message.max_retries}.`,
      },
    ];
  }
  if (message.type !== 'assistant' || message.parent_tool_use_id !== null || message.error) return [];
  return message.message.content.flatMap((block): Event[] => {
    if (block.type === 'text' && block.text.trim()) {
      return [{ type: 'says', text: block.text.trim().slice(0, maxCharacters) }];
    }
    if (block.type !== 'tool_use' || block.name === 'StructuredOutput') return [];
    return [{ type: 'tool', name: block.name, summary: summaryOf(block.input).slice(0, maxSummary) }];
  });
}

function summaryOf(value: unknown): string {
  const parsed = input.safeParse(value);
  if (!parsed.success) return '';
  const { file_path, description, command, pattern } = parsed.data;
  return (file_path && basename(file_path)) ?? description ?? command ?? pattern ?? '';
}
