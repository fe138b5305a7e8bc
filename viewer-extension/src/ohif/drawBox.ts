import type { DrawnBox, Place } from '../panel/host.js';
import { keepOutOfMeasurements } from './keepOutOfMeasurements.js';
import { isUid, runningLibraries } from './libraries.js';
import type { Annotation, CornerstoneLibraries, Managers } from './ohif.js';
import { viewportIds } from './showSegmentation.js';

/** OHIF's rectangle under a name of ours, so that what it draws is no measurement. */
const boxTool = 'PromptsegBox';
/** OHIF registers its class in every mode, but in its segmentation mode no tool group has it. */
const rectangleTool = 'RectangleROI';
/** A tool that the groups of stack and MPR views have, and that of 3-D views has not. */
const ofFlatViews = 'WindowLevel';

/** As `MouseEvent.button` says. */
const mainButton = 0;

/** See `Host.drawBox`. All tool groups draw boxes, since a reader may change the layout before drawing. */
export function drawBox(managers: Managers, onBox: (box: DrawnBox) => void): (() => void) | undefined {
  const libraries = runningLibraries(managers);
  const groups = libraries?.cornerstoneTools.ToolGroupManager.getAllToolGroups() ?? [];
  const able = groups.filter((group) => group.hasTool(ofFlatViews));
  if (libraries === undefined || able.length === 0) return undefined;

  keepOutOfMeasurements(managers, boxTool);
  const { eventTarget } = libraries.cornerstone;
  const { Events } = libraries.cornerstoneTools.Enums;
  const before = new Map(able.map((group) => [group, group.getActivePrimaryMouseButtonTool()]));
  for (const group of able) {
    if (!group.hasTool(boxTool)) {
      group.addToolInstance(boxTool, rectangleTool, { getTextLines: () => [] });
      // The viewer's undo is to know nothing of a rectangle that is taken away.
      group.getToolInstance(boxTool).createMemo = () => {};
    }
  }
  activate(managers, boxTool, able);

  const onChange = (event: Event) => {
    const { annotation } = (event as CustomEvent<{ readonly annotation: Annotation }>).detail;
    if (annotation.metadata.toolName !== boxTool) return;
    removeBoxes(libraries, managers, ({ annotationUID }) => annotationUID !== annotation.annotationUID);
    const box = boxOf(annotation);
    if (box !== undefined) onBox(box);
  };
  const events = [Events.ANNOTATION_COMPLETED, Events.ANNOTATION_MODIFIED];
  for (const event of events) eventTarget.addEventListener(event, onChange);

  const { services } = managers.servicesManager;
  const { cornerstoneViewportService, viewportGridService } = services;
  /** OHIF keeps the first press in a view from its tools: it makes the view the active one. */
  const onPointerDown = (event: PointerEvent) => {
    const { target } = event;
    const pressed = viewportIds(services).find(
      (id) =>
        target instanceof Node &&
        cornerstoneViewportService.getCornerstoneViewport(id)?.element?.contains(target) === true,
    );
    const group = able.find((each) => pressed !== undefined && each.getViewportIds().includes(pressed));
    if (pressed === undefined || group?.getActivePrimaryMouseButtonTool() !== boxTool || event.button !== mainButton)
      return;
    event.stopImmediatePropagation();
    viewportGridService.setActiveViewportId(pressed);
  };
  document.addEventListener('pointerdown', onPointerDown, { capture: true });

  return () => {
    document.removeEventListener('pointerdown', onPointerDown, { capture: true });
    for (const event of events) eventTarget.removeEventListener(event, onChange);
    for (const id of viewportIds(services)) {
      const element = cornerstoneViewportService.getCornerstoneViewport(id)?.element;
      // One that is being drawn would still follow the mouse.
      if (element) libraries.cornerstoneTools.cancelActiveManipulations(element);
    }
    removeBoxes(libraries, managers, () => true);
    for (const [group, tool] of before) {
      // Who took up another tool meanwhile keeps it.
      if (tool !== undefined && tool !== boxTool && group.getActivePrimaryMouseButtonTool() === boxTool)
        activate(managers, tool, [group]);
      group.setToolDisabled(boxTool);
    }
  };
}

const activate = (managers: Managers, toolName: string, groups: readonly { readonly id: string }[]): unknown =>
  managers.commandsManager.runCommand('setToolActiveToolbar', { toolName, toolGroupIds: groups.map(({ id }) => id) });

function removeBoxes(
  { cornerstoneTools }: CornerstoneLibraries,
  { servicesManager: { services } }: Managers,
  isRemoved: (annotation: Annotation) => boolean,
): void {
  const { state } = cornerstoneTools.annotation;
  const boxes = state.getAllAnnotations().filter(({ metadata }) => metadata.toolName === boxTool);
  const removed = boxes.filter(isRemoved);
  for (const { annotationUID } of removed) state.removeAnnotation(annotationUID);
  if (removed.length === 0) return;
  for (const id of viewportIds(services)) services.cornerstoneViewportService.getCornerstoneViewport(id)?.render?.();
}

function boxOf({ metadata, data }: Annotation): DrawnBox | undefined {
  const points = data.handles?.points ?? [];
  const [first, last, normal] = [points[0], points.at(-1), metadata.viewPlaneNormal].map(placeOf);
  if (first === undefined || last === undefined || normal === undefined) return undefined;
  const { FrameOfReferenceUID } = metadata;
  return {
    corners: [first, last],
    normal,
    ...(isUid(FrameOfReferenceUID) && { frameOfReferenceUID: FrameOfReferenceUID }),
  };
}

function placeOf(values: ArrayLike<number> | undefined): Place | undefined {
  const [x, y, z] = Array.from(values ?? []);
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}
