import { blocksOf, textOf } from './content.ts';
import type { MessageParam, MessagesBody, ModelRequest, ToolResult } from './types.ts';

/** Tools only Claude Code offers; a gateway may have taken its headers away. */
const CLAUDE_CODE_TOOLS = ['Bash', 'Read', 'Edit', 'Write', 'Agent'];

/** What Claude Code 2.1 writes into user messages by itself: no words of a person. */
const CLIENT_NOTES =
  /^\s*(<system-reminder>|\[Request interrupted by user|\[structured-output-enforce\]|Output token limit hit\.|Your response above was stopped by a safety classifier)/;

/** How Claude Code 2.1 passes on what a person writes while it works. */
const STEER = /The user sent a new message while you were working:\n(.*?)\n\nThis is how Claude Code surfaces/s;

/** The view of a validated request that brains and faults are given. */
export function modelRequest(raw: MessagesBody, headers: Record<string, string>): ModelRequest {
  const tools = (raw.tools ?? []).map((tool) => tool.name);
  const start = lastPromptIndex(raw.messages);
  const last = raw.messages.findLast((message) => message.role === 'user');
  return {
    model: raw.model,
    system: textOf(raw.system ?? ''),
    messages: raw.messages,
    tools,
    lastUserText: last ? humanText(last) : '',
    prompt: promptOf(raw.messages),
    steers: steersSince(start, raw.messages),
    toolResults: last ? toolResults(last, raw.messages) : [],
    turn: raw.messages.filter((message) => message.role === 'assistant').length,
    headers,
    kind: kindOf(tools, headers),
    raw,
  };
}

/**
 * Where the current turn began: the last user message with words of a person. -1 when there is none. The words may stand
 * behind a tool result: Claude Code joins the next prompt to the result of a final `StructuredOutput`.
 */
export function lastPromptIndex(messages: MessageParam[]): number {
  return messages.findLastIndex((message) => message.role === 'user' && humanText(message) !== '');
}

/** The words that began the current turn; empty when there are none. */
export function promptOf(messages: MessageParam[]): string {
  return humanText(messages[lastPromptIndex(messages)]);
}

/** Text of a message without the notes Claude Code adds by itself. */
export function humanText(message: MessageParam | undefined): string {
  if (!message) return '';
  const words = blocksOf(message.content).filter((block) => !CLIENT_NOTES.test(block.text ?? ''));
  return textOf(words).trim();
}

function steersSince(start: number, messages: MessageParam[]): string[] {
  return messages
    .slice(start + 1)
    .filter((message) => message.role === 'system')
    .flatMap((message) => STEER.exec(textOf(message.content))?.[1] ?? []);
}

function toolResults(message: MessageParam, messages: MessageParam[]): ToolResult[] {
  const uses = messages.flatMap((each) => blocksOf(each.content)).filter((block) => block.type === 'tool_use');
  return blocksOf(message.content)
    .filter((block) => block.type === 'tool_result')
    .map((block) => {
      const id = block.tool_use_id ?? '';
      const name = uses.find((use) => use.id === id)?.name;
      return {
        id,
        ...(name === undefined ? {} : { name }),
        content: textOf(block.content ?? ''),
        isError: block.is_error === true,
      };
    });
}

function kindOf(tools: string[], headers: Record<string, string>): ModelRequest['kind'] {
  if (tools.length === 0) return 'side';
  const claudeCode =
    headers['user-agent']?.startsWith('claude-cli/') || tools.some((tool) => CLAUDE_CODE_TOOLS.includes(tool));
  return claudeCode ? 'worker' : 'assistant';
}
