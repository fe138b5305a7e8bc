import type { RegionPrompt } from '../../../server/contract/imagePrompts.js';
import type { ClickListener, Place, PromptKind } from '../panel/host.js';
import { drawMark } from './drawMark.js';
import { keepOutOfMeasurements } from './keepOutOfMeasurements.js';
import { isUid, runningLibraries } from './libraries.js';
import type { CornerstoneLibraries, Managers, ToolGroup, Viewport } from './ohif.js';
import { viewportIds } from './showSegmentation.js';
import { startStrokes, strokeTools } from './strokeTools.js';
import { isBesideImages } from './viewPlane.js';

const clickTool = 'PromptsegClick';
const toolNames: Readonly<Record<PromptKind, string>> = { click: clickTool, ...strokeTools };
const kinds = Object.keys(toolNames) as PromptKind[];
/** A tool that the groups of stack and MPR views have, and that of 3-D views has not. */
const ofFlatViews = 'WindowLevel';

/** As `MouseEvent.button` says. */
const mainButton = 0;

export interface ClickTool {
  mark(prompts: readonly RegionPrompt[]): void;
  takeMouse(kind: PromptKind): void;
  /** Gives the mouse back to the tool before. */
  stop(): void;
}

/** A viewer of Cornerstone, as far as the tool needs it. */
export interface ClickedViewer {
  readonly tools: ClickedTools;
  readonly eventTarget: CornerstoneLibraries['cornerstone']['eventTarget'];
  /** Of the views that may be clicked on. */
  readonly groups: readonly ClickedGroup[];
  /** Stack and MPR views. */
  views(): readonly View[];
  /** Gives the primary mouse button to a tool. */
  activate(toolName: string, groups: readonly ClickedGroup[]): void;
  /** The reader works in this view now. */
  use(viewId: string): void;
}

export type ClickedTools = Pick<
  CornerstoneLibraries['cornerstoneTools'],
  | 'BaseTool'
  | 'PlanarFreehandROITool'
  | 'drawing'
  | 'addTool'
  | 'utilities'
  | 'annotation'
  | 'Enums'
  | 'cancelActiveManipulations'
>;

type ClickedGroup = Pick<
  ToolGroup,
  | 'id'
  | 'hasTool'
  | 'addTool'
  | 'addToolInstance'
  | 'getToolInstance'
  | 'getActivePrimaryMouseButtonTool'
  | 'setToolDisabled'
  | 'getViewportIds'
>;

/** What the tool shows and hears; one for all tool groups, which make an instance of the class each. */
let current: { marks: readonly RegionPrompt[]; readonly listener: ClickListener } | undefined;

/** OHIF, for {@link startClicks}; undefined where no view can be clicked on. */
export function startClickTool(managers: Managers, listener: ClickListener): ClickTool | undefined {
  const libraries = runningLibraries(managers);
  const groups = libraries?.cornerstoneTools.ToolGroupManager.getAllToolGroups() ?? [];
  const able = groups.filter((group) => group.hasTool(ofFlatViews));
  if (libraries === undefined || able.length === 0) return undefined;
  const { services } = managers.servicesManager;
  for (const name of Object.values(strokeTools)) keepOutOfMeasurements(managers, name);
  return startClicks(
    {
      tools: libraries.cornerstoneTools,
      eventTarget: libraries.cornerstone.eventTarget,
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
 * Tools of Cornerstone for clicks, scribbles and lassos in stack and MPR views. That for clicks reads the pointer
 * before Cornerstone reads the mouse: Cornerstone waits 0.4 s for a second click and takes two quick ones for a double
 * click, and in MPR views nobody hears of a mouse button with Shift.
 */
export function startClicks(viewer: ClickedViewer, listener: ClickListener): ClickTool {
  const { tools, groups } = viewer;
  register(tools);
  for (const group of groups) if (!group.hasTool(clickTool)) group.addTool(clickTool);
  const strokes = startStrokes(viewer, listener);
  const own = { marks: [] as readonly RegionPrompt[], listener };
  current = own;
  const before = new Map(groups.map((group) => [group, group.getActivePrimaryMouseButtonTool()]));
  const drawMarks = () => tools.utilities.triggerAnnotationRenderForViewportIds(viewer.views().map(({ id }) => id));

  const onPointerDown = (event: PointerEvent) => {
    const { view, kind } = viewUnder(viewer, event.target) ?? {};
    if (view === undefined || event.button !== mainButton) return;
    // A finger turns slices and zooms.
    if (event.pointerType === 'touch') return;
    // OHIF keeps the first press in a view from its tools: it makes the view the active one.
    event.stopImmediatePropagation();
    if (kind !== 'click') {
      viewer.use(view.id);
      return strokes.beginIn(view.viewport);
    }
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
    mark(prompts) {
      own.marks = prompts;
      drawMarks();
    },
    takeMouse: (kind) => viewer.activate(toolNames[kind], groups),
    stop() {
      document.removeEventListener('pointerdown', onPointerDown, { capture: true });
      document.removeEventListener('dblclick', onDoubleClick, { capture: true });
      strokes.hearNoMore();
      if (current !== own) return;
      current = undefined;
      for (const [group, usual] of before) {
        // Who took up another tool meanwhile keeps it.
        if (usual !== undefined && kindOf(usual) === undefined && kindOf(activeIn(group)) !== undefined)
          viewer.activate(usual, [group]);
        group.setToolDisabled(clickTool);
      }
      strokes.takeAway();
    },
  };
  tool.takeMouse('click');
  return tool;
}

const activeIn = (group: ClickedGroup): string | undefined => group.getActivePrimaryMouseButtonTool();
const kindOf = (toolName: string | undefined): PromptKind | undefined =>
  kinds.find((kind) => toolNames[kind] === toolName);

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
      const canvas = { drawing: tools.drawing, viewport, helper, toolName: clickTool };
      let isAny = false;
      for (const [number, mark] of (current?.marks ?? []).entries()) isAny = drawMark(canvas, mark, number) || isAny;
      return isAny;
    }
  }
  tools.addTool(PromptsegClick);
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

/** The view under the mouse, where one of the tools has it. */
function viewUnder(
  viewer: ClickedViewer,
  target: EventTarget | null,
): { readonly view: View; readonly kind: PromptKind } | undefined {
  const view = viewer
    .views()
    .find(({ viewport }) => target instanceof Node && viewport.element?.contains(target) === true);
  const group = viewer.groups.find((each) => view !== undefined && each.getViewportIds().includes(view.id));
  const kind = group && kindOf(activeIn(group));
  return view && kind && { view, kind };
}

function placeUnder(viewport: Viewport, { clientX, clientY }: MouseEvent) {
  const canvas = viewport.element?.querySelector('canvas');
  const { left, top } = canvas?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const [x, y, z] = Array.from(viewport.canvasToWorld?.([clientX - left, clientY - top]) ?? []);
  if (x === undefined || y === undefined || z === undefined) return undefined;
  const place: Place = [x, y, z];
  const uid = viewport.getFrameOfReferenceUID?.();
  return { place, isOutside: isBesideImages(viewport, place), ...(isUid(uid) && { frameOfReferenceUID: uid }) };
}
