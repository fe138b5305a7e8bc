/** Runs tasks one after another, in the order in which they were added. */
export interface Turns {
  /**
   * @param onPlace called with the number of tasks before this one, at first and as they end
   * @returns the task's result; if a task throws, the next one still runs
   * @throws the error of the limit if the maximum number of tasks already waits or runs
   */
  run<T>(work: () => Promise<T>, onPlace?: (before: number) => void): Promise<T>;
  /** Resolves when all tasks added so far have ended. */
  ended(): Promise<void>;
}

/** @param limit maximum number of running and waiting tasks, and the error for one more */
export function createTurns(limit?: { readonly most: number; readonly refuse: (waiting: number) => Error }): Turns {
  let last: Promise<unknown> = Promise.resolve();
  const places: ((before: number) => void)[] = [];
  return {
    async run(work, onPlace) {
      if (limit !== undefined && places.length >= limit.most) throw limit.refuse(places.length);
      const place = (before: number): void => onPlace?.(before);
      place(places.push(place) - 1);
      const mine = last.then(work);
      last = mine.catch(() => {});
      try {
        return await mine;
      } finally {
        places.splice(places.indexOf(place), 1);
        for (const [before, moved] of places.entries()) moved(before);
      }
    },
    async ended() {
      await last;
    },
  };
}
