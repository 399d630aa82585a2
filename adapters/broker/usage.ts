import { z } from 'zod';
import type { Usage } from './prices.ts';

const count = z.number().nullish();
const tokens = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: z.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }).nullish(),
});
/** `iterations`: of a call that sampled more than once, each. What compacts a context is in no other field. */
const usage = tokens.extend({ iterations: z.array(tokens).nullish().catch(null) });
type WireUsage = z.infer<typeof usage>;

const whole = z.object({ usage });
const start = z.object({ message: whole });
const delta = z.object({ usage });

/** What is known of a call without its answer. */
export interface Asked {
  /** Of the request's body. */
  readonly bytes: number;
  readonly maxTokens: number;
}

/** Reads the tokens of a call from its answer while that passes by, whether streamed or whole. */
export interface UsageReader {
  push(chunk: Buffer): void;
  /** Null when the answer broke before the model began. */
  end(): Usage | null;
}

const charactersPerToken = 4;

/** What a call may have cost that said nothing of it: its body as input, and all the output that it asked for, or `output`. */
export function guess({ bytes, maxTokens }: Asked, output = maxTokens): Usage {
  const input = Math.ceil(bytes / charactersPerToken);
  return { input, output: Math.min(output, maxTokens), cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
}

/** Usage of a plain JSON answer. One that breaks is charged for the request and for what came. */
export function jsonUsage(asked: Asked): UsageReader {
  const chunks: Buffer[] = [];
  return {
    push: (chunk) => void chunks.push(chunk),
    end: () => {
      const came = Buffer.concat(chunks);
      const parsed = whole.safeParse(parse(came.toString('utf8')));
      return parsed.success ? normalise(parsed.data.usage) : guess(asked, Math.ceil(came.length / charactersPerToken));
    },
  };
}

/**
 * Usage of a server-sent event stream: `message_start` names the input, the last `message_delta` the output. A stream
 * that breaks before it is charged for the text that came.
 */
export function streamUsage({ maxTokens }: Asked): UsageReader {
  const decoder = new TextDecoder();
  let rest = '';
  let seen: WireUsage | null = null;
  let final = false;
  let characters = 0;

  const read = (line: string) => {
    if (!line.startsWith('data:')) return;
    const event = parse(line.slice(5));
    // Nearly every event is a piece of the answer: the others are looked at closely.
    if (!line.includes('"usage"')) {
      characters += pieceLength(event);
      return;
    }
    const begun = start.safeParse(event);
    if (begun.success) seen = begun.data.message.usage;
    const named = delta.safeParse(event);
    if (named.success) {
      seen = { ...seen, ...withoutNulls(named.data.usage) };
      final = true;
    }
  };

  return {
    push(chunk) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? '';
      lines.forEach(read);
    },
    end() {
      read(rest);
      if (!seen) return null;
      const told = normalise(seen);
      const came = Math.min(maxTokens, Math.ceil(characters / charactersPerToken));
      return final ? told : { ...told, output: Math.max(told.output, came) };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not an event of ours to read: the client gets the bytes either way
  }
}

/** Characters of the piece of an answer that an event carries. */
function pieceLength(event: unknown): number {
  const { delta: piece } = (event ?? {}) as { delta?: Record<string, unknown> };
  const texts = [piece?.text, piece?.thinking, piece?.partial_json];
  return texts.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
}

function withoutNulls(wire: WireUsage): WireUsage {
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== null && value !== undefined));
}

/** Of each kind what the call names, or what its iterations add up to: the more. */
function normalise({ iterations, ...wire }: WireUsage): Usage {
  const told = usageOf(wire);
  const each = (iterations ?? []).map(usageOf);
  const more = (kind: keyof Usage) =>
    Math.max(
      told[kind],
      each.reduce((sum, one) => sum + one[kind], 0),
    );
  return {
    input: more('input'),
    output: more('output'),
    cacheRead: more('cacheRead'),
    cacheWrite5m: more('cacheWrite5m'),
    cacheWrite1h: more('cacheWrite1h'),
  };
}

function usageOf(wire: z.infer<typeof tokens>): Usage {
  const written = wire.cache_creation_input_tokens ?? 0;
  const hour = wire.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  return {
    input: wire.input_tokens ?? 0,
    output: wire.output_tokens ?? 0,
    cacheRead: wire.cache_read_input_tokens ?? 0,
    cacheWrite5m: Math.max(0, written - hour),
    cacheWrite1h: hour,
  };
}
