import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './clock.ts';
import { messageJson } from './events.ts';
import { errorOf, spoil } from './faults.ts';
import type { Context } from './handler.ts';
import { sendJson } from './http.ts';
import { answerOf } from './message.ts';
import { modelRequest } from './model-request.ts';
import { type Interruption, interrupt, streamAnswer } from './stream.ts';
import type { Fault, MessagesBody, RecordedRequest, TokenUsage } from './types.ts';

/** `POST /v1/messages` for a validated body: asks the brain, applies a planned fault, answers as JSON or stream. */
export async function answerMessages(
  body: MessagesBody,
  response: ServerResponse,
  context: Context,
  record: RecordedRequest,
): Promise<void> {
  const view = modelRequest(body, record.headers);
  record.view = view;
  context.recorder.emit('request', record);
  const refusal = context.faults.takeRefusal(view);
  if (refusal) throw failure(refusal, record);

  const reply = await context.brain(view);
  const fault = context.faults.takeFor(view, reply);
  if (reply.delayMs) await sleep(reply.delayMs);
  if (fault) record.fault = fault.kind;
  const interruption = fault && interruptionOf(fault);
  if (interruption && (interruption.after === 0 || !body.stream)) {
    if (interruption.how instanceof Error) throw interruption.how;
    return interrupt(response, interruption.how, record.id);
  }

  const answer = spoil(answerOf(reply, body.model, body.max_tokens), fault);
  const usage: TokenUsage = { ...context.cache.charge(body), output_tokens: answer.outputTokens, ...reply.usage };
  record.usage = usage;
  record.stopReason = answer.stopReason;
  if (!body.stream) return sendJson(response, messageJson(answer, usage));
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  await streamAnswer(response, answer, {
    usage,
    pace: reply,
    interruption,
    requestId: record.id,
    onDelta: () => {
      record.lastTokenAt = now();
      record.firstTokenAt ??= record.lastTokenAt;
    },
  });
}

function failure(fault: Fault, record: RecordedRequest): Error {
  record.fault = fault.kind;
  return errorOf(fault) ?? new Error(`the fault ${fault.kind} is no error answer`);
}

function interruptionOf(fault: Fault): Interruption | undefined {
  if (fault.kind === 'cut') return { after: fault.after ?? 2, how: 'cut' };
  if (fault.kind === 'hang') return { after: fault.after ?? 0, how: 'hang' };
  const error = errorOf(fault);
  return error && { after: fault.after ?? 0, how: error };
}
