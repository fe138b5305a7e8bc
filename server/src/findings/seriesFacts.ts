import { type DicomJson, firstText, itemsOf, numbersOf, valuesOf } from '#contract/dicomJson.js';
import type { Archive } from '../pacs/archive.js';

export interface SeriesUIDs {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
}

/** What the images of a series state about patient, time and protocol. Texts are empty where they state nothing. */
export interface SeriesFacts extends SeriesUIDs {
  /** Never logged, and in no response. */
  readonly patient: {
    readonly id: string;
    readonly issuer: string;
    readonly name: string;
    readonly birthDate: string;
    readonly sex: string;
  };
  /** Study Date (0008,0020) and Study Time (0008,0030), as in DICOM. */
  readonly studyDate: string;
  readonly studyTime: string;
  readonly modality: string;
  readonly description: string;
  readonly bodyPartExamined: string;
  readonly protocolName: string;
  readonly numberOfInstances?: number;
  readonly kernel: string;
  readonly contrast: string;
  /** MR: Scanning Sequence (0018,0020), Repetition Time and Echo Time in ms. */
  readonly scanningSequence: string;
  readonly repetitionTime?: number;
  readonly echoTime?: number;
  /** mm */
  readonly sliceThickness?: number;
  /** Between rows, then between columns, mm */
  readonly pixelSpacing?: readonly [number, number];
  readonly rows?: number;
  readonly columns?: number;
  /** Of the image whose headers were read. */
  readonly frames?: number;
  /** Direction cosines of a row and of a column, in LPS. */
  readonly orientation?: readonly number[];
  /** Frame of Reference UID (0020,0052) */
  readonly frameOfReferenceUID: string;
}

/**
 * Reads the headers of one image of a series, without pixels.
 * @returns undefined if the archive does not hold the series
 * @throws PromptsegError the archive's errors
 */
export async function readSeriesFacts(
  archive: Pick<Archive, 'query' | 'retrieveMetadata'>,
  { studyInstanceUID, seriesInstanceUID }: SeriesUIDs,
  signal?: AbortSignal,
): Promise<SeriesFacts | undefined> {
  const path = ['studies', studyInstanceUID, 'series'];
  const [listed] = await archive.query(
    path,
    { SeriesInstanceUID: seriesInstanceUID, includefield: '00201209,00080060,0008103E' },
    signal,
  );
  if (listed === undefined) return undefined;
  const metadata = await readOneHeader(archive, { studyInstanceUID, seriesInstanceUID }, signal);
  return metadata && factsOf({ studyInstanceUID, seriesInstanceUID }, { ...listed, ...withFunctionalGroups(metadata) });
}

/** The attributes of one image of a series, without pixels. @returns undefined if there is none */
export async function readOneHeader(
  archive: Pick<Archive, 'query' | 'retrieveMetadata'>,
  { studyInstanceUID, seriesInstanceUID }: SeriesUIDs,
  signal?: AbortSignal,
): Promise<DicomJson | undefined> {
  const path = ['studies', studyInstanceUID, 'series', seriesInstanceUID, 'instances'];
  const [first] = await archive.query(path, { limit: '1' }, signal);
  if (first === undefined) return undefined;
  const instance = firstText(first, '00080018');
  const [metadata] = await archive.retrieveMetadata(studyInstanceUID, seriesInstanceUID, instance, signal);
  return metadata;
}

/** Multi-frame images state their geometry and timing for all frames, or for each: the first speaks for them. */
function withFunctionalGroups(metadata: DicomJson): DicomJson {
  const groups = ['52009229', '52009230'].flatMap((tag) => itemsOf(metadata, tag).slice(0, 1));
  const inner = groups.flatMap((group) => Object.keys(group).flatMap((tag) => itemsOf(group, tag).slice(0, 1)));
  return Object.assign({}, ...inner, metadata) as DicomJson;
}

function factsOf(uids: SeriesUIDs, attributes: DicomJson): SeriesFacts {
  const text = (tag: string): string => firstText(attributes, tag);
  const texts = (tag: string): string => valuesOf(attributes, tag).map(String).join(' ');
  const number = (tag: string): number | undefined => numbersOf(attributes, tag)[0];
  const optional = {
    numberOfInstances: number('00201209'),
    repetitionTime: number('00180080'),
    echoTime: number('00180081') ?? number('00189082'),
    sliceThickness: number('00180050'),
    rows: number('00280010'),
    columns: number('00280011'),
    frames: number('00280008'),
  };
  const [rowSpacing, columnSpacing] = numbersOf(attributes, '00280030');
  const orientation = numbersOf(attributes, '00200037');
  return {
    ...uids,
    patient: {
      id: text('00100020'),
      issuer: text('00100021'),
      name: text('00100010'),
      birthDate: text('00100030'),
      sex: text('00100040'),
    },
    studyDate: text('00080020'),
    studyTime: text('00080030'),
    modality: text('00080060'),
    description: text('0008103E'),
    bodyPartExamined: text('00180015'),
    protocolName: text('00181030'),
    kernel: texts('00181210'),
    contrast: text('00180010'),
    scanningSequence: texts('00180020'),
    frameOfReferenceUID: text('00200052'),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    ...(rowSpacing !== undefined &&
      columnSpacing !== undefined && { pixelSpacing: [rowSpacing, columnSpacing] as const }),
    ...(orientation.length === 6 && { orientation }),
  };
}
