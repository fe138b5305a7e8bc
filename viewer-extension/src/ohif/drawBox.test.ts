import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DrawnBox } from '../panel/host.js';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { drawBox } from './drawBox.js';
import type { Annotation, ToolGroup } from './ohif.js';

let ohif: ReturnType<typeof createFakeOhif>;
let annotations: Annotation[];
let boxes: DrawnBox[];
/** Tools of the one tool group, and the one that has the mouse. */
let tools: string[];
let active: string;

const group: ToolGroup = {
  id: 'mpr',
  hasTool: (name) => tools.includes(name),
  addTool: (name) => void tools.push(name),
  addToolInstance: (name) => void tools.push(name),
  getToolInstance: () => ({}),
  getActivePrimaryMouseButtonTool: () => active,
  setToolDisabled: () => undefined,
  getViewportIds: () => ['left'],
};

class FakeNode {}
const canvas = new FakeNode();
const pageOfBefore = { document: globalThis.document, Node: globalThis.Node };
/** What the tool hears of the page. */
let heard: Map<string, (event: unknown) => void>;
/** The view that OHIF was asked to make the active one. */
let inUse: string | undefined;
afterEach(() => void Object.assign(globalThis, pageOfBefore));

beforeEach(() => {
  heard = new Map();
  inUse = undefined;
  Object.assign(globalThis, {
    Node: FakeNode,
    document: {
      addEventListener: (name: string, listener: (event: unknown) => void) => heard.set(name, listener),
      removeEventListener: (name: string) => heard.delete(name),
    },
  });
  ohif = createFakeOhif();
  const { viewportGridService, cornerstoneViewportService } = ohif.managers.servicesManager.services;
  viewportGridService.setActiveViewportId = (id) => {
    inUse = id;
  };
  cornerstoneViewportService.getCornerstoneViewport = (id) =>
    (id === 'left' ? { element: { contains: (node: unknown) => node === canvas } } : undefined) as never;
  annotations = [];
  boxes = [];
  tools = ['WindowLevel', 'Length'];
  active = 'WindowLevel';
  ohif.cornerstoneTools = {
    ...ohif.cornerstoneTools,
    ToolGroupManager: { getAllToolGroups: () => [group] },
    annotation: {
      state: {
        getAllAnnotations: () => annotations,
        removeAnnotation: (uid) => (annotations = annotations.filter(({ annotationUID }) => annotationUID !== uid)),
      },
    },
  };
});

const begin = () => drawBox(managers(), (box) => boxes.push(box));
const managers = () => ({
  ...ohif.managers,
  commandsManager: {
    runCommand: (_name: string, { toolName }: Readonly<Record<string, unknown>>) => (active = String(toolName)),
  },
});

function draw(annotationUID: string, toolName: string, FrameOfReferenceUID = '1.2.9'): void {
  const points = [[-80, -40, 1052], [-20, -40, 1052], [-80, 30, 1052], new Float32Array([-20, 30, 1052])];
  const annotation: Annotation = {
    annotationUID,
    metadata: { toolName, viewPlaneNormal: [0, 0, -1], FrameOfReferenceUID },
    data: { handles: { points } },
  };
  annotations.push(annotation);
  ohif.eventTarget.dispatchEvent(Object.assign(new Event('completed'), { detail: { annotation } }));
}

describe('a box in OHIF', () => {
  it('is OHIF’s rectangle under another name, in the patient’s coordinates', () => {
    begin();
    expect(active).toBe('PromptsegBox');
    draw('1', 'PromptsegBox');
    const corners = [
      [-80, -40, 1052],
      [-20, 30, 1052],
    ];
    expect(boxes).toEqual([{ corners, normal: [0, 0, -1], frameOfReferenceUID: '1.2.9' }]);
  });

  it('states no frame of reference where the images have none', () => {
    begin();
    draw('1', 'PromptsegBox', 'made-up-by-the-viewer');
    expect(boxes[0]).not.toHaveProperty('frameOfReferenceUID');
  });

  it('is the only one, and no measurement of the reader goes with it', () => {
    draw('mine', 'RectangleROI');
    const end = begin();
    draw('1', 'PromptsegBox');
    draw('2', 'PromptsegBox');
    draw('length', 'Length');
    const uids = () => annotations.map(({ annotationUID }) => annotationUID);
    expect([boxes.length, uids()]).toEqual([2, ['mine', '2', 'length']]);
    end!();
    expect([active, uids()]).toEqual(['WindowLevel', ['mine', 'length']]);
    draw('3', 'PromptsegBox');
    expect(boxes).toHaveLength(2);
  });

  it('leaves the mouse to a tool that was taken up meanwhile', () => {
    const end = begin();
    active = 'Length';
    end!();
    expect(active).toBe('Length');
  });

  it('begins with the first press in a view, which OHIF would keep from its tools', () => {
    const end = begin();
    const press = (change: object = {}) => {
      inUse = undefined;
      let isKept = false;
      const stopImmediatePropagation = () => {
        isKept = true;
      };
      heard.get('pointerdown')?.({ target: canvas, button: 0, stopImmediatePropagation, ...change });
      return [inUse, isKept];
    };
    expect(press()).toEqual(['left', true]);
    expect(press({ button: 2 })).toEqual([undefined, false]);
    expect(press({ target: new FakeNode() })).toEqual([undefined, false]);
    active = 'Length';
    expect(press()).toEqual([undefined, false]);
    end!();
    expect(heard.size).toBe(0);
  });

  it('cannot be drawn in a mode without rectangles', () => {
    tools = ['TrackballRotate'];
    expect(begin()).toBeUndefined();
  });
});
