import type { DicomJson } from '#contract/dicomJson.js';
import type { EncodedFrame } from '../dicom/instanceOfFrame.js';

/** A series as QIDO-RS describes it. */
export interface SeriesSummary {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly modality: string;
  /** Series Description (0008,103E); may be empty. */
  readonly description: string;
  /** Series Number (0020,0011), if the archive returns it. */
  readonly seriesNumber?: number;
  /** Number of Series Related Instances (0020,1209); absent if the archive does not count. */
  readonly numberOfInstances?: number;
  /** Body Part Examined (0018,0015), if the archive returns it. */
  readonly bodyPartExamined?: string;
  /** Code Meanings of the Anatomic Region Sequence (0008,2218), if the archive returns them. */
  readonly anatomicRegion?: string;
  /** Protocol Name (0018,1030), if the archive returns it. */
  readonly protocolName?: string;
}

/** The services of a DICOMweb archive that Promptseg uses. */
export interface Archive {
  /**
   * Searches for one study, to check that the archive responds.
   * @throws PromptsegError `archive-unreachable`, `archive-refused`
   */
  ping(signal?: AbortSignal): Promise<void>;
  /**
   * @throws PromptsegError `study-not-found`, `series-not-found`, `series-listed-twice`, `archive-unreachable`,
   * `archive-refused`
   */
  findSeries(studyInstanceUID: string, seriesInstanceUID: string, signal?: AbortSignal): Promise<SeriesSummary>;
  /** All series of a study. @throws PromptsegError `study-not-found` and the archive's errors */
  listSeries(studyInstanceUID: string, signal?: AbortSignal): Promise<readonly SeriesSummary[]>;
  /**
   * QIDO-RS: the matching datasets, empty if there are none.
   * @param resource path below the DICOMweb root, such as ['studies', uid, 'series']
   * @param query attributes to match, by keyword or tag, and `includefield`, `limit`, `offset`
   * @throws PromptsegError the archive's errors
   */
  query(
    resource: readonly string[],
    query: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<readonly DicomJson[]>;
  /**
   * WADO-RS metadata: all attributes, without bulk data, of every instance of the series or of the given instance;
   * empty if the archive does not have it.
   * @throws PromptsegError the archive's errors
   */
  retrieveMetadata(
    studyInstanceUID: string,
    seriesInstanceUID: string,
    sopInstanceUID?: string,
    signal?: AbortSignal,
  ): Promise<readonly DicomJson[]>;
  /**
   * Every instance of the series as stored (no transcoding), each a whole Part 10 file, yielded as soon as it has
   * arrived. Completeness is not checked: see wholeSeries.ts.
   * @throws PromptsegError the archive's errors; `archive-broken-answer` if the connection ends within an instance;
   * `series-incomplete` after the last one if the archive says that it left some out (206, PS3.18 section 8.5), and
   * before the first if it lists the series but does not deliver it as a whole
   */
  retrieveSeries(studyInstanceUID: string, seriesInstanceUID: string, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** One instance as stored; undefined if the archive does not have it. */
  retrieveInstance(
    studyInstanceUID: string,
    seriesInstanceUID: string,
    sopInstanceUID: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array | undefined>;
  /**
   * Frames of a multi-frame instance as stored or, if the archive does not deliver them so, decompressed; in the order
   * asked for, each as soon as it has arrived.
   * @param frameNumbers from 1
   * @throws PromptsegError `archive-broken-answer` if frames are missing, and the archive's errors
   */
  retrieveFrames(
    studyInstanceUID: string,
    seriesInstanceUID: string,
    sopInstanceUID: string,
    frameNumbers: readonly number[],
    signal?: AbortSignal,
  ): AsyncIterable<EncodedFrame>;
  /**
   * STOW-RS of one Part 10 file. An instance that exists already counts as stored.
   * @throws PromptsegError `store-refused` and the archive's errors
   */
  store(studyInstanceUID: string, instance: Uint8Array, signal?: AbortSignal): Promise<void>;
}
