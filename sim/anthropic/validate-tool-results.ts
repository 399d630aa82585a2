import { invalid } from './api-error.ts';
import { blocksOf } from './content.ts';
import type { Block, MessageParam } from './types.ts';

interface Turn {
  role: string;
  /** Index of its first message, for the error. */
  index: number;
  blocks: Block[];
}

/**
 * Every tool use is answered in the user turn right after it, and every result answers a tool use of the assistant
 * turn right before it. Throws ApiError 400.
 */
export function validateToolResults(messages: MessageParam[]): void {
  const turns = turnsOf(messages);
  turns.forEach((turn, position) => {
    const before = turns[position - 1];
    const after = turns[position + 1];
    if (turn.role === 'assistant') {
      const unanswered = usesOf(turn).filter((id) => !resultsOf(after).includes(id));
      if (unanswered.length > 0) {
        throw invalid(
          `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${unanswered.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
        );
      }
    } else {
      const unknown = resultsOf(turn).find((id) => !usesOf(before).includes(id));
      if (unknown !== undefined) {
        throw invalid(
          `messages.${turn.index}.content.${turn.blocks.findIndex((block) => block.tool_use_id === unknown)}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${unknown}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        );
      }
    }
  });
}

/** Neighbouring messages of one role are one turn to the API; system messages in between do not part them. */
function turnsOf(messages: MessageParam[]): Turn[] {
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    if (message.role === 'system') return;
    const last = turns.at(-1);
    if (last?.role === message.role) last.blocks.push(...blocksOf(message.content));
    else turns.push({ role: message.role, index, blocks: [...blocksOf(message.content)] });
  });
  return turns;
}

function usesOf(turn: Turn | undefined): string[] {
  return (turn?.blocks ?? []).flatMap((block) => (block.type === 'tool_use' && block.id ? [block.id] : []));
}

function resultsOf(turn: Turn | undefined): string[] {
  return (turn?.blocks ?? []).flatMap((block) =>
    block.type === 'tool_result' && block.tool_use_id ? [block.tool_use_id] : [],
  );
}
