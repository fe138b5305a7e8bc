import type { Stage } from '#contract/jobState.js';

type StageTimes = Partial<Record<Stage, number>>;

/** Measures how long each stage took, in whole milliseconds. */
export function createStageClock(now: () => number = () => performance.now()): {
  /** Ends the current stage and begins this one. @returns the times of the stages that have ended */
  enter(stage: Stage): StageTimes;
  /** Ends the last stage. */
  stop(): StageTimes;
} {
  const times: StageTimes = {};
  let current: { stage: Stage; since: number } | undefined;
  const stop = (): StageTimes => {
    // A job that stores several objects returns to a stage.
    if (current) times[current.stage] = (times[current.stage] ?? 0) + Math.round(now() - current.since);
    current = undefined;
    return { ...times };
  };
  return {
    enter(stage) {
      const over = stop();
      current = { stage, since: now() };
      return over;
    },
    stop,
  };
}
