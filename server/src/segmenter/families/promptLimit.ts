import { fewerPrompts } from '../../values/technicalNotes.js';
import { ranOutOfMemory } from '../outOfMemory.js';

/** How many prompts a graph gets in one run: fewer after memory ran out. */
export interface PromptLimit {
  readonly atOnce: number;
  /** Whether it was lowered, a sentence. */
  readonly notes: readonly string[];
  /**
   * After a failed run: half as many prompts from now on, if the run ran out of memory and had more than one.
   * @returns whether to repeat the run
   */
  lower(error: unknown, prompts: number): boolean;
}

export function promptLimit(most: number): PromptLimit {
  let atOnce = most;
  let failedWith: number | undefined;
  return {
    get atOnce() {
      return atOnce;
    },
    get notes() {
      return failedWith === undefined ? [] : [fewerPrompts(atOnce, `memory ran out with ${failedWith}`)];
    },
    lower(error, prompts) {
      if (prompts < 2 || !ranOutOfMemory(error)) return false;
      failedWith ??= prompts;
      atOnce = Math.ceil(prompts / 2);
      return true;
    },
  };
}
