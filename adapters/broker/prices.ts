import type { Spend } from '../../core/door.ts';

/** Dollars per million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Prices of a request whose whole prompt is longer than so many tokens. */
  readonly long?: { readonly above: number; readonly price: Omit<Price, 'long'> };
}

/**
 * October 2026. Opus, and Sonnet's and Fable's input and output, as in Anthropic's model pages; Haiku and Sonnet's cache
 * reads ($0.20 until 7 October) as other price lists quote Anthropic; Fable's cache by the usual factors (0.1, 1.25, 2).
 */
export const prices: Readonly<Record<string, Price>> = {
  'claude-fable-5-1': { input: 10, output: 50, cacheRead: 1, cacheWrite5m: 12.5, cacheWrite1h: 20 },
  'claude-opus-5-5': { input: 4, output: 20, cacheRead: 0.2, cacheWrite5m: 5, cacheWrite1h: 8 },
  'claude-sonnet-5-5': { input: 2, output: 10, cacheRead: 0.1, cacheWrite5m: 2.5, cacheWrite1h: 4 },
  'claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    cacheRead: 0.01,
    cacheWrite5m: 0.125,
    cacheWrite1h: 0.2,
    long: {
      above: 100_000,
      price: { input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite5m: 0.625, cacheWrite1h: 1 },
    },
  },
};

/** Tokens of one call as Anthropic bills them: the three input fields add up to the whole prompt. */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

/** What a call costs. A model without a price takes the dearest, so that a budget is never overrun by not knowing. */
export function spendOf(model: string, usage: Usage, list: Readonly<Record<string, Price>>): Omit<Spend, 'id'> {
  const base = list[model.replace(/-\d{8}$/, '')] ?? dearest(list);
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
  const price = base.long && prompt > base.long.above ? base.long.price : base;
  const dollars =
    usage.input * price.input +
    usage.output * price.output +
    usage.cacheRead * price.cacheRead +
    usage.cacheWrite5m * price.cacheWrite5m +
    usage.cacheWrite1h * price.cacheWrite1h;
  return {
    model,
    inputTokens: usage.input,
    cachedTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite5m + usage.cacheWrite1h,
    outputTokens: usage.output,
    usd: dollars / 1_000_000,
  };
}

function dearest(list: Readonly<Record<string, Price>>): Price {
  const [first] = Object.values(list).sort((a, b) => b.output - a.output);
  return first ?? { input: 10, output: 50, cacheRead: 1, cacheWrite5m: 12.5, cacheWrite1h: 20 };
}
