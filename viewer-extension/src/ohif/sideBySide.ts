import { laterStrings } from '../client/laterStrings.js';
import type { SideBySide, SideToShow } from '../panel/host.js';
import { cross, vectorAt } from '../panel/vectors.js';
import { imagePlane } from './imagePlane.js';
import { isUid } from './libraries.js';
import { areParallel, LinkedScrolling, partnerOf, type Side, type Slice } from './linkedSlices.js';
import { createLooks } from './looks.js';
import type { DisplaySet, GridState, GridViewport, Managers } from './ohif.js';
import { frameNumberOf, sopInstanceUIDOf } from './segmentPixels.js';
import { createDisplaySet, findDisplaySet, removeLayer, showSegmentation, until } from './showSegmentation.js';

const texts = laterStrings.overTime;

/** Left and right. */
const sides = ['now', 'before'] as const satisfies readonly Side[];
const viewportOf = { now: 'promptseg-now', before: 'promptseg-before' } as const;

/** What Cornerstone says to a viewport's element. It does not bubble, but is seen on its way down to it. */
const newImage = 'CORNERSTONE_STACK_NEW_IMAGE';

/**
 * Lays out the viewer in two stacks: a series on the left, on the image that it was on, and one of another study on the
 * right, both with their results. What of the other study the viewer did not have is fetched.
 *
 * @param hold is called with the images that the panel stays with, and with nothing in the end
 * @param onEnd see `Host.sideBySide`
 * @throws Error with a sentence for people where OHIF cannot show one of them
 */
export async function showSideBySide(
  managers: Managers,
  hold: (images: DisplaySet | undefined) => void,
  now: SideToShow,
  before: SideToShow,
  onEnd: () => void,
): Promise<SideBySide> {
  const toShow = { now, before };
  const { services } = managers.servicesManager;
  const { viewportGridService: grid, cornerstoneViewportService, segmentationService, displaySetService } = services;
  const layOut = grid.setLayout?.bind(grid);
  const images = findDisplaySet(services, toShow.now.seriesInstanceUID);
  if (images === undefined || layOut === undefined) throw new Error(texts.notBeside);
  const hadBefore = new Set(displaySetService.getActiveDisplaySets());
  const { seriesInstanceUID } = toShow.before;
  const prior =
    findDisplaySet(services, seriesInstanceUID) ??
    (await createDisplaySet(managers, toShow.before).catch(() => {
      throw new Error(texts.priorNotInArchive);
    }));
  const shown: Readonly<Record<Side, DisplaySet>> = { now: images, before: prior };

  const looks = createLooks(managers);
  const look = looks.now();
  const saved = grid.getState();
  const viewport = (side: Side) => cornerstoneViewportService.getCornerstoneViewport(viewportOf[side]) ?? undefined;
  const isThere = (side: Side): boolean =>
    grid.getDisplaySetsUIDsForViewport(viewportOf[side])?.includes(shown[side].displaySetInstanceUID) === true;
  const isLaidOut = (): boolean => sides.every(isThere);
  const restore = async (): Promise<void> => {
    try {
      restoreLayout(managers, saved);
      await until(() => (sides.some(isThere) ? undefined : true), texts.notBeside);
    } finally {
      hold(undefined);
    }
    // The result before the images that it is drawn on.
    const result = findDisplaySet(services, toShow.before.resultSeries ?? '');
    if (result !== undefined && !hadBefore.has(result)) {
      await removeLayer(managers, result.displaySetInstanceUID);
      segmentationService.remove(result.displaySetInstanceUID);
      displaySetService.deleteDisplaySet(result.displaySetInstanceUID);
    }
    if (!hadBefore.has(prior)) displaySetService.deleteDisplaySet(prior.displaySetInstanceUID);
    if (look !== undefined) await looks.turnTo(look);
  };
  hold(images);
  try {
    layOut({
      numRows: 1,
      numCols: 2,
      activeViewportId: viewportOf.now,
      findOrCreateViewport: (position) => stackOf(sides[position] ?? 'now', shown, saved),
    });
    await until(
      () => (sides.every((side) => viewport(side)?.getCurrentImageId?.()) ? true : undefined),
      texts.notBeside,
    );
    if (look?.seriesInstanceUID === toShow.now.seriesInstanceUID) await looks.turnTo(look);
    for (const side of sides) await drawResult(managers, toShow[side]);
    // The reader may have changed the layout meanwhile.
    if (!isLaidOut()) throw new Error(texts.notBeside);
  } catch (error) {
    if (isLaidOut()) await restore();
    else hold(undefined);
    throw error;
  }

  const indexOf = (side: Side, imageId: string | undefined): number =>
    viewport(side)
      ?.getImageIds?.()
      .indexOf(imageId ?? '') ?? -1;
  let scrolling: LinkedScrolling | undefined;
  const onImage = (event: Event): void => {
    const { viewportId, imageId } = (event as CustomEvent<{ viewportId: string; imageId: string }>).detail;
    const side = sides.find((each) => viewportOf[each] === viewportId);
    const index = side === undefined ? -1 : indexOf(side, imageId);
    if (side !== undefined && index >= 0) scrolling?.shown(side, index);
  };
  document.addEventListener(newImage, onImage, { capture: true });
  const stop = (): void => {
    scrolling = undefined;
    document.removeEventListener(newImage, onImage, { capture: true });
    watch.unsubscribe();
  };
  const watch = grid.subscribe(grid.EVENTS.GRID_STATE_CHANGED, () => {
    if (isLaidOut()) return;
    stop();
    hold(undefined);
    onEnd();
  });

  return {
    hasOneFrame: isUid(frameOf(images)) && frameOf(images) === frameOf(prior),
    link(how) {
      scrolling = undefined;
      if (how === undefined) return;
      const [left, right] = sides.map((side) => slicesOf(shown[side], viewport(side)?.getImageIds?.() ?? []));
      if (left === undefined || right === undefined) throw new Error(texts.noPlaces);
      if (!areParallel(left[0]!, right[0]!)) throw new Error(texts.notParallel);
      const slices = { now: left, before: right };
      scrolling = new LinkedScrolling(
        (side, index) => partnerOf(side, index, slices, how),
        (side, index) => void viewport(side)?.setImageIdIndex?.(index),
      );
      const index = indexOf('now', viewport('now')?.getCurrentImageId?.());
      if (index >= 0) scrolling.lead('now', index);
    },
    async end() {
      stop();
      if (isLaidOut()) await restore();
    },
  };
}

/** A stack with the mouse's tools of OHIF's modes; the layers that the series had come with it. */
function stackOf(side: Side, shown: Readonly<Record<Side, DisplaySet>>, saved: GridState): GridViewport {
  const { displaySetInstanceUID } = shown[side];
  const drawn = [...saved.viewports.values()].find(
    ({ displaySetInstanceUIDs, viewportOptions }) =>
      displaySetInstanceUIDs?.[0] === displaySetInstanceUID && viewportOptions?.viewportType === 'stack',
  );
  const displaySetInstanceUIDs = drawn?.displaySetInstanceUIDs ?? [displaySetInstanceUID];
  return {
    displaySetInstanceUIDs,
    displaySetOptions: displaySetInstanceUIDs.map(() => ({})),
    viewportOptions: {
      viewportId: viewportOf[side],
      viewportType: 'stack',
      toolGroupId: 'default',
      allowUnmatchedView: true,
      initialImageOptions: { preset: 'middle' },
    },
  };
}

/** As the viewer's own button for one view goes back to several. */
function restoreLayout({ servicesManager: { services } }: Managers, saved: GridState): void {
  const { viewportGridService: grid } = services;
  const { numRows = 1, numCols = 1 } = saved.layout ?? {};
  const viewports = [...saved.viewports.values()];
  grid.setLayout?.({
    numRows,
    numCols,
    activeViewportId: saved.activeViewportId ?? null,
    layoutOptions: grid.getLayoutOptionsFromState?.(saved) ?? [],
    findOrCreateViewport: (position, positionId) =>
      viewports.find((each) => each.positionId === positionId) ?? viewports[position],
    isHangingProtocolLayout: saved.isHangingProtocolLayout ?? false,
  });
}

async function drawResult(managers: Managers, { studyInstanceUID, resultSeries }: SideToShow): Promise<void> {
  if (resultSeries === undefined) return;
  await showSegmentation(managers, { studyInstanceUID, seriesInstanceUID: resultSeries }, { openSource: false });
}

const frameOf = ({ instances }: DisplaySet): string | undefined => instances?.[0]?.FrameOfReferenceUID;

/** @returns undefined where one of the images does not say where it is */
function slicesOf({ instances = [] }: DisplaySet, imageIds: readonly string[]): readonly Slice[] | undefined {
  const byUid = new Map(instances.map((instance) => [instance.SOPInstanceUID, instance]));
  const slices = imageIds.flatMap((imageId): readonly Slice[] => {
    const instance = byUid.get(sopInstanceUIDOf(imageId) ?? '');
    const plane = instance && imagePlane(instance, frameNumberOf(imageId));
    if (instance === undefined || plane === undefined) return [];
    const { imagePositionPatient: corner, imageOrientationPatient: axes, pixelSpacing } = plane;
    const [along, down] = [vectorAt(axes, 0), vectorAt(axes, 3)];
    const [width, height] = [
      (((instance.Columns ?? 1) - 1) / 2) * pixelSpacing[1]!,
      (((instance.Rows ?? 1) - 1) / 2) * pixelSpacing[0]!,
    ];
    const at = (axis: number): number => corner[axis]! + along[axis]! * width + down[axis]! * height;
    return [{ centre: [at(0), at(1), at(2)], normal: cross(along, down) }];
  });
  return slices.length > 0 && slices.length === imageIds.length ? slices : undefined;
}
