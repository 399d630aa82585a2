import { z } from 'zod';
import { actorOf, decided, defineTool, messageId, notOfThisTurn, type Tool, taskNumber } from './tool.ts';
import type { AssistantDeps } from './turn.ts';

/** The tools that reach a running task. Each acts for the author of the message it names. */
export const actingTools = (decisions: AssistantDeps['decisions']): Tool[] => [
  defineTool(
    'steer_task',
    "Tells a task's worker something while it works, or before its next run. The message's files go along.",
    z.object({
      task: taskNumber,
      text: z.string().trim().min(1).max(20_000).describe("What the worker shall know, in the person's words."),
      message: messageId,
    }),
    async ({ task, text, message }, call) => {
      const by = actorOf(call, message);
      if (!by) return notOfThisTurn(call, message);
      return decided(await decisions.steer(task, text, by.actor, message), `#${task} will hear it.`);
    },
  ),
  defineTool(
    'cancel_task',
    'Stops a task for good; its branch stays. Only when the person asks to stop, drop or cancel that task.',
    z.object({ task: taskNumber, message: messageId }),
    async ({ task, message }, call) => {
      const by = actorOf(call, message);
      if (!by) return notOfThisTurn(call, message);
      return decided(await decisions.cancel(task, by.actor), `Stopping #${task}.`);
    },
  ),
];
