import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiError } from './api-error.ts';
import { eventsOf, type StreamEvent } from './events.ts';
import { type Answer, CHUNK_TOKENS } from './message.ts';
import type { Reply, TokenUsage } from './types.ts';

/** What ends a stream early, after so many content deltas. */
export interface Interruption {
  after: number;
  how: 'cut' | 'hang' | ApiError;
}

type Pace = Pick<Reply, 'chunkDelayMs' | 'tokensPerSecond'>;

/** Writes the answer as server-sent events at the given pace. Resolves when the stream is over, whichever way. */
export async function streamAnswer(
  response: ServerResponse,
  answer: Answer,
  options: {
    usage: TokenUsage;
    pace: Pace;
    interruption: Interruption | undefined;
    requestId: string;
    onDelta: () => void;
  },
): Promise<void> {
  const { interruption } = options;
  const send = (event: StreamEvent) => response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  let deltas = 0;
  for (const event of eventsOf(answer, options.usage)) {
    const isDelta = event.type === 'content_block_delta';
    if (interruption && ((isDelta && deltas >= interruption.after) || event.type === 'message_delta')) {
      return interrupt(response, interruption.how, options.requestId);
    }
    if (isDelta) {
      await pause(options.pace);
      deltas += 1;
    }
    if (response.destroyed) return;
    send(event);
    if (isDelta) options.onDelta();
  }
  response.end();
}

/** Ends a response as a broken line, a silent one, or an API that gave up in the middle would. */
export async function interrupt(response: ServerResponse, how: Interruption['how'], requestId: string): Promise<void> {
  if (how === 'hang') {
    await new Promise((resolve) => response.once('close', resolve));
  } else if (how === 'cut') {
    response.socket?.destroySoon();
  } else {
    response.end(`event: error\ndata: ${JSON.stringify(how.body(requestId))}\n\n`);
  }
}

async function pause(pace: Pace): Promise<void> {
  const ms = pace.chunkDelayMs ?? (pace.tokensPerSecond ? (CHUNK_TOKENS / pace.tokensPerSecond) * 1000 : 0);
  if (ms > 0) await sleep(ms);
}
