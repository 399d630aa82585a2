/** The share of a task's budget at which a person is asked, while the work goes on. */
export const softShare = 0.8;

export type BudgetLevel = 'fine' | 'soft' | 'spent';

export function budgetLevel(spentUsd: number, limitUsd: number): BudgetLevel {
  if (spentUsd >= limitUsd) return 'spent';
  return spentUsd >= limitUsd * softShare ? 'soft' : 'fine';
}
