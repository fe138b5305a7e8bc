/**
 * The part of OHIF 3.13's managers and services that this extension touches. OHIF publishes no types on npm; these are
 * written from its documentation (docs.ohif.org) and from its published bundle.
 */
export interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly Modality?: string;
  readonly SeriesDescription?: string;
  readonly numImageFrames?: number;
  /** Of a derived display set (SEG, RTSTRUCT): the images that it was drawn on. */
  readonly referencedDisplaySetInstanceUID?: string | null;
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
}

export interface ViewportGridService extends PubSub<'ACTIVE_VIEWPORT_ID_CHANGED' | 'GRID_STATE_CHANGED'> {
  getActiveViewportId(): string | null;
  getDisplaySetsUIDsForViewport(viewportId: string): readonly string[] | undefined;
  getState(): { readonly viewports: ReadonlyMap<string, unknown> };
}

export interface SegmentationService
  extends PubSub<
    'SEGMENTATION_REPRESENTATION_MODIFIED' | 'SEGMENTATION_REPRESENTATION_REMOVED' | 'SEGMENTATION_REMOVED'
  > {
  /** Of a segmentation that was loaded from a SEG, the id is the display set's `displaySetInstanceUID`. */
  getSegmentationRepresentations(
    viewportId: string,
    filter?: { readonly segmentationId: string },
  ): readonly { readonly segmentationId: string }[];
  addSegmentationRepresentation(
    viewportId: string,
    representation: { readonly segmentationId: string; readonly type: 'Labelmap' },
  ): Promise<unknown>;
  jumpToSegmentCenter(segmentationId: string, segmentIndex: number, viewportId: string): void;
}

export interface UserAuthenticationService {
  getAuthorizationHeader(): Readonly<Record<string, string>> | undefined;
}

export interface DataSource {
  getConfig(): { readonly name?: string };
  deleteStudyMetadataPromise(key: string): void;
  readonly retrieve: {
    readonly series: {
      metadata(query: {
        readonly StudyInstanceUID: string;
        readonly filters: { readonly seriesInstanceUID: readonly string[] };
      }): Promise<unknown>;
    };
  };
}

export interface Services {
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
  readonly segmentationService: SegmentationService;
  readonly userAuthenticationService: UserAuthenticationService;
}

export interface Managers {
  readonly servicesManager: { readonly services: Services };
  readonly commandsManager: { runCommand(name: string, options: Readonly<Record<string, unknown>>): unknown };
  readonly extensionManager: { getActiveDataSource(): readonly DataSource[] };
}
