import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PlacedClick } from '../panel/host.js';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { type ClickTool, startClickTool } from './clickTool.js';
import type { ToolGroup, Viewport } from './ohif.js';

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
let said: string[];
let tool: ClickTool | undefined;

const group: ToolGroup = {
  id: 'default',
  hasTool: (name) => tools.includes(name),
  addTool: (name) => void tools.push(name),
  addToolInstance: () => undefined,
  getToolInstance: () => ({}),
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
  said = [];
  ohif.cornerstoneTools = { ...ohif.cornerstoneTools, ToolGroupManager: { getAllToolGroups: () => [group] } };
  tool = startClickTool(
    {
      ...ohif.managers,
      commandsManager: {
        runCommand: (_name: string, { toolName }: Readonly<Record<string, unknown>>) => (active = String(toolName)),
      },
    },
    {
      onClick: (click) => clicks.push(click),
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
    preventDefault: () => undefined,
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
    tool!.takeMouse();
    expect(press(4, 6)).toBe(true);
    expect(clicks).toHaveLength(1);
  });

  it('is none after the end, and the tool before has the mouse', () => {
    tool!.stop();
    expect([active, said]).toEqual(['WindowLevel', ['PromptsegClick disabled']]);
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
      { place: [4, 6, 7], part: true },
      { place: [4, 6, 12], part: true },
      { place: [8, 6, 9], part: false },
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

  it('has OHIF’s Enter and Escape', () => {
    made().acceptPreview!();
    made().rejectPreview!();
    expect(said).toEqual(['accepted', 'rejected']);
  });
});
