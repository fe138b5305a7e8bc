/**
 * The part of OHIF 3.13's managers and services that this extension touches. OHIF publishes no types on npm; these are
 * written from its documentation (docs.ohif.org) and from its published bundle.
 */

/**
 * Attributes of an image by keyword, as far as they concern its position. A sequence with one item may arrive as the
 * item.
 */
export interface ImageInstance extends PlaneAttributes {
  readonly SOPInstanceUID: string;
  readonly SOPClassUID?: string;
  readonly ImageType?: string | readonly string[];
  readonly Rows?: number;
  readonly Columns?: number;
  readonly BitsAllocated?: number;
  readonly NumberOfFrames?: number;
  readonly FrameOfReferenceUID?: string;
  readonly SharedFunctionalGroupsSequence?: Sequence<FunctionalGroups>;
  readonly PerFrameFunctionalGroupsSequence?: Sequence<FunctionalGroups>;
}

export type Sequence<Item> = Item | readonly Item[];

interface PlaneAttributes {
  readonly ImagePositionPatient?: readonly number[];
  readonly ImageOrientationPatient?: readonly number[];
  readonly PixelSpacing?: readonly number[];
}

export interface FunctionalGroups {
  readonly PlanePositionSequence?: Sequence<PlaneAttributes>;
  PlaneOrientationSequence?: Sequence<PlaneAttributes>;
  readonly PixelMeasuresSequence?: Sequence<PlaneAttributes>;
}

export interface LabelmapImage {
  readonly imageId: string;
  /** The image that it is on. */
  readonly referencedImageId: string;
  readonly rows: number;
  readonly columns: number;
  /** One label per pixel, row by row. */
  readonly voxelManager: { getScalarData(): Uint8Array | Uint16Array };
}

export interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly Modality?: string;
  readonly SeriesDescription?: string;
  readonly numImageFrames?: number;
  /** Of a derived display set (SEG, RTSTRUCT): the images that it was drawn on. */
  readonly referencedDisplaySetInstanceUID?: string | null;
  /** The first series that it refers to. */
  readonly referencedSeriesInstanceUID?: string;
  readonly isReconstructable?: boolean;
  readonly FrameOfReferenceUID?: string;
  readonly instances?: readonly (ImageInstance & { readonly BodyPartExamined?: string })[];
  /**
   * Of a SEG that was loaded: its label maps, in groups whose segments do not overlap; every group covers all images.
   */
  readonly labelMapImages?: readonly (readonly LabelmapImage[])[];
  readonly overlappingSegments?: boolean;
  /** Of a derived display set: reads and parses its instance; harmless when called again. */
  readonly load?: (options: { readonly headers: Readonly<Record<string, string>> }) => Promise<unknown>;
}

export interface Subscription {
  unsubscribe(): void;
}

interface PubSub<EventName extends string> {
  readonly EVENTS: Readonly<Record<EventName, string>>;
  subscribe(event: string, listener: (payload: unknown) => void): Subscription;
}

export interface DisplaySetService extends PubSub<'DISPLAY_SETS_ADDED' | 'DISPLAY_SETS_REMOVED'> {
  getActiveDisplaySets(): readonly DisplaySet[];
  getDisplaySetByUID(displaySetInstanceUID: string): DisplaySet | undefined;
  deleteDisplaySet(displaySetInstanceUID: string): void;
}

export interface ViewportGridService extends PubSub<'ACTIVE_VIEWPORT_ID_CHANGED' | 'GRID_STATE_CHANGED'> {
  getActiveViewportId(): string | null;
  getDisplaySetsUIDsForViewport(viewportId: string): readonly string[] | undefined;
  setActiveViewportId(viewportId: string): void;
  getState(): GridState;
  getLayoutOptionsFromState?(state: GridState): readonly object[];
  setLayout?(layout: {
    readonly numRows: number;
    readonly numCols: number;
    readonly activeViewportId?: string | null;
    readonly layoutOptions?: readonly object[];
    /** @param positionId column and row as "0-1", or what the layout options say */
    findOrCreateViewport(position: number, positionId: string): GridViewport | undefined;
    readonly isHangingProtocolLayout?: boolean;
  }): void;
}

/** What a viewport of the grid shows, and how. */
export interface GridViewport {
  readonly displaySetInstanceUIDs: readonly string[];
  readonly displaySetOptions: readonly object[];
  readonly viewportOptions: Readonly<Record<string, unknown>>;
  readonly positionId?: string;
}

export interface GridState {
  readonly viewports: ReadonlyMap<string, GridViewport>;
  readonly activeViewportId?: string | null;
  readonly layout?: { readonly numRows: number; readonly numCols: number };
  readonly isHangingProtocolLayout?: boolean;
}

/** A layer of Cornerstone 5: label maps of which each covers one image. */
interface LabelmapLayer {
  readonly labelmapId: string;
  readonly storageKind: 'stack' | 'volume';
  readonly imageIds?: readonly string[];
  readonly referencedImageIds?: readonly string[];
}

/** How Cornerstone holds the label maps of a segmentation. Cornerstone before 5.0 has no layers. */
export interface LabelmapData {
  readonly imageIds?: readonly string[];
  readonly referencedImageIds?: readonly string[];
  labelmaps?: Record<string, LabelmapLayer>;
  primaryLabelmapId?: string;
  segmentBindings?: Record<number, { readonly labelmapId: string; readonly labelValue: number }>;
}

/** A segmentation that is in a viewport. */
export interface Representation {
  readonly segmentationId: string;
  readonly type: 'Labelmap' | 'Surface';
  readonly segments: Readonly<Record<number, { readonly segmentIndex: number; readonly visible: boolean }>>;
}

interface StyleSpecifier {
  readonly segmentationId: string;
  readonly type: 'Labelmap';
}

/** Of the segmentation that is active in its viewport, and of the others. */
interface LabelmapStyle {
  readonly fillAlpha?: number;
  readonly fillAlphaInactive?: number;
  readonly renderOutline?: boolean;
  readonly renderOutlineInactive?: boolean;
}

export interface SegmentationService
  extends PubSub<
    | 'SEGMENTATION_REPRESENTATION_MODIFIED'
    | 'SEGMENTATION_REPRESENTATION_REMOVED'
    | 'SEGMENTATION_REMOVED'
    | 'SEGMENTATION_DATA_MODIFIED'
  > {
  /** Of a segmentation that was loaded from a SEG, the id is the display set's `displaySetInstanceUID`. */
  getSegmentation(segmentationId: string):
    | {
        readonly segments: Readonly<
          Record<number, { readonly segmentIndex: number; readonly label: string; readonly locked?: boolean }>
        >;
        readonly representationData: { readonly Labelmap?: LabelmapData };
      }
    | undefined;
  /** An empty segmentation on the images of a display set. @returns its id */
  createLabelmapForDisplaySet(
    displaySet: DisplaySet,
    options: {
      readonly label: string;
      readonly segments: Readonly<Record<number, { readonly label: string; readonly active: boolean }>>;
    },
  ): Promise<string>;
  getSegmentationRepresentations(
    viewportId: string,
    filter?: { readonly segmentationId: string },
  ): readonly Representation[];
  addSegmentationRepresentation(
    viewportId: string,
    representation: { readonly segmentationId: string; readonly type: 'Labelmap' },
  ): Promise<unknown>;
  /** @param type of the representation; a viewport may hold a label map and a surface */
  setSegmentVisibility(
    viewportId: string,
    segmentationId: string,
    segmentIndex: number,
    isVisible: boolean,
    type: 'Labelmap' | 'Surface',
  ): void;
  /** Red, green, blue, alpha: 0–255. */
  setSegmentColor(viewportId: string, segmentationId: string, segmentIndex: number, colour: readonly number[]): void;
  setActiveSegmentation(viewportId: string, segmentationId: string): void;
  setActiveSegment(segmentationId: string, segmentIndex: number): void;
  getStyle(specifier: StyleSpecifier): LabelmapStyle;
  setStyle(specifier: StyleSpecifier, style: LabelmapStyle): void;
  /** No tool changes the voxels of a locked segment. */
  setSegmentLocked(segmentationId: string, segmentIndex: number, isLocked: boolean): void;
  jumpToSegmentCenter(segmentationId: string, segmentIndex: number, viewportId: string): void;
  /** Takes it out of all viewports and out of memory. */
  remove(segmentationId: string): void;
}

/** A viewport of Cornerstone; what is optional, those of some kinds lack. */
export interface Viewport {
  readonly type: string;
  readonly element?: HTMLElement;
  getCurrentImageId?(): string | undefined;
  getImageIds?(): readonly string[];
  /** Turns to the slice nearest to a point, LPS mm. */
  jumpToWorld?(position: readonly [number, number, number]): unknown;
  /** Of a stack. */
  setImageIdIndex?(index: number): Promise<unknown>;
  getProperties?(): { readonly voiRange?: { readonly lower: number; readonly upper: number } | null | undefined };
  setProperties?(properties: { readonly voiRange: { readonly lower: number; readonly upper: number } }): void;
  /** Of a stack: the image on screen, with the windows that it names. */
  getCornerstoneImage?():
    | { readonly windowCenter: number | readonly number[]; readonly windowWidth: number | readonly number[] }
    | undefined;
  render?(): void;
  /** Canvas pixels and the patient's coordinates (LPS, mm). */
  canvasToWorld?(place: readonly [number, number]): ArrayLike<number>;
  worldToCanvas?(place: readonly [number, number, number]): readonly [number, number];
  getFrameOfReferenceUID?(): string | undefined;
  getCamera?(): { readonly viewPlaneNormal?: ArrayLike<number>; readonly focalPoint?: ArrayLike<number> };
  /** The images that are shown. */
  getImageData?():
    | {
        readonly dimensions: readonly [number, number, number];
        readonly spacing: readonly number[];
        readonly imageData: { worldToIndex(place: readonly number[]): ArrayLike<number> };
      }
    | undefined;
}

export interface CornerstoneViewportService {
  getCornerstoneViewport(viewportId: string): Viewport | undefined | null;
}

export interface ToolGroupService {
  getToolGroupForViewport(viewportId: string): { readonly id: string; hasTool(toolName: string): boolean } | undefined;
}

export interface ToolbarButton {
  readonly props?: {
    /** Settings of a tool, as the size of a brush. Written to, they are shown so. */
    readonly options?: readonly { readonly id?: string; value?: unknown }[];
  };
}

export interface ToolbarService {
  getButtons(): Readonly<Record<string, ToolbarButton | undefined>>;
  refreshToolbarState(changed: { readonly viewportId: string }): void;
}

export interface PanelService {
  getPanels(position: 'left' | 'right'): readonly { readonly id: string }[];
  addPanel(position: 'left' | 'right', panelId: string): void;
}

export interface UserAuthenticationService {
  getAuthorizationHeader(): Readonly<Record<string, string>> | undefined;
}

export interface DataSource {
  getConfig(): { readonly name?: string };
  deleteStudyMetadataPromise(key: string): void;
  readonly retrieve: {
    /**
     * Retrieves a multi-frame instance as a whole; if it returns nothing, frames are requested one by one. Absent in
     * OHIF before 3.13.
     */
    prefetchInstanceFrames?: (asked: { readonly instance?: ImageInstance }) => unknown;
    readonly series: {
      metadata(query: {
        readonly StudyInstanceUID: string;
        readonly filters: { readonly seriesInstanceUID: readonly string[] };
      }): Promise<unknown>;
    };
  };
}

export interface ProtocolViewport {
  readonly viewportOptions: Readonly<Record<string, unknown>>;
  readonly displaySets: readonly unknown[];
}

/** How a study is laid out when it is opened. */
export interface HangingProtocol {
  readonly id: string;
  readonly stages: readonly { readonly viewports: readonly ProtocolViewport[] }[];
  /** Of viewports that are added later. */
  readonly defaultViewport?: ProtocolViewport;
}

export interface HangingProtocolService {
  /** Throws if there is none. */
  getProtocolById(id: string): HangingProtocol | undefined;
  addProtocol(id: string, protocol: HangingProtocol): void;
}

/** OHIF's list of measurements. */
export interface MeasurementService {
  getSource(name: string, version: string): object | undefined;
  /** @param toMeasurement what becomes of an annotation of a tool; none if it returns nothing */
  addMapping(
    source: object,
    toolName: string,
    matchingCriteria: readonly object[],
    toAnnotation: () => void,
    toMeasurement: () => undefined,
  ): void;
}

export interface Services {
  readonly measurementService?: MeasurementService;
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
  readonly segmentationService: SegmentationService;
  readonly cornerstoneViewportService: CornerstoneViewportService;
  readonly toolGroupService: ToolGroupService;
  readonly toolbarService?: ToolbarService;
  readonly panelService: PanelService;
  readonly hangingProtocolService: HangingProtocolService;
  readonly userAuthenticationService: UserAuthenticationService;
}

interface Command {
  readonly commandFn: (options: Readonly<Record<string, unknown>>) => unknown;
}

export interface CommandsManager {
  runCommand(name: string, options: Readonly<Record<string, unknown>>): unknown;
  getCommand?(name: string, context: string): Command | undefined;
  registerCommand?(context: string, name: string, command: Command): void;
}

/** A rectangle or freehand line of Cornerstone's tools. */
export interface Annotation {
  readonly annotationUID: string;
  readonly metadata: {
    readonly toolName: string;
    readonly viewPlaneNormal?: ArrayLike<number>;
    readonly FrameOfReferenceUID?: string;
  };
  /** Points in the patient's coordinates, in mm; of a rectangle the first and the last are opposite corners. */
  readonly data: {
    readonly handles?: { readonly points?: readonly ArrayLike<number>[] };
    /** Of a freehand line; of a closed one, the last point is joined to the first. */
    readonly contour?: { readonly polyline?: readonly ArrayLike<number>[] };
  };
}

/** What a tool draws over a viewport. */
export interface ToolDrawing {
  drawCircle(
    helper: object,
    annotationUID: string,
    circleUID: string,
    center: readonly [number, number],
    radius: number,
    options: Readonly<Record<string, unknown>>,
  ): void;
  drawLine(
    helper: object,
    annotationUID: string,
    lineUID: string,
    start: readonly [number, number],
    end: readonly [number, number],
    options: Readonly<Record<string, unknown>>,
  ): void;
  drawPolyline(
    helper: object,
    annotationUID: string,
    polylineUID: string,
    points: readonly (readonly [number, number])[],
    options: Readonly<Record<string, unknown>>,
  ): void;
}

/** A class of tools: what it draws, and what Enter and Escape do in OHIF while it is active. */
export type ToolClass = (new (toolProps: object, defaultToolProps?: object) => object) & { toolName: string };

export interface ToolInstance {
  /** Remembers a change for the viewer's undo. */
  createMemo?: () => void;
  /** OHIF's Enter and Escape while the tool is active. */
  acceptPreview?: () => void;
  rejectPreview?: () => void;
}

export interface ToolGroup {
  readonly id: string;
  hasTool(toolName: string): boolean;
  /** Adds a tool of the class of another one, under a name of its own. */
  addTool(toolName: string): void;
  addToolInstance(toolName: string, parentName: string, configuration: Readonly<Record<string, unknown>>): void;
  getToolInstance(toolName: string): ToolInstance;
  getActivePrimaryMouseButtonTool(): string | undefined;
  setToolDisabled(toolName: string): void;
  getViewportIds(): readonly string[];
}

type Point2 = readonly [number, number];

/** The libraries that the running viewer uses. */
export interface CornerstoneLibraries {
  readonly cornerstone: {
    readonly cache: {
      getImage(imageId: string): LabelmapImage | undefined;
      removeImageLoadObject(imageId: string, options: { readonly force: boolean }): void;
    };
    readonly eventTarget: Pick<EventTarget, 'addEventListener' | 'removeEventListener'>;
  };
  readonly cornerstoneTools: {
    readonly ToolGroupManager: { getAllToolGroups(): readonly ToolGroup[] };
    readonly BaseTool: ToolClass;
    readonly PlanarFreehandROITool: ToolClass;
    readonly drawing: ToolDrawing;
    addTool(toolClass: ToolClass): void;
    readonly utilities: {
      triggerAnnotationRenderForViewportIds(viewportIds: readonly string[]): void;
      readonly math: {
        readonly polyline: {
          /** Leaves out points that are nearer than `epsilon` to the line without them. */
          decimate(points: readonly Point2[], epsilon: number): readonly Point2[];
        };
      };
    };
    readonly segmentation: {
      readonly triggerSegmentationEvents: { triggerSegmentationDataModified(segmentationId: string): void };
    };
    readonly annotation: {
      readonly state: { getAllAnnotations(): readonly Annotation[]; removeAnnotation(annotationUID: string): void };
    };
    readonly Enums: { readonly Events: Readonly<Record<'ANNOTATION_COMPLETED' | 'ANNOTATION_MODIFIED', string>> };
    cancelActiveManipulations(element: HTMLElement): void;
  };
}

export interface Managers {
  readonly servicesManager: { readonly services: Services };
  readonly commandsManager: CommandsManager;
  readonly extensionManager: {
    getActiveDataSource(): readonly DataSource[];
    /** What an extension exports, as the libraries of Cornerstone that the viewer runs. */
    getModuleEntry?(id: string):
      | {
          readonly exports: { getCornerstoneLibraries(): CornerstoneLibraries };
        }
      | undefined;
  };
}
