import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlacedClick, PlacedStroke } from '../panel/host.js';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { type ClickTool, startClickTool } from './clickTool.js';
import type { Annotation, ToolGroup, ToolInstance, Viewport } from './ohif.js';

/** Just enough of a page: the listeners on the document, and nodes that contain others. */
class FakeNode {
  constructor(readonly children: readonly FakeNode[] = []) {}
  contains(other: FakeNode): boolean {
    return other === this || this.children.some((child) => child.contains(other));
  }
  querySelector(): { getBoundingClientRect(): object } {
    return { getBoundingClientRect: () => ({ left: 100, top: 50 }) };
  }
}

const canvas = new FakeNode();
const elsewhere = new FakeNode();
const heard = new Map<string, (event: unknown) => void>();
let ohif: ReturnType<typeof createFakeOhif>;
let active: string;
let tools: string[];
let clicks: PlacedClick[];
let strokes: PlacedStroke[];
let annotations: Annotation[];
let instances: Map<string, ToolInstance>;
let said: string[];
/** The browser was kept from sending the events of the mouse. */
let isPrevented: boolean;
let tool: ClickTool | undefined;

const group: ToolGroup = {
  id: 'default',
  hasTool: (name) => tools.includes(name),
  addTool: (name) => void tools.push(name),
  addToolInstance: (name, parent) => {
    tools.push(name);
    instances.set(name, {});
    said.push(`${name} is ${parent}`);
  },
  getToolInstance: (name) => instances.get(name)!,
  getActivePrimaryMouseButtonTool: () => active,
  setToolDisabled: (name) => void said.push(`${name} disabled`),
  getViewportIds: () => ['left'],
};
/** 10 × 10 × 1 voxels of 2 mm at z = 7, one pixel of the canvas per mm. */
const viewport: Viewport = {
  type: 'stack',
  element: new FakeNode([canvas]) as unknown as HTMLElement,
  canvasToWorld: ([x, y]) => [x, y, 7],
  worldToCanvas: ([x, y]) => [x, y],
  getFrameOfReferenceUID: () => '1.9',
  getCamera: () => ({ viewPlaneNormal: [0, 0, -1], focalPoint: [10, 10, 7] }),
  getImageData: () => ({
    dimensions: [10, 10, 1],
    spacing: [2, 2, 5],
    imageData: { worldToIndex: ([x, y, z]) => [x! / 2, y! / 2, (z! - 7) / 5] },
  }),
};

const pageOfBefore = { document: globalThis.document, Node: globalThis.Node, HTMLElement: globalThis.HTMLElement };
beforeEach(() => {
  Object.assign(globalThis, {
    Node: FakeNode,
    HTMLElement: FakeNode,
    document: {
      addEventListener: (name: string, listener: (event: unknown) => void) => heard.set(name, listener),
      removeEventListener: (name: string) => heard.delete(name),
    },
  });
  ohif = createFakeOhif();
  ohif.managers.servicesManager.services.cornerstoneViewportService.getCornerstoneViewport = (id) =>
    id === 'left' ? viewport : undefined;
  tools = ['WindowLevel'];
  active = 'WindowLevel';
  clicks = [];
  strokes = [];
  said = [];
  annotations = [];
  instances = new Map();
  ohif.cornerstoneTools = {
    ...ohif.cornerstoneTools,
    ToolGroupManager: { getAllToolGroups: () => [group] },
    annotation: {
      state: {
        getAllAnnotations: () => annotations,
        removeAnnotation: (uid) => (annotations = annotations.filter(({ annotationUID }) => annotationUID !== uid)),
      },
    },
    cancelActiveManipulations: () => said.push('drawing cancelled'),
  };
  tool = startClickTool(
    {
      ...ohif.managers,
      commandsManager: {
        runCommand: (_name: string, { toolName }: Readonly<Record<string, unknown>>) => (active = String(toolName)),
      },
    },
    {
      onClick: (click) => clicks.push(click),
      onStroke: (stroke) => strokes.push(stroke),
      onAccept: () => said.push('accepted'),
      onReject: () => said.push('rejected'),
    },
  );
});
afterEach(() => {
  tool?.stop();
  Object.assign(globalThis, pageOfBefore);
});

/** Presses the mouse; whether the viewer is kept from hearing of it. */
function press(x: number, y: number, change: Partial<PointerEvent> = {}, target = canvas): boolean {
  let isKept = false;
  isPrevented = false;
  heard.get('pointerdown')?.({
    target,
    button: 0,
    pointerType: 'mouse',
    shiftKey: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    clientX: 100 + x,
    clientY: 50 + y,
    stopImmediatePropagation: () => (isKept = true),
    preventDefault: () => (isPrevented = true),
    ...change,
  });
  return isKept;
}

describe('a click in a view', () => {
  it('is in the patient’s coordinates, and the viewer hears nothing of it', () => {
    expect(press(4, 6)).toBe(true);
    expect(press(8, 6, { shiftKey: true })).toBe(true);
    const common = { frameOfReferenceUID: '1.9', isOutside: false };
    expect(clicks).toEqual([
      { ...common, place: [4, 6, 7], isOpposite: false },
      { ...common, place: [8, 6, 7], isOpposite: true },
    ]);
  });

  it('beside the images is called so', () => {
    press(-3, 6);
    press(4, 19.5);
    expect(clicks.map(({ isOutside }) => isOutside)).toEqual([true, true]);
  });

  it('is the viewer’s with another button or a finger, beside the views, and while another tool has the mouse', () => {
    expect(press(4, 6, { button: 2 })).toBe(false);
    expect(press(4, 6, { pointerType: 'touch' })).toBe(false);
    expect(press(4, 6, {}, elsewhere)).toBe(false);
    active = 'Length';
    expect(press(4, 6)).toBe(false);
    tool!.takeMouse('click');
    expect(press(4, 6)).toBe(true);
    expect(clicks).toHaveLength(1);
  });

  it('is none after the end, and the tool before has the mouse', () => {
    said = [];
    tool!.stop();
    const disabled = ['PromptsegClick', 'PromptsegScribble', 'PromptsegLasso'].map((name) => `${name} disabled`);
    expect(active).toBe('WindowLevel');
    expect(said).toEqual([disabled[0], 'drawing cancelled', ...disabled.slice(1)]);
    expect(press(4, 6)).toBe(false);
  });

  it('leaves the mouse to a tool that was taken up meanwhile', () => {
    active = 'Length';
    tool!.stop();
    expect(active).toBe('Length');
  });
});

describe('the tool of Cornerstone', () => {
  const made = () => new ohif.toolClasses[0]!({}) as Record<string, (...given: unknown[]) => unknown>;

  it('marks clicks on the slice that is shown, with a sign each', () => {
    tool!.mark([
      { kind: 'click', place: [4, 6, 7], part: true },
      { kind: 'click', place: [4, 6, 12], part: true },
      { kind: 'click', place: [8, 6, 9], part: false },
    ]);
    expect(ohif.calls).toEqual(['marks in left']);
    expect(made().renderAnnotation!({ viewport }, {})).toBe(true);
    expect(ohif.calls.slice(1)).toEqual([
      'circle at 4,6',
      'line 0 across',
      'line 0 down',
      'circle at 8,6',
      'line 2 across',
    ]);
    tool!.mark([]);
    expect(made().renderAnnotation!({ viewport }, {})).toBe(false);
  });

  it('draws scribbles and lassos on their slices, closed or not, from a sign on', () => {
    const line = [
      [4, 6, 7],
      [8, 6, 7],
    ] as const;
    const through = [line[0], [4, 6, 12]] as const;
    tool!.mark([
      { kind: 'scribble', line, part: true },
      { kind: 'scribble', line: through, part: true },
      { kind: 'lasso', outline: [...line, [8, 9, 7]], part: false },
    ]);
    expect(made().renderAnnotation!({ viewport }, {})).toBe(true);
    const closed = '4,6 8,6 8,9 4,6';
    expect(ohif.calls.slice(1)).toEqual([
      ...['0 edge over 4,6 8,6', '0 line over 4,6 8,6', 'circle at 4,6', 'line 0 across', 'line 0 down'],
      ...[`2 edge over ${closed}`, `2 line over ${closed}`, 'circle at 4,6', 'line 2 across'],
    ]);
  });

  it('has OHIF’s Enter and Escape, whatever has the mouse', () => {
    said = [];
    made().acceptPreview!();
    made().rejectPreview!();
    for (const { acceptPreview, rejectPreview } of instances.values()) {
      acceptPreview!();
      rejectPreview!();
    }
    expect(said).toEqual(Array.from({ length: 3 }, () => ['accepted', 'rejected']).flat());
  });
});

describe('a scribble or lasso in a view', () => {
  const drawn = ([x, y]: readonly [number, number]) => [x + 0.00049, y, 7];
  const path = [
    [4, 6],
    [5, 6],
    [8, 6],
    [8, 9],
  ] as const;

  function draw(toolName: string, points: readonly (readonly [number, number])[] = path, frame = '1.9'): void {
    const annotation: Annotation = {
      annotationUID: `${annotations.length}`,
      metadata: { toolName, FrameOfReferenceUID: frame },
      data: { contour: { polyline: points.map(drawn) } },
    };
    annotations.push(annotation);
    ohif.eventTarget.dispatchEvent(Object.assign(new Event('completed'), { detail: { annotation } }));
  }

  it('is the viewer’s own freehand line, in the patient’s coordinates, and is taken away once it is drawn', () => {
    expect(said).toEqual(['PromptsegScribble is PlanarFreehandROI', 'PromptsegLasso is PlanarFreehandROI']);
    tool!.takeMouse('lasso');
    expect(active).toBe('PromptsegLasso');
    // OHIF does not hear of the press, and Cornerstone gets the mouse.
    expect([press(4, 6), isPrevented]).toEqual([true, false]);
    draw('PromptsegLasso');
    const points = path.map(([x, y]) => [x, y, 7]);
    expect(strokes).toEqual([{ kind: 'lasso', points, isOutside: false, frameOfReferenceUID: '1.9' }]);
    tool!.takeMouse('scribble');
    press(4, 6);
    draw('PromptsegScribble', path, 'made-up-by-the-viewer');
    expect(strokes[1]).toEqual({ kind: 'scribble', points, isOutside: false });
    expect([clicks, annotations]).toEqual([[], []]);
  });

  it('has no more points than it needs, and no more than a request may have', () => {
    ohif.cornerstoneTools.utilities.math.polyline.decimate = (points, epsilon) =>
      points.filter((_, n) => n % Math.round(8 * epsilon) === 0);
    tool!.takeMouse('scribble');
    press(4, 6);
    draw(
      'PromptsegScribble',
      Array.from({ length: 3000 }, (_, n) => [n / 300, 6]),
    );
    expect(strokes[0]!.points.length).toBeGreaterThan(700);
    expect(strokes[0]!.points.length).toBeLessThanOrEqual(1000);
    expect(strokes[0]!.points[0]).toEqual([0, 6, 7]);
  });

  it('beside the images is called so: of a lasso only where all of it is there', () => {
    const across = [...path, [30, 6]] as const;
    tool!.takeMouse('scribble');
    press(4, 6);
    draw('PromptsegScribble', across);
    draw('PromptsegLasso', across);
    draw(
      'PromptsegLasso',
      across.map(([x, y]) => [x + 100, y]),
    );
    expect(strokes.map(({ isOutside }) => isOutside)).toEqual([true, false, true]);
  });

  it('of the reader’s own tools stays, and none is heard of after the end', () => {
    tool!.takeMouse('lasso');
    press(4, 6);
    draw('PlanarFreehandROI');
    expect([strokes.length, annotations.length]).toEqual([0, 1]);
    tool!.stop();
    expect(active).toBe('WindowLevel');
    draw('PromptsegLasso');
    expect(strokes).toEqual([]);
  });
});
