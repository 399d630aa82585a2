import { createHash } from 'node:crypto';
import { blocksOf } from './content.ts';
import { countTokens } from './tokens.ts';
import type { Block, CacheControl, MessagesBody, TokenUsage } from './types.ts';

const MINUTE_MS = 60_000;
const TTL_MS = { '5m': 5 * MINUTE_MS, '1h': 60 * MINUTE_MS };
const MIN_CACHEABLE_TOKENS = 1024;
/** From each breakpoint the API looks this many blocks back for an earlier entry. */
const LOOKBACK_BLOCKS = 20;
const MAX_ENTRIES = 10_000;

/** About what an image costs, however many bytes it has: the API scales it down to some 1.15 megapixels. */
const IMAGE_TOKENS = 1_600;

interface Segment {
  text: string;
  images: number;
  breakpoint?: CacheControl | undefined;
}

interface Entry {
  expiresAt: number;
  ttlMs: number;
}

type InputUsage = Omit<TokenUsage, 'output_tokens'>;

/**
 * The API's prompt cache: prefixes in the order tools, system, messages, remembered at each `cache_control` breakpoint
 * of at least 1024 tokens, found again by equal content, alive for five minutes (or an hour) after their last use.
 */
export class PromptCache {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts the prompt, splits it into read, written and uncached tokens, and remembers the written prefixes. */
  charge(request: MessagesBody): InputUsage {
    const segments = segmentsOf(request);
    const prefixes = prefixesOf(request.model, segments);
    const total = prefixes.at(-1)?.tokens ?? 0;
    const breakpoints = segments.flatMap((segment, index) => (segment.breakpoint ? [index] : []));
    const read = this.#read(prefixes, breakpoints);
    const usage = { '5m': 0, '1h': 0 };
    let written = read;
    for (const index of breakpoints) {
      const prefix = prefixes[index];
      const ttl = segments[index]?.breakpoint?.ttl ?? '5m';
      if (!prefix || prefix.tokens < MIN_CACHEABLE_TOKENS) continue;
      this.#remember(prefix.hash, TTL_MS[ttl]);
      usage[ttl] += Math.max(0, prefix.tokens - written);
      written = Math.max(written, prefix.tokens);
    }
    return {
      input_tokens: total - written,
      cache_creation_input_tokens: written - read,
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: usage['5m'], ephemeral_1h_input_tokens: usage['1h'] },
    };
  }

  /** Tokens of the longest live prefix within reach of a breakpoint; using an entry prolongs its life. */
  #read(prefixes: { hash: string; tokens: number }[], breakpoints: number[]): number {
    const now = this.#now();
    for (const index of breakpoints.toReversed()) {
      for (let at = index; at >= 0 && at > index - LOOKBACK_BLOCKS; at--) {
        const prefix = prefixes[at];
        const entry = prefix && this.#entries.get(prefix.hash);
        if (!prefix || !entry || entry.expiresAt <= now) continue;
        entry.expiresAt = now + entry.ttlMs;
        return prefix.tokens;
      }
    }
    return 0;
  }

  #remember(hash: string, ttlMs: number): void {
    this.#entries.delete(hash);
    this.#entries.set(hash, { ttlMs, expiresAt: this.#now() + ttlMs });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > MAX_ENTRIES && !oldest.done) this.#entries.delete(oldest.value);
  }
}

/** Tokens of the whole prompt, for `count_tokens`. */
export function countPrompt(request: MessagesBody): number {
  return segmentsOf(request).reduce((sum, segment) => sum + tokensOf(segment), 0);
}

const tokensOf = ({ text, images }: Segment): number => countTokens(text) + images * IMAGE_TOKENS;

function prefixesOf(model: string, segments: Segment[]): { hash: string; tokens: number }[] {
  let hash = model;
  let tokens = 0;
  return segments.map((segment) => {
    hash = createHash('sha256').update(hash).update('\0').update(segment.text).digest('base64');
    tokens += tokensOf(segment);
    return { hash, tokens };
  });
}

function segmentsOf(request: MessagesBody): Segment[] {
  const segments = [
    // A deferred tool enters the prompt only when the model looks it up.
    ...(request.tools ?? []).filter((tool) => !tool.defer_loading).map((tool) => segment('tool', tool)),
    ...blocksOf(request.system ?? [])
      .filter(isPrompt)
      .map((block) => segment('system', block)),
    ...request.messages.flatMap((message) => blocksOf(message.content).map((block) => segment(message.role, block))),
  ];
  const last = segments.at(-1);
  if (last && request.cache_control) last.breakpoint = request.cache_control;
  return segments;
}

function segment(role: string, value: { cache_control?: CacheControl | null }): Segment {
  const { cache_control: breakpoint, ...content } = value;
  let images = 0;
  const text = JSON.stringify(content, (key, inner: unknown) => {
    if (key !== 'source' || typeof inner !== 'object' || inner === null || !('data' in inner)) return inner;
    images += 1;
    return { ...inner, data: createHash('sha256').update(String(inner.data)).digest('base64') };
  });
  return { text: `${role}:${text}`, images, breakpoint: breakpoint ?? undefined };
}

/** Claude Code's first system block is billing data for the API, not text for the model. */
function isPrompt(block: Block): boolean {
  return !block.text?.startsWith('x-anthropic-billing-header:');
}
