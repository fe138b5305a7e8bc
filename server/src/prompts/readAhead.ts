import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Vocabulary } from '../values/vocabulary.js';
import type { PromptResolution } from './promptResolution.js';
import { recall, remember } from './readRecently.js';
import { promptReader, type ResolveOptions } from './resolvePrompts.js';

/** The purpose for which a list of prompts is read. */
export interface Reading extends ResolveOptions {
  readonly vocabulary: Vocabulary;
}

let reading: Promise<void> = Promise.resolve();

/**
 * Reads prompts for each vocabulary, one prompt per turn of the event loop; `resolvePrompts` on the same list then
 * takes no time. A prompt of 1000 characters takes 25 ms of computing, a request may have twenty for each of several
 * models, and other requests must not wait for all of them. Requests take turns: even with many at once, only one
 * prompt is read per turn of the event loop.
 */
export function readAhead(prompts: readonly string[], readings: readonly Reading[]): Promise<void> {
  reading = reading.then(async () => {
    for (const { vocabulary, freeText = false } of readings) {
      if (recall(vocabulary, prompts, freeText) !== undefined) continue;
      const read = promptReader(vocabulary, { freeText });
      const resolutions: (readonly PromptResolution[])[] = [];
      for (const prompt of prompts) {
        resolutions.push(read(prompt));
        await nextTurn();
      }
      remember(vocabulary, prompts, freeText, resolutions);
    }
  });
  return reading;
}
