import type { DraftMask } from '../../../server/contract/drafts.js';
import type { RegionPrompt } from '../../../server/contract/imagePrompts.js';
import type { StoredResult } from '../../../server/contract/job.js';

/** An image series that the viewer shows and that a prompt would be run on. */
export interface ActiveSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly modality: string;
  readonly description: string;
  readonly numberOfImages: number;
  /** Body Part Examined (0018,0015), where the images say it. */
  readonly bodyPartExamined?: string;
  /** Frame of Reference UID (0020,0052) of its first image. */
  readonly frameOfReferenceUID?: string;
  /** Why no model can read it, whatever its modality: a scout, a capture of a screen, or one slice of a volume. */
  readonly unsuited?: 'localizer' | 'capture' | 'single-slice';
}

/** A segmentation shown over its images in the viewer, however it got there. */
export interface ShownResult {
  readonly seriesInstanceUID: string;
  /** Segment Numbers that are not drawn at the moment, ascending. */
  readonly hiddenSegments: readonly number[];
  /** Its voxels are not those that are stored: somebody used the viewer's tools on it. */
  readonly edited: boolean;
  /** Segments overlap, and some view shows only one of them at a place. */
  readonly overlapLost: boolean;
}

/** What the panel needs to know about the viewer; a new object only when something in it changed. */
export interface HostView {
  readonly studyInstanceUID?: string;
  readonly series?: ActiveSeries;
  /** The active viewport shows something without images of its own, as a report: its modality. */
  readonly noImages?: { readonly modality: string };
  /** The image series of the study that can be put into the active viewport by {@link Host.open}. */
  readonly others?: readonly ActiveSeries[];
  readonly shown: readonly ShownResult[];
}

/** The stored object that the viewer is to draw. */
export type ResultToShow = Pick<StoredResult, 'studyInstanceUID' | 'seriesInstanceUID'>;

/** Where an image is: as Image Plane attributes say it (PS3.3 section C.7.6.2), in mm. */
export interface ImagePlane {
  readonly imagePositionPatient: readonly number[];
  readonly imageOrientationPatient: readonly number[];
  /** Between rows, then between columns */
  readonly pixelSpacing: readonly number[];
}

/** The pixels of one segment on one image. */
export interface SegmentFrame {
  readonly segmentNumber: number;
  readonly plane: ImagePlane;
  readonly sopInstanceUID: string;
  /** Of a multi-frame image, counted from 1. */
  readonly frameNumber?: number;
  /** One bit per pixel, row by row, the first pixel in the lowest bit of the first byte (PS3.5 section 8.1.1). */
  readonly bits: Uint8Array;
}

/** A segmentation as the viewer holds it now. Segments may overlap. */
export interface SegmentPixels {
  readonly rows: number;
  readonly columns: number;
  readonly segments: readonly { readonly number: number; readonly label: string }[];
  /** Those that hold a voxel. */
  readonly frames: readonly SegmentFrame[];
  /** Where all the images are, those without a voxel too. */
  readonly planes: readonly ImagePlane[];
}

/** What the reader looks at, in UIDs and numbers: an image, and the window it is shown with. */
export interface Look {
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  /** Of a multi-frame image, counted from 1. */
  readonly frameNumber?: number;
  /** Modality values that are black and white; absent where the reader left the window as the image says. */
  readonly window?: { readonly lower: number; readonly upper: number };
}

/** What the active viewport shows, to come back to it after the page was loaded again. */
export interface Looks {
  /** Undefined while no image is shown. */
  now(): Look | undefined;
  /** Opens the series in the active viewport where it is not there, and turns to the image. */
  turnTo(look: Look): Promise<void>;
  /** Calls `listener` after another image or window. @returns stops calling it */
  subscribe(listener: () => void): () => void;
}

/** How the segments of a result are drawn over the images. */
export interface Style {
  /** Of what is filled: 0 to 1. */
  readonly opacity: number;
  readonly hasOutline: boolean;
}

/** How a segment is painted. */
export interface Brush {
  readonly radiusMm: number;
  /** No voxel of another segment of the segmentation changes. */
  readonly lockOthers: boolean;
}

/** A rectangle that a reader drew on the images, in the patient's coordinates (LPS, mm). */
export interface DrawnBox {
  /** Two opposite ones. */
  readonly corners: readonly [Place, Place];
  /** Of the plane that it was drawn on. */
  readonly normal: Place;
  readonly frameOfReferenceUID?: string;
}

/** A click of a reader on the images of any view, in the patient's coordinates (LPS, mm). */
export interface PlacedClick {
  readonly place: Place;
  readonly frameOfReferenceUID?: string;
  /** Beside the images of the view. */
  readonly isOutside: boolean;
  /** A modifier key was held: the opposite of what a click means otherwise. */
  readonly isOpposite: boolean;
}

/** A line that a reader drew on a slice, in the patient's coordinates (LPS, mm). */
export interface PlacedStroke {
  readonly kind: 'scribble' | 'lasso';
  /** Of a lasso, the last one is joined to the first. */
  readonly points: readonly Place[];
  readonly frameOfReferenceUID?: string;
  /** Beside the images of the view: a part of a scribble, or all of a lasso. */
  readonly isOutside: boolean;
}

/** What the mouse does: it clicks, or draws one or the other. */
export type PromptKind = RegionPrompt['kind'];

export interface ClickListener {
  onClick(click: PlacedClick): void;
  onStroke(stroke: PlacedStroke): void;
  /** The viewer's own keys, where the panel is not on screen. */
  onAccept(): void;
  onReject(): void;
}

/** What is clicked on: a segment of a result that is shown, or something new on the images of a series. */
export type ClickedOn =
  | { readonly resultSeries: string; readonly segmentNumber: number }
  | {
      readonly imageSeries: string;
      readonly label: string;
      /** Red, green, blue: 0–255. */
      readonly colour: readonly [number, number, number];
    };

/** A segment that is being made or corrected on screen. */
export interface DraftView {
  /** Draws the mask in a block of voxels, and everything else of the segment as it was. */
  draw(block: DraftMask['block']): void;
  /** Shows where the clicks, scribbles and lassos are. */
  mark(prompts: readonly RegionPrompt[]): void;
  /** Gives the mouse to one of them, also when another tool was taken up meanwhile. */
  takeMouse(kind: PromptKind): void;
  /** Takes them away and gives the mouse back to the tool before. What is drawn stays. */
  stop(): void;
  /** The same, and draws the segment as it was; of something new, nothing. */
  end(): void;
}

/** A series, and the result that is drawn over it where the archive holds one. */
export interface SideToShow {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly resultSeries?: string | undefined;
}

/**
 * How the slices of two series belong together: by where they are in the patient, as the images state it or after a
 * registration, or by their share of the way from the first slice to the last.
 */
export type SliceLink =
  /** `nowToBefore`: 4 × 4, row by row, LPS mm. */
  { readonly by: 'place'; readonly nowToBefore?: readonly number[] } | { readonly by: 'share' };

/** Two series beside each other. */
export interface SideBySide {
  /** Both state one frame of reference, so that their places can be compared. */
  readonly hasOneFrame: boolean;
  /**
   * Scrolling in one turns the other to what belongs to it; without a link each is scrolled on its own.
   * @throws Error with a sentence for people where it is not known what belongs to what
   */
  link(how: SliceLink | undefined): void;
  /** Back to the layout before; what was opened for it is closed. */
  end(): Promise<void>;
}

export type Place = readonly [number, number, number];

/** Thrown by {@link Host.show} where the images of the result are in no viewport and it was not asked to open them. */
export class SourceNotInViewport extends Error {
  override readonly name = 'SourceNotInViewport';
}

/** The viewer, as the panel sees it. Everything that is one viewer's own stays behind this. */
export interface Host {
  view(): HostView;
  /** @returns stops calling `listener` */
  subscribe(listener: () => void): () => void;
  /**
   * SOP Instance UID of the image that the reader looks at, for a series of single images, as radiographs
   * do.
   */
  readonly shownImage?: () => string | undefined;
  /** Headers that authorize a request to the server. */
  authorization(): Readonly<Record<string, string>>;
  /**
   * Draws a stored SEG over its images, without a page load.
   * @param openSource put the images into the active viewport where no viewport shows them
   * @throws SourceNotInViewport
   */
  show(result: ResultToShow, options: { readonly openSource: boolean }): Promise<void>;
  /** Puts the images of another series into the active viewport. */
  readonly open?: (seriesInstanceUID: string) => void;
  /** Draws or hides segments of a result that is shown, in every viewport that it is in. */
  setVisible(seriesInstanceUID: string, segmentNumbers: readonly number[], visible: boolean): void;
  /** How a result that is shown is drawn. Absent where the viewer has one way for all. */
  readonly style?: {
    of(seriesInstanceUID: string): Style;
    set(seriesInstanceUID: string, style: Style): void;
  };
  /** Turns the viewports that show `seriesInstanceUID` to the middle of one of its segments. */
  jumpToSegment(seriesInstanceUID: string, segmentNumber: number): void;
  /** Turns the viewports that show `seriesInstanceUID` to a point in the patient, LPS mm. */
  jumpTo(seriesInstanceUID: string, position: readonly [number, number, number]): void;
  /** Takes a result out of the viewer, edits and all; shown again, it comes from the archive. */
  remove(seriesInstanceUID: string): Promise<void>;
  /**
   * The element that holds the viewports, whose place a view in space may take. Absent if nothing may cover them.
   */
  readonly viewArea?: () => HTMLElement | undefined;
  /** The voxels of a result that is shown. Absent if the viewer does not give them. */
  readonly pixels?: (seriesInstanceUID: string) => SegmentPixels;
  /** Fetched once the study is open. Absent if the viewer does not say what it shows. */
  readonly looks?: () => Promise<Looks>;
  /**
   * The address that opens a study in this viewer with a result drawn: the query's `result` names it. Absent if
   * addresses say nothing of studies.
   */
  readonly linkTo?: (studyInstanceUID: string, result: string) => string;
  /** The viewer's own parts that stand below the panel. Absent if it never has any there. */
  readonly tools?: {
    /** Whether there are some now. */
    areThere(): boolean;
    /** @param tools brushes and the like; @param lists of segmentations and their segments */
    show(parts: { readonly tools: boolean; readonly lists: boolean }): void;
  };
  /**
   * Hands a segment of a shown result to the viewer's brush; with another segment or brush again, while it is edited.
   * Absent if the viewer has no tools.
   * @returns whether a brush is at hand where the result is shown
   */
  readonly edit?: (seriesInstanceUID: string, segmentNumber: number, brush: Brush) => Promise<boolean>;
  /** Puts the brush away and unlocks what {@link edit} locked. */
  readonly endEdit?: (seriesInstanceUID: string) => Promise<void>;
  /**
   * Lets the reader draw one rectangle with the viewer's own tool, in any view; another one takes its place. Absent if
   * the viewer has no such tool.
   * @param onBox called with every rectangle that was finished or changed
   * @returns takes the rectangle away and gives the mouse back to the tool before it; undefined where the mode has no
   * such tool
   */
  readonly drawBox?: (onBox: (box: DrawnBox) => void) => Promise<(() => void) | undefined>;
  /**
   * Lets the reader make or correct a segment by clicks, scribbles and lassos in any view; clicks have the mouse first.
   * Absent if the viewer cannot change what it draws.
   * @returns undefined where the mode has no view for it, or the result or the images are not shown
   */
  readonly refine?: (of: ClickedOn, listener: ClickListener) => Promise<DraftView | undefined>;
  /**
   * Shows a series beside one of an earlier study, with their results. Absent if the viewer has one view only.
   * @param onEnd called when the reader put something else into one of the views, or changed the layout
   */
  readonly sideBySide?: (now: SideToShow, before: SideToShow, onEnd: () => void) => Promise<SideBySide>;
  /** Takes back the last stroke, or does it again. Absent where the viewer cannot. */
  readonly history?: { undo(): void; redo(): void };
}
