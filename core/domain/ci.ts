/** One check on a commit, whatever it came from. */
export interface CheckItem {
  readonly id: string;
  readonly name: string;
  readonly source: 'check_run' | 'status';
  readonly state:
    | 'pending'
    | 'success'
    | 'neutral'
    | 'failure'
    | 'cancelled'
    | 'timed_out'
    | 'action_required'
    | 'stale';
  readonly url: string;
}

export type CiVerdict =
  | { state: 'none' }
  | { state: 'pending'; done: number; total: number }
  | { state: 'green'; total: number }
  | { state: 'red'; failed: readonly CheckItem[]; total: number };

/**
 * What the checks of one commit say together. No checks is `none`, never green; cancelled, timed out and stale are red;
 * red waits until every check has finished, so that one fix run sees all failures.
 */
export function ciVerdict(items: readonly CheckItem[], ignored: readonly string[] = []): CiVerdict {
  const counted = items.filter((item) => !ignored.includes(item.name));
  const total = counted.length;
  if (total === 0) return items.length > 0 ? { state: 'green', total: 0 } : { state: 'none' };
  const done = counted.filter((item) => item.state !== 'pending').length;
  if (done < total) return { state: 'pending', done, total };
  const failed = counted.filter((item) => item.state !== 'success' && item.state !== 'neutral');
  return failed.length > 0 ? { state: 'red', failed, total } : { state: 'green', total };
}
