import type { ClickListener, DraftView } from '../panel/host.js';
import { startClickTool } from './clickTool.js';
import { draftLayer } from './draftLayer.js';
import type { Edits } from './edits.js';
import type { DisplaySet, Managers } from './ohif.js';

/** See `Host.refine`. */
export function refineInPlace(
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
    mark: (clicks) => tool.mark(clicks),
    takeMouse: () => tool.takeMouse(),
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
