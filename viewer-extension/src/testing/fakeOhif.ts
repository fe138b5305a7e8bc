import type { CornerstoneLibraries, DisplaySet, LabelmapImage, Managers, Services, ToolClass } from '../ohif/ohif.js';
import { storedResult } from './jobs.js';

export const ct: DisplaySet = {
  displaySetInstanceUID: 'ct',
  StudyInstanceUID: '1.2.3',
  SeriesInstanceUID: '1.2.3.4',
  Modality: 'CT',
  SeriesDescription: 'Chest',
  numImageFrames: 102,
};

/** A label map of 2 × 2 pixels on the one image. */
export const image = (imageId: string, labels: readonly number[]): LabelmapImage => ({
  imageId,
  referencedImageId: 'wadors:/dicom-web/studies/1.2.3/series/1.2.3.4/instances/1.2.3.4.1/frames/1',
  rows: 2,
  columns: 2,
  voxelManager: { getScalarData: () => Uint8Array.from(labels) },
});

interface FakeOhif {
  /** What was asked of OHIF, in order. */
  readonly calls: string[];
  displaySets: DisplaySet[];
  /** What each viewport shows. */
  viewports: Map<string, string[]>;
  active: string | null;
  /** As "viewport|segmentation" */
  readonly drawn: Set<string>;
  /** Segments that are not drawn, as "viewport|segmentation|segment". */
  readonly hidden: Set<string>;
  overlapping: boolean;
  /** Segment 1 on all four pixels, in a group of its own; segments 2 and 3 over it. */
  readonly groups: LabelmapImage[][];
  readonly segmentation: NonNullable<ReturnType<Services['segmentationService']['getSegmentation']>>;
  /** What Cornerstone made beside what was loaded, by image id. */
  readonly cached: Map<string, LabelmapImage>;
  style: ReturnType<Services['segmentationService']['getStyle']>;
  viewportType: string;
  /** Of the image that is shown. */
  imageId: string | undefined;
  tools: string[];
  readonly eventTarget: EventTarget;
  cornerstoneTools: CornerstoneLibraries['cornerstoneTools'];
  readonly toolClasses: ToolClass[];
  readonly listeners: Map<string, (payload: unknown) => void>;
  loadFails: Error | undefined;
  /** So many layers are lost after they were added. */
  dropsLayers: number;
  /** The display set of the stored result, with what `groups` and `overlapping` say now. */
  seg(): DisplaySet;
  readonly managers: Managers;
}

/**
 * OHIF 3.13.2 as far as it matters here: its cache of metadata, its layers, and the display set that fetching creates.
 */
export function createFakeOhif(): FakeOhif {
  const cached = new Set(['archive:1.2.3']);
  const pubSub = {
    EVENTS: new Proxy({}, { get: (_, name) => name }) as never,
    subscribe: (event: string, listener: (payload: unknown) => void) => {
      ohif.listeners.set(event, listener);
      return { unsubscribe() {} };
    },
  };
  const ohif: FakeOhif = {
    calls: [],
    displaySets: [ct],
    viewports: new Map([
      ['left', ['other']],
      ['right', ['ct']],
    ]),
    active: 'left',
    drawn: new Set(),
    hidden: new Set(),
    overlapping: false,
    groups: [[image('a', [1, 1, 1, 1])], [image('b', [2, 0, 3, 0])]],
    segmentation: {
      segments: {
        1: { segmentIndex: 1, label: 'Body' },
        2: { segmentIndex: 2, label: 'Bone' },
        3: { segmentIndex: 3, label: 'Lung' },
      },
      representationData: {
        Labelmap: {
          imageIds: ['a', 'b'],
          labelmaps: { 'seg-storage-0': { labelmapId: 'seg-storage-0', storageKind: 'stack', imageIds: ['a', 'b'] } },
        },
      },
    },
    cached: new Map(),
    style: {},
    viewportType: 'stack',
    imageId: undefined,
    tools: ['CircularBrush'],
    eventTarget: new EventTarget(),
    cornerstoneTools: {
      ToolGroupManager: { getAllToolGroups: () => [] },
      annotation: { state: { getAllAnnotations: () => [], removeAnnotation() {} } },
      Enums: { Events: { ANNOTATION_COMPLETED: 'completed', ANNOTATION_MODIFIED: 'modified' } },
      cancelActiveManipulations() {},
      BaseTool: Object.assign(class {}, { toolName: 'Base' }),
      PlanarFreehandROITool: Object.assign(class {}, { toolName: 'PlanarFreehandROI' }),
      drawing: {
        drawCircle: (_helper, _annotation, _circle, center) => ohif.calls.push(`circle at ${center}`),
        drawLine: (_helper, _annotation, line) => ohif.calls.push(`line ${line}`),
        drawPolyline: (_helper, _annotation, line, points) => ohif.calls.push(`${line} over ${points.join(' ')}`),
      },
      addTool: (toolClass) => ohif.toolClasses.push(toolClass),
      utilities: {
        triggerAnnotationRenderForViewportIds: (ids) => ohif.calls.push(`marks in ${ids}`),
        math: { polyline: { decimate: (points) => points } },
      },
      segmentation: {
        triggerSegmentationEvents: {
          triggerSegmentationDataModified: (id) => ohif.calls.push(`data of ${id}`),
        },
      },
    },
    toolClasses: [],
    listeners: new Map(),
    loadFails: undefined,
    dropsLayers: 0,
    seg: () => ({
      displaySetInstanceUID: 'seg',
      StudyInstanceUID: '1.2.3',
      SeriesInstanceUID: storedResult.seriesInstanceUID,
      Modality: 'SEG',
      referencedDisplaySetInstanceUID: 'ct',
      labelMapImages: ohif.groups,
      overlappingSegments: ohif.overlapping,
      load: async ({ headers }) => {
        ohif.calls.push(`load with ${headers.Authorization}`);
        if (ohif.loadFails) throw ohif.loadFails;
      },
    }),
    managers: {
      servicesManager: {
        services: {
          displaySetService: {
            ...pubSub,
            getActiveDisplaySets: () => ohif.displaySets,
            getDisplaySetByUID: (uid) => ohif.displaySets.find((set) => set.displaySetInstanceUID === uid),
            deleteDisplaySet: (uid) =>
              (ohif.displaySets = ohif.displaySets.filter((set) => set.displaySetInstanceUID !== uid)),
          },
          viewportGridService: {
            ...pubSub,
            getActiveViewportId: () => ohif.active,
            getDisplaySetsUIDsForViewport: (id) => ohif.viewports.get(id),
            setActiveViewportId: (id) => (ohif.active = id),
            getState: () => ({
              viewports: new Map(
                [...ohif.viewports].map(([id, displaySetInstanceUIDs]) => [
                  id,
                  { displaySetInstanceUIDs, displaySetOptions: [], viewportOptions: {} },
                ]),
              ),
            }),
          },
          segmentationService: {
            ...pubSub,
            getSegmentationRepresentations: (id, filter) =>
              [...ohif.drawn]
                .map((key) => key.split('|'))
                .filter(([viewport, seg]) => viewport === id && (!filter || seg === filter.segmentationId))
                .map(([, segmentationId]) => ({
                  segmentationId: segmentationId!,
                  type: 'Labelmap',
                  segments: Object.fromEntries(
                    [1, 2, 3].map((segmentIndex) => [
                      segmentIndex,
                      { segmentIndex, visible: !ohif.hidden.has(`${id}|${segmentationId}|${segmentIndex}`) },
                    ]),
                  ),
                })),
            createLabelmapForDisplaySet: async (images, { label }) => {
              ohif.calls.push(`label map of ${images.displaySetInstanceUID}: ${label}`);
              return 'new';
            },
            setSegmentColor: (...of) => ohif.calls.push(`colour ${of.join(' ')}`),
            getSegmentation: () => ohif.segmentation,
            setSegmentVisibility: (id, segmentationId, segment, visible) => {
              ohif.hidden[visible ? 'delete' : 'add'](`${id}|${segmentationId}|${segment}`);
            },
            setActiveSegmentation: (...of) => ohif.calls.push(`active segmentation ${of.join(' ')}`),
            setActiveSegment: (...of) => ohif.calls.push(`active segment ${of.join(' ')}`),
            getStyle: () => ohif.style,
            setStyle: ({ segmentationId }, style) => {
              ohif.calls.push(`style of ${segmentationId}`);
              ohif.style = style;
            },
            setSegmentLocked: (_, segment, isLocked) => {
              Object.assign(ohif.segmentation.segments[segment]!, { locked: isLocked });
            },
            remove: (id) => {
              ohif.calls.push(`remove ${id}`);
              ohif.drawn.clear();
            },
            addSegmentationRepresentation: async (id, { segmentationId }) => {
              ohif.calls.push(`represent ${segmentationId} in ${id}`);
              ohif.drawn.add(`${id}|${segmentationId}`);
            },
            jumpToSegmentCenter: (...to) => ohif.calls.push(`jump ${to.join(' ')}`),
          },
          cornerstoneViewportService: {
            getCornerstoneViewport: () => ({
              type: ohif.viewportType,
              getCurrentImageId: () => ohif.imageId,
              jumpToWorld: (to) => ohif.calls.push(`look at ${to}`),
            }),
          },
          toolGroupService: {
            getToolGroupForViewport: () => ({ id: 'default', hasTool: (name) => ohif.tools.includes(name) }),
          },
          hangingProtocolService: { getProtocolById: () => undefined, addProtocol() {} },
          panelService: { getPanels: () => [], addPanel: (...to) => ohif.calls.push(`panel ${to.join(' ')}`) },
          userAuthenticationService: { getAuthorizationHeader: () => ({ Authorization: 'Bearer token' }) },
        },
      },
      commandsManager: {
        runCommand(name, options) {
          ohif.calls.push(`${name} ${JSON.stringify(options)}`);
          if (name === 'addDisplaySetAsLayer' && ohif.dropsLayers-- <= 0)
            ohif.drawn.add(`${options.viewportId}|${options.displaySetInstanceUID}`);
          if (name === 'removeDisplaySetLayer') {
            // OHIF's grid knows a moment later.
            setTimeout(() => ohif.viewports.set(String(options.viewportId), ['ct']), 20);
          }
          if (name === 'setDisplaySetsForViewports') ohif.viewports.set('left', ['ct']);
        },
      },
      extensionManager: {
        getModuleEntry: () => ({
          exports: {
            getCornerstoneLibraries: () => ({
              cornerstone: {
                cache: {
                  getImage: (imageId) => ohif.cached.get(imageId),
                  removeImageLoadObject: (imageId) => void ohif.cached.delete(imageId),
                },
                eventTarget: ohif.eventTarget,
              },
              cornerstoneTools: ohif.cornerstoneTools,
            }),
          },
        }),
        getActiveDataSource: () => [
          {
            getConfig: () => ({ name: 'archive' }),
            deleteStudyMetadataPromise: (key) => cached.delete(key),
            retrieve: {
              series: {
                async metadata({ StudyInstanceUID, filters }) {
                  const key = `archive:${StudyInstanceUID}`;
                  if (cached.has(key)) return;
                  cached.add(key);
                  ohif.calls.push(`metadata ${filters.seriesInstanceUID.join()}`);
                  setTimeout(() => ohif.displaySets.push(ohif.seg()));
                },
              },
            },
          },
        ],
      },
    },
  };
  return ohif;
}
