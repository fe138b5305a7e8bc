import type { ClickedOn, ClickListener, DraftView } from '../panel/host.js';
import { startClickTool } from './clickTool.js';
import { draftLayer } from './draftLayer.js';
import type { Edits } from './edits.js';
import { newLayer, newSegmentNumber } from './newLayer.js';
import type { DisplaySet, Managers } from './ohif.js';
import { findDisplaySet, viewportShowing } from './showSegmentation.js';

/** See `Host.refine`. */
export async function refine(
  managers: Managers,
  of: ClickedOn,
  listener: ClickListener,
  edits: Pick<Edits, 'hold'>,
): Promise<DraftView | undefined> {
  const { services } = managers.servicesManager;
  const displaySet = findDisplaySet(services, 'imageSeries' in of ? of.imageSeries : of.resultSeries);
  if (displaySet === undefined) return undefined;
  if ('imageSeries' in of) return clickOnImages(managers, displaySet, of, listener);
  return refineInPlace(managers, displaySet, of.segmentNumber, listener, edits);
}

/** A segment of a result that is shown. */
function refineInPlace(
  managers: Managers,
  displaySet: DisplaySet,
  segmentNumber: number,
  listener: ClickListener,
  edits: Pick<Edits, 'hold'>,
): DraftView | undefined {
  const tool = startClickTool(managers, listener);
  if (tool === undefined) return undefined;
  const layer = draftLayer(managers, displaySet, segmentNumber);
  const id = displaySet.displaySetInstanceUID;
  edits.hold(id, true);
  return {
    draw: (block) => layer.draw(block),
    mark: (prompts) => tool.mark(prompts),
    takeMouse: (kind) => tool.takeMouse(kind),
    stop: () => tool.stop(),
    end() {
      tool.stop();
      // The segmentation may have been taken out of the viewer.
      if (managers.servicesManager.services.displaySetService.getDisplaySetByUID(id) !== undefined)
        layer.draw(undefined);
      edits.hold(id, false);
    },
  };
}

/** Something new on images. Those that no view shows come into the active one. */
async function clickOnImages(
  managers: Managers,
  images: DisplaySet,
  look: Parameters<typeof newLayer>[2],
  listener: ClickListener,
): Promise<DraftView | undefined> {
  const { services } = managers.servicesManager;
  const active = services.viewportGridService.getActiveViewportId();
  if (viewportShowing(services, images.displaySetInstanceUID) === undefined && active)
    managers.commandsManager.runCommand('setDisplaySetsForViewports', {
      viewportsToUpdate: [{ viewportId: active, displaySetInstanceUIDs: [images.displaySetInstanceUID] }],
    });
  const layer = await newLayer(managers, images, look);
  await layer.show();
  const tool = startClickTool(managers, listener);
  if (tool === undefined) {
    layer.remove();
    return undefined;
  }
  const drawn = draftLayer(managers, layer.labelMaps, newSegmentNumber);
  return {
    draw(block) {
      drawn.draw(block);
      void layer.show();
    },
    mark: (prompts) => tool.mark(prompts),
    takeMouse: (kind) => tool.takeMouse(kind),
    stop: () => tool.stop(),
    end() {
      tool.stop();
      layer.remove();
    },
  };
}
