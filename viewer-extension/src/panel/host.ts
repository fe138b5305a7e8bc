import type { StoredResult } from '../../../server/src/jobs/job.js';

/** An image series that the viewer shows and that a prompt would be run on. */
export interface ActiveSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly modality: string;
  readonly description: string;
  readonly numberOfImages: number;
}

/** What the panel needs to know of the viewer; a new object only when something in it changed. */
export interface HostView {
  readonly studyInstanceUID?: string;
  readonly series?: ActiveSeries;
  /** SeriesInstanceUIDs of the segmentations that are drawn over the images now. */
  readonly shownSeries: readonly string[];
}

/** Thrown by {@link Host.show} where the images of the result are in no viewport and it was not asked to open them. */
export class SourceNotInViewport extends Error {
  override readonly name = 'SourceNotInViewport';
}

/** The viewer, as the panel sees it. Everything that is OHIF's stays behind this. */
export interface Host {
  view(): HostView;
  /** @returns stops calling `listener` */
  subscribe(listener: () => void): () => void;
  /** Headers that authorize a request to the server. */
  authorization(): Readonly<Record<string, string>>;
  /**
   * Draws a stored SEG over its images, without a page load.
   * @param openSource put the images into the active viewport where no viewport shows them
   * @throws SourceNotInViewport
   */
  show(result: StoredResult, options: { readonly openSource: boolean }): Promise<void>;
  /** Turns the viewport that shows `seriesInstanceUID` to the middle of one of its segments. */
  jumpToSegment(seriesInstanceUID: string, segmentNumber: number): void;
}
