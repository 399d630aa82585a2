/** How often a worker that died is replaced before a person hears of it. */
const maxTries = 3;

/** Another try meets the same: the run's time is over, or limits and settings of the cluster are in the way. */
const hopeless = ['worker_deadline', 'worker_disk_full', 'worker_quota', 'worker_image', 'worker_misconfigured'];

/** One more try may go better, a third would not. A release that is being rolled out rejects the workers of the one before. */
const onceMore = ['worker_out_of_memory', 'worker_no_room', 'worker_rejected'];

/** Seconds before the second, the third and every later attempt. */
const pauses = [1, 10, 60];

/** Nobody's fault and not counted, within reason: the cluster needed the node, or lost it. */
const unlucky = ['worker_moved', 'worker_node_lost'];
const maxUnlucky = 5;

/** Whether a run gets another attempt, by the codes with which its attempts ended so far, the latest last. */
export function triesAgain(codes: readonly string[]): boolean {
  const last = codes.at(-1) ?? '';
  const often = (code: string) => codes.filter((each) => each === code).length;
  if (hopeless.includes(last)) return false;
  if (onceMore.includes(last)) return often(last) <= 1;
  if (unlucky.includes(last)) return unlucky.reduce((sum, code) => sum + often(code), 0) <= maxUnlucky;
  return codes.filter((code) => !unlucky.includes(code)).length < maxTries;
}

/** Seconds before the next attempt. */
export const pauseAfter = (codes: readonly string[]): number =>
  codes.at(-1) === 'worker_rejected' ? 60 : (pauses[codes.length - 1] ?? 60);

/** The memory of the next attempt, as a multiple of the usual. */
export const memoryAfter = (codes: readonly string[]): 1 | 2 => (codes.includes('worker_out_of_memory') ? 2 : 1);
