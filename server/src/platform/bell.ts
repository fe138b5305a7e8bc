/** Wakes one waiter. A ring without a waiter is kept: the next waiter gets it at once. */
export interface Bell {
  ring(): void;
  /** Resolves with the next ring, or after the time. */
  heard(withinMs: number): Promise<void>;
}

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    heard(withinMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => wake?.(), withinMs);
        wake = () => {
          clearTimeout(timer);
          rung = false;
          wake = undefined;
          resolve();
        };
        if (rung) wake();
      });
    },
  };
}
