/** Finds series that have arrived in an archive, and reports them to `Arrivals`. One server reads at a time. */
export interface Trigger {
  /**
   * Reads one step: a page of changes, or a study. If the process is killed during a step, it is read again.
   * @returns whether there is more to read at once
   * @throws PromptsegError the archive's errors; RouterLeaseLost
   */
  read(signal: AbortSignal): Promise<boolean>;
  /** Delay when there is nothing more to read. */
  readonly everyMs: number;
}

/** A gap in which series were, or may have been, missed; for display. */
export interface FeedGap {
  readonly at: string;
  /**
   * `reset`: the list of changes is a different one. `cleared`: read entries were deleted, and perhaps unread ones too.
   */
  readonly kind: 'reset' | 'cleared';
  /** Number of series that arrived during the gap and were reported afterwards; absent while they are searched. */
  readonly seriesFound?: number;
}

export const keptGaps = 10;
