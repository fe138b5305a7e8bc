/** Runs tasks one after another, in the order in which they were added. */
export interface Turns {
  /**
   * @returns the task's result; if a task throws, the next one still runs
   * @throws the error of the limit if the maximum number of tasks already waits or runs
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when all tasks added so far have ended. */
  ended(): Promise<void>;
}

/** @param limit maximum number of running and waiting tasks, and the error for one more */
export function createTurns(limit?: { readonly most: number; readonly refuse: (waiting: number) => Error }): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return {
    async run(work) {
      if (limit !== undefined && waiting >= limit.most) throw limit.refuse(waiting);
      waiting++;
      const mine = last.then(work);
      last = mine.catch(() => {});
      try {
        return await mine;
      } finally {
        waiting--;
      }
    },
    async ended() {
      await last;
    },
  };
}
