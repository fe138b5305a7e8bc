import { mostPoints } from '../../../server/contract/promptLimits.js';
import type { ClickListener, Place, PlacedStroke } from '../panel/host.js';
import { isUid } from './libraries.js';
import type { Annotation, CornerstoneLibraries, ToolGroup, Viewport } from './ohif.js';
import { isBesideImages } from './viewPlane.js';

/** Cornerstone's freehand line under names of ours, so that what it draws is no measurement. */
export const strokeTools = { scribble: 'PromptsegScribble', lasso: 'PromptsegLasso' } as const;
type StrokeKind = keyof typeof strokeTools;
const kinds = Object.keys(strokeTools) as StrokeKind[];

const asDrawn = {
  calculateStats: false,
  getTextLines: () => [],
  // Two points per voxel; those on a straight line are left out afterwards.
  subPixelResolution: 2,
  // Else a line that comes back to its start is closed there, and further moves of the mouse change it.
  closeContourProximity: 0,
};
const configurations = {
  scribble: { ...asDrawn, allowOpenContours: true },
  lasso: { ...asDrawn, allowOpenContours: false },
};

/** A line may be this far from the hand's, in pixels of the canvas; twice as far while it has too many points. */
const finest = 0.25;

type Tools = Pick<
  CornerstoneLibraries['cornerstoneTools'],
  'PlanarFreehandROITool' | 'addTool' | 'annotation' | 'Enums' | 'cancelActiveManipulations' | 'utilities'
>;

/** A viewer of Cornerstone, as far as strokes need it. */
export interface DrawnViewer {
  readonly tools: Tools;
  readonly eventTarget: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
  readonly groups: readonly Pick<ToolGroup, 'hasTool' | 'addToolInstance' | 'getToolInstance' | 'setToolDisabled'>[];
  views(): readonly { readonly viewport: Viewport }[];
}

export interface Strokes {
  /** The mouse was pressed in this view. */
  beginIn(viewport: Viewport): void;
  hearNoMore(): void;
  /** Takes away what is being drawn, and the tools. */
  takeAway(): void;
}

/** Adds Cornerstone's freehand line to the tool groups, for scribbles and lassos. Each is taken away once drawn. */
export function startStrokes({ tools, eventTarget, groups, views }: DrawnViewer, listener: ClickListener): Strokes {
  const { state } = tools.annotation;
  // Nothing happens if the viewer has it already.
  tools.addTool(tools.PlanarFreehandROITool);
  const { toolName: parent } = tools.PlanarFreehandROITool;
  let drawnIn: Viewport | undefined;
  for (const group of groups)
    for (const kind of kinds) {
      const name = strokeTools[kind];
      if (!group.hasTool(name)) group.addToolInstance(name, parent, configurations[kind]);
      Object.assign(group.getToolInstance(name), {
        // The viewer's undo is to know nothing of a line that is taken away.
        createMemo: () => {},
        acceptPreview: () => listener.onAccept(),
        rejectPreview: () => listener.onReject(),
      });
    }

  const onCompleted = (event: Event) => {
    const { annotation } = (event as CustomEvent<{ readonly annotation: Annotation }>).detail;
    const kind = kinds.find((each) => strokeTools[each] === annotation.metadata.toolName);
    if (kind === undefined) return;
    state.removeAnnotation(annotation.annotationUID);
    const stroke = drawnIn && strokeOf(annotation, kind, drawnIn, tools);
    if (stroke !== undefined) listener.onStroke(stroke);
  };
  const { ANNOTATION_COMPLETED } = tools.Enums.Events;
  eventTarget.addEventListener(ANNOTATION_COMPLETED, onCompleted);

  return {
    beginIn(viewport) {
      drawnIn = viewport;
    },
    hearNoMore: () => eventTarget.removeEventListener(ANNOTATION_COMPLETED, onCompleted),
    takeAway() {
      // One that is being drawn would still follow the mouse.
      for (const { viewport } of views()) if (viewport.element) tools.cancelActiveManipulations(viewport.element);
      const names: readonly string[] = Object.values(strokeTools);
      for (const { annotationUID, metadata } of [...state.getAllAnnotations()])
        if (names.includes(metadata.toolName)) state.removeAnnotation(annotationUID);
      for (const group of groups) for (const name of names) group.setToolDisabled(name);
    },
  };
}

function strokeOf(
  { metadata, data }: Annotation,
  kind: StrokeKind,
  viewport: Viewport,
  { utilities }: Tools,
): PlacedStroke | undefined {
  const places = (data.contour?.polyline ?? []).flatMap((point) => placeOf(point));
  const flat = places.map((place) => viewport.worldToCanvas?.(place));
  if (places.length < 3 || !flat.every((point) => point !== undefined)) return undefined;
  const outside = places.filter((place) => isBesideImages(viewport, place)).length;
  const { FrameOfReferenceUID } = metadata;
  return {
    kind,
    points: places.filter(isKeptOf(flat, utilities.math.polyline.decimate)),
    isOutside: kind === 'lasso' ? outside === places.length : outside > 0,
    ...(isUid(FrameOfReferenceUID) && { frameOfReferenceUID: FrameOfReferenceUID }),
  };
}

/** Whether the point at an index is one of the few that a line needs. */
function isKeptOf(
  flat: readonly (readonly [number, number])[],
  decimate: Tools['utilities']['math']['polyline']['decimate'],
): (_: unknown, index: number) => boolean {
  for (let epsilon = finest; ; epsilon *= 2) {
    // A closed line along itself would keep its ends alone, and a lasso has three corners.
    const kept = new Set([...decimate(flat, epsilon), flat[flat.length >> 1]!]);
    if (kept.size <= mostPoints) return (_, index) => kept.has(flat[index]!);
  }
}

/** In whole thousandths of a millimetre: more digits say nothing. */
function placeOf(point: ArrayLike<number>): readonly Place[] {
  const [x, y, z] = Array.from(point, (value) => Math.round(value * 1000) / 1000);
  return x === undefined || y === undefined || z === undefined ? [] : [[x, y, z]];
}
