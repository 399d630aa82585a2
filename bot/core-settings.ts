import type { Settings } from '../core/workflows/deps.ts';
import type { Config } from './config.ts';

/** The small model that Claude Code uses for side work. */
const sideModel = 'claude-haiku-5-5';

/** A service that starts one job after the other shows the next within seconds; a green pull request is not kept longer. */
const ciSettleMs = 3_000;

export const coreSettings = (config: Config): Settings => ({
  chatModel: config.chatModel,
  workerModel: config.workerModel,
  sideModel,
  maxWorkers: config.maxWorkers,
  taskBudgetUsd: config.taskBudgetUsd,
  taskDeadlineMinutes: config.taskDeadlineMinutes,
  ciRounds: config.ciRounds,
  reconcileMs: config.reconcileSeconds * 1000,
  ciGraceMs: config.ciGraceSeconds * 1000,
  ciSettleMs: Math.min(ciSettleMs, config.reconcileSeconds * 1000),
  // What was not told within a look at the code host may not come for long.
  restMs: config.reconcileSeconds * 1000,
  publicUrl: config.publicUrl,
  escalateMs: config.escalateMinutes * 60_000,
});
