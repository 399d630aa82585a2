import { ApiError } from './api-error.ts';
import { type Answer, truncate } from './message.ts';
import type { Fault, ModelRequest, PlannedFault, Reply } from './types.ts';

/** Faults waiting to happen, taken in the order they were added. */
export class Faults {
  #planned: (PlannedFault & { left: number })[] = [];

  add(fault: PlannedFault): void {
    this.#planned.push({ ...fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#planned = [];
  }

  /** The fault that keeps the brain from being asked at all, if one is due. */
  takeRefusal(request: ModelRequest): Fault | undefined {
    return this.#take(request, (fault) => errorOf(fault) !== undefined && fault.after === undefined);
  }

  /** The fault that spoils this reply, if one is due. */
  takeFor(request: ModelRequest, reply: Reply): Fault | undefined {
    if (reply.fault) return reply.fault;
    return this.#take(request, (fault) => fault.kind !== 'invalid_tool_input' || (reply.use?.length ?? 0) > 0);
  }

  #take(request: ModelRequest, applies: (fault: Fault) => boolean): Fault | undefined {
    const fault = this.#planned.find((planned) => applies(planned) && (planned.match?.(request) ?? true));
    if (!fault) return undefined;
    fault.left -= 1;
    if (fault.left <= 0) this.#planned = this.#planned.filter((planned) => planned !== fault);
    return fault;
  }
}

/** The API error of a fault; undefined for faults of another nature. */
export function errorOf(fault: Fault): ApiError | undefined {
  switch (fault.kind) {
    case '429':
      return new ApiError(
        'rate_limit_error',
        "This request would exceed your organization's rate limit. Please reduce the prompt length or the maximum tokens requested, or try again later.",
        fault.retryAfter,
      );
    case '529':
      return new ApiError('overloaded_error', 'Overloaded', fault.retryAfter);
    case '500':
      return new ApiError('api_error', 'Internal server error');
    default:
      return undefined;
  }
}

/** The answer as a fault of the model (not of the line) leaves it. */
export function spoil(answer: Answer, fault: Fault | undefined): Answer {
  switch (fault?.kind) {
    case 'refusal':
      return { ...answer, blocks: [], stopReason: 'refusal', outputTokens: 1 };
    case 'max_tokens':
      return truncate(answer, Math.floor(answer.outputTokens / 2));
    case 'invalid_tool_input': {
      const first = answer.blocks.find((block) => block.type === 'tool_use');
      return {
        ...answer,
        blocks: answer.blocks.map((block) => (block === first ? { ...block, chunks: ['{"unexpected":true}'] } : block)),
      };
    }
    default:
      return answer;
  }
}
