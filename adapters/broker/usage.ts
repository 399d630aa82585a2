import { z } from 'zod';
import type { Usage } from './prices.ts';

const count = z.number().nullish();
const usage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: z.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }).nullish(),
});
type WireUsage = z.infer<typeof usage>;

const whole = z.object({ usage });
const start = z.object({ message: whole });
const delta = z.object({ usage });

/** Reads the tokens of a call from its answer while that passes by, whether streamed or whole. */
export interface UsageReader {
  push(chunk: Buffer): void;
  /** Null when the answer never named any tokens (it failed before the model began). */
  end(): Usage | null;
}

/** Usage of a plain JSON answer. */
export function jsonUsage(): UsageReader {
  const chunks: Buffer[] = [];
  return {
    push: (chunk) => void chunks.push(chunk),
    end: () => {
      const parsed = whole.safeParse(parse(Buffer.concat(chunks).toString('utf8')));
      return parsed.success ? normalise(parsed.data.usage) : null;
    },
  };
}

/**
 * Usage of a server-sent event stream: `message_start` names the input, the last `message_delta` the output. A stream
 * that breaks before it is charged for the text that came, at four characters a token.
 */
export function streamUsage(): UsageReader {
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
      return final ? told : { ...told, output: Math.max(told.output, Math.ceil(characters / 4)) };
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

function normalise(wire: WireUsage): Usage {
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
