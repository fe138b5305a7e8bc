import { strings } from '../client/strings.js';
import type { Look, Looks } from '../panel/host.js';
import type { DisplaySet, Managers, Viewport } from './ohif.js';
import { frameNumberOf, sopInstanceUIDOf } from './segmentPixels.js';
import { until } from './showSegmentation.js';

/** What Cornerstone says to a viewport's element. They do not bubble, but are seen on their way down to it. */
const events = ['CORNERSTONE_STACK_NEW_IMAGE', 'CORNERSTONE_VOLUME_NEW_IMAGE', 'CORNERSTONE_VOI_MODIFIED'];

/** What the active viewport of OHIF shows. */
export function createLooks({ servicesManager: { services }, commandsManager }: Managers): Looks {
  const { viewportGridService, displaySetService, cornerstoneViewportService } = services;

  const active = (): { readonly id: string; readonly viewport: Viewport } | undefined => {
    const id = viewportGridService.getActiveViewportId();
    const viewport = id ? cornerstoneViewportService.getCornerstoneViewport(id) : undefined;
    return id && viewport ? { id, viewport } : undefined;
  };
  /** A series may be spread over several display sets. */
  const holding = (sopInstanceUID: string): DisplaySet | undefined =>
    displaySetService
      .getActiveDisplaySets()
      .find(({ instances }) => instances?.some((instance) => instance.SOPInstanceUID === sopInstanceUID));

  return {
    now() {
      const viewport = active()?.viewport;
      const imageId = viewport?.getCurrentImageId?.();
      const sopInstanceUID = imageId && sopInstanceUIDOf(imageId);
      const shown = sopInstanceUID ? holding(sopInstanceUID) : undefined;
      if (viewport === undefined || !imageId || !sopInstanceUID || shown === undefined) return undefined;
      const window = chosenWindow(viewport);
      return {
        seriesInstanceUID: shown.SeriesInstanceUID,
        sopInstanceUID,
        frameNumber: frameNumberOf(imageId),
        ...(window && { window }),
      };
    },
    async turnTo(look) {
      const displaySet = await until(() => holding(look.sopInstanceUID), strings.show.notDrawn);
      const { id } = await until(active, strings.show.notDrawn);
      const { displaySetInstanceUID } = displaySet;
      if (!viewportGridService.getDisplaySetsUIDsForViewport(id)?.includes(displaySetInstanceUID)) {
        commandsManager.runCommand('setDisplaySetsForViewports', {
          viewportsToUpdate: [{ viewportId: id, displaySetInstanceUIDs: [displaySetInstanceUID] }],
        });
      }
      // OHIF turns to an image and sets a window too, once it has loaded the series: the last word is this one.
      let kept = 0;
      await until(() => {
        const viewport = active()?.viewport;
        if (viewport === undefined) return undefined;
        // No stack: planes through a volume, which no study is opened with.
        if (viewport.setImageIdIndex === undefined) return true;
        kept = isOn(viewport, look) ? kept + 1 : 0;
        if (kept === 0) put(viewport, look);
        return kept === looksAlike ? true : undefined;
      }, strings.show.notDrawn);
    },
    subscribe(listener) {
      for (const event of events) document.addEventListener(event, listener, { capture: true });
      return () => {
        for (const event of events) document.removeEventListener(event, listener, { capture: true });
      };
    },
  };
}

/** So many looks in a row, 30 ms apart, have to find what was asked for. */
const looksAlike = 5;

const isImage = (imageId: string, { sopInstanceUID, frameNumber = 1 }: Look): boolean =>
  sopInstanceUIDOf(imageId) === sopInstanceUID && frameNumberOf(imageId) === frameNumber;

function isOn(viewport: Viewport, look: Look): boolean {
  const imageId = viewport.getCurrentImageId?.();
  const range = viewport.getProperties?.().voiRange;
  const { window = range } = look;
  // A stack that is loading names the image already.
  const isLoaded = viewport.getCornerstoneImage === undefined || viewport.getCornerstoneImage() !== undefined;
  return (
    imageId !== undefined &&
    isLoaded &&
    isImage(imageId, look) &&
    range?.lower === window?.lower &&
    range?.upper === window?.upper
  );
}

function put(viewport: Viewport, look: Look): void {
  const place = viewport.getImageIds?.().findIndex((imageId) => isImage(imageId, look)) ?? -1;
  if (place < 0 || viewport.getCornerstoneImage?.() === undefined) return;
  void viewport.setImageIdIndex?.(place);
  if (look.window !== undefined) viewport.setProperties?.({ voiRange: look.window });
  viewport.render?.();
}

/** The window of a viewport, unless it is the one that the image names (PS3.3 section C.11.2.1.2). */
function chosenWindow(viewport: Viewport): Look['window'] {
  // OHIF names an image before its pixels are there, and until then its window is null.
  const range = viewport.getProperties?.().voiRange ?? undefined;
  if (range === undefined) return undefined;
  const { windowCenter, windowWidth } = viewport.getCornerstoneImage?.() ?? {};
  const [center, width] = [[windowCenter].flat()[0], [windowWidth].flat()[0]];
  if (center === undefined || width === undefined) return range;
  const { lower, upper } = range;
  const end = center + width / 2;
  const isNamed = near(lower, center - width / 2) && (near(upper, end) || near(upper, end - 1));
  return isNamed ? undefined : { lower, upper };
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-3 * Math.max(1, Math.abs(b));
