import * as core from '@cornerstonejs/core';
import * as tools from '@cornerstonejs/tools';
import { type ClickedTools, type ClickedViewer, startClicks } from '../../../ohif/clickTool.js';
import { draftPainter } from '../../../ohif/draftLayer.js';
import type { Viewport } from '../../../ohif/ohif.js';
import type { ClickListener, DraftView } from '../../../panel/host.js';
import type { LabelmapImage, LoadedSegmentation } from './loadSegmentation.js';

/**
 * Takes clicks in the page's views, and draws what they make of a segment into its label maps, in place.
 * @param onEnd called after the segment was drawn as it was
 * @returns undefined where no view has the tools
 */
export function clickInPage(
  viewportIds: () => readonly string[],
  { seriesInstanceUID, layers }: Pick<LoadedSegmentation, 'seriesInstanceUID' | 'layers'>,
  segmentNumber: number,
  listener: ClickListener,
  onEnd: () => void = () => {},
): DraftView | undefined {
  const groups = groupsOf(viewportIds());
  if (groups.length === 0) return undefined;
  const tool = startClicks(clickedViewer(viewportIds, groups), listener);
  const paint = draftPainter();
  const homes = homesOf(layers, segmentNumber);
  const draw: DraftView['draw'] = (block) => {
    paint(layers.flat(), block, ({ sopInstanceUID, frameNumber = 1 }) => {
      const image = homes.get(`${sopInstanceUID} ${frameNumber}`);
      return image && { image, label: segmentNumber };
    });
    tools.segmentation.triggerSegmentationEvents.triggerSegmentationDataModified(seriesInstanceUID);
  };
  return {
    draw,
    mark: (prompts) => tool.mark(prompts),
    takeMouse: (kind) => tool.takeMouse(kind),
    stop: () => tool.stop(),
    end() {
      tool.stop();
      draw(undefined);
      onEnd();
    },
  };
}

type Group = NonNullable<ReturnType<typeof tools.ToolGroupManager.getToolGroup>>;

const groupsOf = (viewportIds: readonly string[]): readonly Group[] => [
  ...new Set(
    viewportIds.flatMap((id) => {
      const engine = core.getEnabledElementByViewportId(id)?.renderingEngineId;
      return tools.ToolGroupManager.getToolGroupForViewport(id, engine) ?? [];
    }),
  ),
];

function clickedViewer(viewportIds: () => readonly string[], groups: readonly Group[]): ClickedViewer {
  const binding = { bindings: [{ mouseButton: tools.Enums.MouseBindings.Primary }] };
  return {
    // Cornerstone's own types are wider in some places, and narrower in others, than what OHIF's bundle says.
    tools: {
      BaseTool: tools.BaseTool,
      PlanarFreehandROITool: tools.PlanarFreehandROITool,
      drawing: tools.drawing,
      addTool: tools.addTool,
      utilities: tools.utilities,
      annotation: tools.annotation,
      Enums: tools.Enums,
      cancelActiveManipulations: tools.cancelActiveManipulations,
    } as unknown as ClickedTools,
    eventTarget: core.eventTarget,
    groups,
    views: () =>
      viewportIds().flatMap((id) => {
        const viewport = core.getEnabledElementByViewportId(id)?.viewport;
        return viewport === undefined ? [] : { id, viewport: viewport as unknown as Viewport };
      }),
    activate(toolName, of) {
      for (const group of groups.filter(({ id }) => of.some((each) => each.id === id))) {
        const before = group.getActivePrimaryMouseButtonTool();
        if (before !== undefined && before !== toolName) group.setToolPassive(before);
        group.setToolActive(toolName, binding);
      }
    },
    use() {},
  };
}

/** For each image, the label map that the segment is in; of a segment without a voxel there, the first one. */
function homesOf(layers: LoadedSegmentation['layers'], segmentNumber: number): ReadonlyMap<string, LabelmapImage> {
  const homes = new Map<string, LabelmapImage>();
  const own = layers.find((images) => images.some((image) => holds(image, segmentNumber))) ?? layers[0] ?? [];
  for (const image of own) {
    const { sopInstanceUID } = core.metaData.get('generalImageModule', image.referencedImageId);
    const frameNumber = Number(/\/frames\/(\d+)/.exec(image.referencedImageId)?.[1] ?? 1);
    homes.set(`${sopInstanceUID} ${frameNumber}`, image);
  }
  return homes;
}

const holds = ({ voxelManager }: LabelmapImage, label: number): boolean => voxelManager.getScalarData().includes(label);
