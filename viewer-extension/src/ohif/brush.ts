import type { Brush } from '../panel/host.js';
import type { Managers, ToolbarButton } from './ohif.js';
import { viewportsDrawing } from './showSegmentation.js';

const brushTool = 'CircularBrush';

/** What is active in OHIF's modes where nothing else was chosen. */
const usualTool = 'WindowLevel';

/**
 * Makes a segment the one that OHIF's tools work on, locks the others, and takes up a brush of this size.
 * @returns false where the mode has no brush, or the segmentation is not drawn
 */
export function takeUpBrush(
  managers: Managers,
  segmentationId: string,
  segmentNumber: number,
  { radiusMm, lockOthers }: Brush,
): boolean {
  const { segmentationService } = managers.servicesManager.services;
  const [viewportId] = viewportsDrawing(managers.servicesManager.services, segmentationId);
  const toolGroupId = viewportId && toolGroupWith(brushTool, viewportId, managers);
  if (!viewportId || !toolGroupId) return false;
  lock(managers, segmentationId, (segment) => lockOthers && segment !== segmentNumber);
  segmentationService.setActiveSegmentation(viewportId, segmentationId);
  segmentationService.setActiveSegment(segmentationId, segmentNumber);
  managers.commandsManager.runCommand('setToolActiveToolbar', { toolName: brushTool, toolGroupIds: [toolGroupId] });
  managers.commandsManager.runCommand('setBrushSize', { value: radiusMm });
  showSize(managers, viewportId, radiusMm);
  return true;
}

/** Nothing is painted any more: a drag sets the window again. */
export function putDownBrush(managers: Managers, segmentationId: string): void {
  lock(managers, segmentationId, () => false);
  for (const viewportId of viewportsDrawing(managers.servicesManager.services, segmentationId)) {
    const toolGroupId = toolGroupWith(usualTool, viewportId, managers);
    if (toolGroupId !== undefined)
      managers.commandsManager.runCommand('setToolActiveToolbar', { toolName: usualTool, toolGroupIds: [toolGroupId] });
  }
}

function toolGroupWith(tool: string, viewportId: string, { servicesManager }: Managers): string | undefined {
  const toolGroup = servicesManager.services.toolGroupService.getToolGroupForViewport(viewportId);
  return toolGroup?.hasTool(tool) === true ? toolGroup.id : undefined;
}

function lock(
  { servicesManager: { services } }: Managers,
  segmentationId: string,
  isLocked: (segmentNumber: number) => boolean,
): void {
  const { segments = {} } = services.segmentationService.getSegmentation(segmentationId) ?? {};
  for (const { segmentIndex, locked = false } of Object.values(segments)) {
    if (locked !== isLocked(segmentIndex))
      services.segmentationService.setSegmentLocked(segmentationId, segmentIndex, !locked);
  }
}

/** OHIF's sliders begin with a size of their own, whatever the size of the brush is. */
function showSize({ servicesManager: { services } }: Managers, viewportId: string, radiusMm: number): void {
  const { toolbarService } = services;
  const buttons: readonly (ToolbarButton | undefined)[] = Object.values(toolbarService?.getButtons() ?? {});
  for (const option of buttons.flatMap((button) => button?.props?.options ?? []))
    if (option.id?.endsWith('-radius')) option.value = radiusMm;
  toolbarService?.refreshToolbarState({ viewportId });
}
