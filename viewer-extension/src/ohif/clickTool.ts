import type { ClickPrompt } from '../../../server/contract/imagePrompts.js';
import type { ClickListener, Place } from '../panel/host.js';
import { isUid, runningLibraries } from './libraries.js';
import type { CornerstoneLibraries, Managers, ToolGroup, Viewport } from './ohif.js';
import { viewportIds } from './showSegmentation.js';

const clickTool = 'PromptsegClick';
/** A tool that the groups of stack and MPR views have, and that of 3-D views has not. */
const ofFlatViews = 'WindowLevel';

/** As `MouseEvent.button` says. */
const mainButton = 0;

type Mark = Pick<ClickPrompt, 'place' | 'part'>;

export interface ClickTool {
  mark(clicks: readonly Mark[]): void;
  takeMouse(): void;
  /** Gives the mouse back to the tool before. */
  stop(): void;
}

/** A viewer of Cornerstone, as far as the tool needs it. */
export interface ClickedViewer {
  readonly tools: Pick<CornerstoneLibraries['cornerstoneTools'], 'BaseTool' | 'drawing' | 'addTool' | 'utilities'>;
  /** Of the views that may be clicked on. */
  readonly groups: readonly ClickedGroup[];
  /** Stack and MPR views. */
  views(): readonly View[];
  /** Gives the primary mouse button to a tool. */
  activate(toolName: string, groups: readonly ClickedGroup[]): void;
  /** The reader works in this view now. */
  use(viewId: string): void;
}

type ClickedGroup = Pick<
  ToolGroup,
  'id' | 'hasTool' | 'addTool' | 'getActivePrimaryMouseButtonTool' | 'setToolDisabled' | 'getViewportIds'
>;

/** What the tool shows and hears; one for all tool groups, which make an instance of the class each. */
let current: { marks: readonly Mark[]; readonly listener: ClickListener } | undefined;

/** OHIF, for {@link startClicks}; undefined where no view can be clicked on. */
export function startClickTool(managers: Managers, listener: ClickListener): ClickTool | undefined {
  const libraries = runningLibraries(managers);
  const groups = libraries?.cornerstoneTools.ToolGroupManager.getAllToolGroups() ?? [];
  const able = groups.filter((group) => group.hasTool(ofFlatViews));
  if (libraries === undefined || able.length === 0) return undefined;
  const { services } = managers.servicesManager;
  return startClicks(
    {
      tools: libraries.cornerstoneTools,
      groups: able,
      views: () => flatViews(managers),
      activate: (toolName, of) =>
        managers.commandsManager.runCommand('setToolActiveToolbar', { toolName, toolGroupIds: of.map(({ id }) => id) }),
      use: (id) => services.viewportGridService.setActiveViewportId(id),
    },
    listener,
  );
}

/**
 * A tool of Cornerstone for clicks in stack and MPR views. It reads the pointer before Cornerstone reads the mouse:
 * Cornerstone waits 0.4 s for a second click and takes two quick ones for a double click, and in MPR views nobody hears
 * of a mouse button with Shift.
 */
export function startClicks(viewer: ClickedViewer, listener: ClickListener): ClickTool {
  const { tools, groups } = viewer;
  register(tools);
  for (const group of groups) if (!group.hasTool(clickTool)) group.addTool(clickTool);
  const own = { marks: [] as readonly Mark[], listener };
  current = own;
  const before = new Map(groups.map((group) => [group, group.getActivePrimaryMouseButtonTool()]));
  const drawMarks = () => tools.utilities.triggerAnnotationRenderForViewportIds(viewer.views().map(({ id }) => id));

  const onPointerDown = (event: PointerEvent) => {
    const view = viewUnder(viewer, event.target);
    // A finger turns slices and zooms.
    if (view === undefined || event.button !== mainButton || event.pointerType === 'touch') return;
    event.stopImmediatePropagation();
    // No events of the mouse follow, and none takes the focus out of a text, where the panel's keys mean letters.
    event.preventDefault();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    viewer.use(view.id);
    const placed = placeUnder(view.viewport, event);
    if (placed !== undefined) listener.onClick({ ...placed, isOpposite: isOpposite(event) });
  };
  /** OHIF enlarges a view at a double click. */
  const onDoubleClick = (event: MouseEvent) => {
    if (viewUnder(viewer, event.target) !== undefined) event.stopImmediatePropagation();
  };
  document.addEventListener('pointerdown', onPointerDown, { capture: true });
  document.addEventListener('dblclick', onDoubleClick, { capture: true });

  const tool: ClickTool = {
    mark(clicks) {
      own.marks = clicks;
      drawMarks();
    },
    takeMouse: () => viewer.activate(clickTool, groups),
    stop() {
      document.removeEventListener('pointerdown', onPointerDown, { capture: true });
      document.removeEventListener('dblclick', onDoubleClick, { capture: true });
      if (current !== own) return;
      current = undefined;
      for (const [group, usual] of before) {
        // Who took up another tool meanwhile keeps it.
        if (usual !== undefined && usual !== clickTool && group.getActivePrimaryMouseButtonTool() === clickTool)
          viewer.activate(usual, [group]);
        group.setToolDisabled(clickTool);
      }
    },
  };
  tool.takeMouse();
  return tool;
}

const isOpposite = (event: MouseEvent): boolean => event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;

const registered = new WeakSet<object>();

/** Makes the class, of the running viewer's base class: Cornerstone calls it for every view that is drawn. */
function register(tools: ClickedViewer['tools']): void {
  if (registered.has(tools.BaseTool)) return;
  registered.add(tools.BaseTool);
  class PromptsegClick extends tools.BaseTool {
    static override toolName = clickTool;

    constructor(toolProps: object) {
      super(toolProps, { supportedInteractionTypes: ['Mouse'], configuration: {} });
    }

    /** OHIF's Enter and Escape. */
    acceptPreview(): void {
      current?.listener.onAccept();
    }
    rejectPreview(): void {
      current?.listener.onReject();
    }

    renderAnnotation({ viewport }: { readonly viewport: Viewport }, helper: object): boolean {
      const here = current?.marks.map((mark, number) => ({ mark, number })).filter(({ mark }) => isOn(viewport, mark));
      for (const { mark, number } of here ?? []) drawMark(tools.drawing, viewport, helper, mark, number);
      return (here?.length ?? 0) > 0;
    }
  }
  tools.addTool(PromptsegClick);
}

const radius = 8;
const arm = 4;

/** A disc with a sign; its outline keeps it apart from any image. */
function drawMark(
  drawing: CornerstoneLibraries['cornerstoneTools']['drawing'],
  viewport: Viewport,
  helper: object,
  { place, part }: Mark,
  number: number,
): void {
  const center = viewport.worldToCanvas?.([...place]);
  if (center === undefined) return;
  const [x, y] = center;
  const fill = part ? '#15803d' : '#b91c1c';
  drawing.drawCircle(helper, clickTool, `${number}`, center, radius, { color: '#ffffff', fill, width: 1.5 });
  const sign = { color: '#ffffff', width: 2 };
  drawing.drawLine(helper, clickTool, `${number} across`, [x - arm, y], [x + arm, y], sign);
  if (part) drawing.drawLine(helper, clickTool, `${number} down`, [x, y - arm], [x, y + arm], sign);
}

/** Whether a place is on the slice that a view shows: less than half a voxel away. */
function isOn(viewport: Viewport, { place }: Mark): boolean {
  const { viewPlaneNormal, focalPoint } = viewport.getCamera?.() ?? {};
  const imageData = viewport.getImageData?.()?.imageData;
  if (viewPlaneNormal === undefined || focalPoint === undefined || imageData === undefined) return false;
  const away = [0, 1, 2].reduce((sum, axis) => sum + viewPlaneNormal[axis]! * (place[axis]! - focalPoint[axis]!), 0);
  const onPlane = place.map((value, axis) => value - away * viewPlaneNormal[axis]!);
  const [own, nearest] = [imageData.worldToIndex([...place]), imageData.worldToIndex(onPlane)];
  return [0, 1, 2].every((axis) => Math.abs(own[axis]! - nearest[axis]!) <= 0.501);
}

interface View {
  readonly id: string;
  readonly viewport: Viewport;
}

const flatViews = (managers: Managers): readonly View[] => {
  const { services } = managers.servicesManager;
  return viewportIds(services).flatMap((id) => {
    const viewport = services.cornerstoneViewportService.getCornerstoneViewport(id);
    return viewport?.element === undefined || viewport.type === 'volume3d' ? [] : { id, viewport };
  });
};

/** The view under the mouse, where the tool has it. */
function viewUnder(viewer: ClickedViewer, target: EventTarget | null): View | undefined {
  const view = viewer
    .views()
    .find(({ viewport }) => target instanceof Node && viewport.element?.contains(target) === true);
  const group = viewer.groups.find((each) => view !== undefined && each.getViewportIds().includes(view.id));
  return group?.getActivePrimaryMouseButtonTool() === clickTool ? view : undefined;
}

function placeUnder(viewport: Viewport, { clientX, clientY }: MouseEvent) {
  const canvas = viewport.element?.querySelector('canvas');
  const { left, top } = canvas?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const [x, y, z] = Array.from(viewport.canvasToWorld?.([clientX - left, clientY - top]) ?? []);
  if (x === undefined || y === undefined || z === undefined) return undefined;
  const place: Place = [x, y, z];
  const images = viewport.getImageData?.();
  const index = images?.imageData.worldToIndex([...place]);
  const isOutside =
    index !== undefined && images!.dimensions.some((size, axis) => index[axis]! < -0.5 || index[axis]! > size - 0.5);
  const uid = viewport.getFrameOfReferenceUID?.();
  return { place, isOutside, ...(isUid(uid) && { frameOfReferenceUID: uid }) };
}
