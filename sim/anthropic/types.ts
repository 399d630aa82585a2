/** One answer of the scripted model. Tool uses follow the text, as the real model writes them. */
export interface Reply {
  /** Text. A list is streamed as exactly these chunks of one text block. */
  say?: string | string[];
  thinking?: string;
  use?: { name: string; input: unknown }[];
  /** Default: `tool_use` when tools are used, else `end_turn`. */
  stopReason?: StopReason;
  /** Milliseconds before the first byte. */
  delayMs?: number;
  /** Milliseconds between chunks; wins over `tokensPerSecond`. */
  chunkDelayMs?: number;
  tokensPerSecond?: number;
  /** Overrides of the counted usage. */
  usage?: Partial<TokenUsage>;
  fault?: Fault;
}

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'pause_turn' | 'refusal';

/** The scripted model: best a pure function of the request, so that retries and resumed sessions get the same answer. */
export type Brain = (request: ModelRequest) => Reply | Promise<Reply>;

/** A request as a brain wants to see it. */
export interface ModelRequest {
  model: string;
  /** All system text, joined by newlines. */
  system: string;
  messages: MessageParam[];
  /** Names of the tools offered. */
  tools: string[];
  /** Text of the last user message, without notes of Claude Code's own; empty when it holds tool results only. */
  lastUserText: string;
  /** What a person (or the program in their place) wrote last to start a turn, without notes of Claude Code's own. */
  prompt: string;
  /** What a person wrote to a working Claude Code since that prompt. */
  steers: string[];
  /** Tool results of the last user message. */
  toolResults: ToolResult[];
  /** Assistant messages so far. */
  turn: number;
  headers: Record<string, string>;
  /** `side`: offers no tools (titles, summaries); `worker`: Claude Code; `assistant`: everybody else. */
  kind: 'worker' | 'assistant' | 'side';
  raw: MessagesBody;
}

export interface ToolResult {
  id: string;
  name?: string;
  content: string;
  isError: boolean;
}

/** The part of a content block that the simulator looks at; everything else passes through. */
export interface Block {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: unknown;
  tool_use_id?: string;
  content?: string | Block[];
  is_error?: boolean;
  cache_control?: CacheControl | null;
  [key: string]: unknown;
}

export interface CacheControl {
  type: 'ephemeral';
  ttl?: '5m' | '1h';
}

export interface MessageParam {
  role: string;
  content: string | Block[];
}

export interface ToolParam {
  name: string;
  type?: string;
  input_schema?: { type?: string };
  defer_loading?: boolean;
  cache_control?: CacheControl | null;
  [key: string]: unknown;
}

/** The body of `POST /v1/messages` after validation. */
export interface MessagesBody {
  model: string;
  max_tokens: number;
  messages: MessageParam[];
  system?: string | Block[];
  tools?: ToolParam[];
  tool_choice?: { type: string; name?: string };
  stream?: boolean;
  /** Top level: a breakpoint on the last block of the request. */
  cache_control?: CacheControl | null;
  [key: string]: unknown;
}

/** Tokens as billed: the three input fields add up to the whole prompt. */
export interface TokenUsage {
  input_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  output_tokens: number;
}

type FaultKind =
  | '429'
  | '529'
  | '500'
  /** The connection breaks; default after 2 chunks. */
  | 'cut'
  | 'refusal'
  /** The answer stops half way with `stop_reason: max_tokens`. */
  | 'max_tokens'
  /** The first tool use loses its input, so that it breaks the tool's schema. Waits for a reply that uses a tool. */
  | 'invalid_tool_input'
  /** Nothing more is sent and the connection stays open; default from the start. */
  | 'hang';

export interface Fault {
  kind: FaultKind;
  /** Chunks (content deltas) sent first. A 429, 529 or 500 with it becomes an `error` event inside the stream. */
  after?: number;
  /** Seconds, for 429 and 529. */
  retryAfter?: number;
}

export interface PlannedFault extends Fault {
  /** How often; default once. */
  times?: number;
  match?: (request: ModelRequest) => boolean;
}

/** What the simulator saw and answered. `view` is missing when the request was refused before it was understood. */
export interface RecordedRequest {
  id: string;
  /** Epoch milliseconds with fractions, as all times here. */
  at: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  bytes: number;
  view?: ModelRequest;
  /** Set with the answer. Status 0: the connection ended before a status was sent. */
  status?: number;
  usage?: TokenUsage;
  stopReason?: StopReason;
  fault?: FaultKind;
  error?: { type: string; message: string };
  /** When the first and the last chunk of a stream were written. */
  firstTokenAt?: number;
  lastTokenAt?: number;
  endedAt?: number;
}
