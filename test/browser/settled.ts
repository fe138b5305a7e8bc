import type { Page } from 'playwright-core';
import { isLoading } from '../support/chromium.js';
import { until } from '../support/until.js';

/** As long as OHIF's longest animation, that of a segment it turns to, looks the same while it begins. */
const framesAlike = 40;

/** For what nothing animates: what follows a response is drawn by then. */
export const fewFrames = 10;

/**
 * Looks at a page until it has settled: nothing is loaded any more, and `look` sees the same over so many frames that
 * the browser has drawn. Frames and not seconds: a slow machine draws few of them. So it can also be seen that
 * something has not come.
 */
export async function settled<Seen>(page: Page, look: () => Promise<Seen>, frames = framesAlike): Promise<Seen> {
  let [last, alike]: [string | undefined, number] = [undefined, 0];
  let volumesAreLoaded = false;
  return until(async () => {
    const now = await look();
    const text = JSON.stringify(now);
    alike = text === last && !isLoading(page) && volumesAreLoaded ? alike + 1 : 0;
    last = text;
    if (alike * framesBetween >= frames) return { now };
    volumesAreLoaded = await drawnFrames(page, framesBetween);
    return undefined;
  }).then(({ now }) => now);
}

const framesBetween = 5;

/**
 * Waits until the browser has drawn so many frames.
 * @returns whether cornerstone's volumes are whole: they are filled slice by slice after they are shown
 */
const drawnFrames = (page: Page, count: number): Promise<boolean> =>
  page.evaluate(async (frames) => {
    for (let frame = 0; frame < frames; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    const { cornerstone } = window as unknown as {
      cornerstone?: { cache: { getVolumes?(): readonly { loadStatus?: { loaded: boolean } }[] } };
    };
    return (cornerstone?.cache.getVolumes?.() ?? []).every(({ loadStatus }) => loadStatus?.loaded !== false);
  }, count);
