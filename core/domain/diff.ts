/** What a branch changes since it left its base. */
export interface DiffStat {
  readonly files: number;
  /** Lines. */
  readonly additions: number;
  readonly deletions: number;
  /** The code host tells no more than that; there are more. */
  readonly more: boolean;
}
