import { PromptsegError } from '../../platform/errors.js';
import type { SurelyShown } from '../../story/imageShows/surelyShown.js';
import type { SeriesToLookAt } from '../../story/lookAtSeries.js';

/** Says what a series surely shows. @throws PromptsegError `answer-interrupted` after a while, and those of the task */
export type LookAtSeries = (request: SeriesToLookAt) => Promise<SurelyShown>;

/** Proxies often end a request after a minute; a chest of 102 images takes seconds. */
export const longestLookMs = 45_000;

export const lookTookTooLong = (): PromptsegError =>
  new PromptsegError('answer-interrupted', `Looking at the image took longer than ${longestLookMs / 1000} seconds.`);

/** Counting images does not reveal that one was replaced by another; so long a kept source is used, too. */
const keptForMs = 15 * 60_000;
const mostKept = 200;

/**
 * Remembers what series show; simultaneous requests for one look once. Who waits too long gets an error, but what
 * comes later is kept for the next request.
 *
 * @param look performs the task
 * @param now in ms
 */
export function createLooks(
  look: LookAtSeries,
  { longestMs = longestLookMs, now = Date.now }: { readonly longestMs?: number; readonly now?: () => number } = {},
): LookAtSeries {
  const known = new Map<string, { readonly at: number; readonly shown: Promise<SurelyShown> }>();

  function begin(key: string, request: SeriesToLookAt): Promise<SurelyShown> {
    const shown = look(request);
    known.delete(key);
    known.set(key, { at: now(), shown });
    if (known.size > mostKept) known.delete(known.keys().next().value!);
    const forget = (): void => {
      if (known.get(key)?.shown === shown) known.delete(key);
    };
    // If the archive does not count images, additions would go unnoticed.
    shown.then(request.series.numberOfInstances === undefined ? forget : undefined, forget);
    return shown;
  }

  return async (request) => {
    const { studyInstanceUID, seriesInstanceUID, numberOfInstances } = request.series;
    const key = JSON.stringify([studyInstanceUID, seriesInstanceUID, numberOfInstances, request.stack]);
    const kept = known.get(key);
    const shown = kept !== undefined && now() - kept.at < keptForMs ? kept.shown : begin(key, request);
    let patience: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      patience = setTimeout(() => reject(lookTookTooLong()), longestMs);
    });
    try {
      return await Promise.race([shown, late]);
    } finally {
      clearTimeout(patience);
    }
  };
}
