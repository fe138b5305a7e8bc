import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type DicomInstance, parseBeginning } from '../dicom/dicomInstance.js';
import { PromptsegError, throwIfCancelled } from '../platform/errors.js';
import type { SeriesSummary } from './archive.js';

/** A DICOM file and the instance in it. */
export interface InstanceFile {
  readonly path: string;
  readonly sopInstanceUID: string;
  readonly sopClassUID: string;
}

/** A series whose instances are files. */
export interface SeriesOfFiles {
  readonly summary: SeriesSummary;
  readonly files: readonly InstanceFile[];
}

export interface ScannedFiles {
  /** Ordered by their first files. */
  readonly series: readonly SeriesOfFiles[];
  /** Number of different Patient IDs. */
  readonly patients: number;
  /** Files that are not DICOM instances, a DICOMDIR among them. */
  readonly others: readonly string[];
  /** Files that repeat another one byte by byte. */
  readonly copies: number;
}

/** The largest studies have about 20,000 instances; a folder with more files than this was given by mistake. */
const mostFiles = 200_000;

/**
 * The DICOM instances in a file, or in a folder and its sub-folders, by series. Only the beginning of each file is
 * read. Symbolic links are followed, but each folder is read once.
 *
 * @throws PromptsegError `cancelled`; `input-unusable`: nothing there, no permission, too many files, different files
 * for one instance, or one series of two patients
 */
export async function scanFolder(input: string, signal?: AbortSignal): Promise<ScannedFiles> {
  const found = new Map<string, FoundSeries>();
  const byInstance = new Map<string, string>();
  const patientIDs = new Set<string>();
  const others: string[] = [];
  let [files, copies] = [0, 0];
  for await (const file of filesBelow(input)) {
    throwIfCancelled(signal);
    if (++files > mostFiles)
      throw unusable(`${input} contains more than ${mostFiles} files. Specify the folder of one study.`);
    const instance = await readBeginning(file);
    const described = instance && describe(instance);
    if (described === undefined) {
      others.push(file);
      continue;
    }
    const { summary, patientID, sopInstanceUID, sopClassUID } = described;
    const before = byInstance.get(sopInstanceUID);
    if (before !== undefined) {
      await requireSame(before, file);
      copies++;
      continue;
    }
    byInstance.set(sopInstanceUID, file);
    patientIDs.add(patientID);
    const { studyInstanceUID, seriesInstanceUID } = summary;
    const key = `${studyInstanceUID} ${seriesInstanceUID}`;
    const series = found.get(key) ?? { summary, patientID, files: [] };
    found.set(key, series);
    if (series.patientID !== patientID)
      throw unusable(`The series ${seriesInstanceUID} has files of two patients. Whose images they are is unknown.`);
    series.files.push({ path: file, sopInstanceUID, sopClassUID });
  }
  const series = [...found.values()].map(({ summary, files }) => ({
    summary: { ...summary, numberOfInstances: files.length },
    files,
  }));
  return { series, patients: patientIDs.size, others, copies };
}

interface FoundSeries {
  readonly summary: SeriesSummary;
  readonly patientID: string;
  readonly files: InstanceFile[];
}

/** Sorted by name within a folder, so that the same folder is always read in the same order. */
async function* filesBelow(input: string, visited = new Set<string>()): AsyncGenerator<string> {
  const entry = await stat(input).catch((cause: NodeJS.ErrnoException) => {
    // A broken link within the folder is ignored.
    if (visited.size > 0 && (cause.code === 'ENOENT' || cause.code === 'ELOOP')) return undefined;
    const why =
      cause.code === 'ENOENT' ? `There is no file or folder ${input}.` : `${input} cannot be read (${cause.code}).`;
    throw unusable(why, cause);
  });
  if (entry?.isFile()) yield input;
  if (!entry?.isDirectory()) return;
  const place = await realpath(input);
  if (visited.has(place)) return;
  visited.add(place);
  const names = await readdir(input).catch((cause: NodeJS.ErrnoException) => {
    throw unusable(`${input} cannot be read (${cause.code}).`, cause);
  });
  for (const name of names.sort()) yield* filesBelow(path.join(input, name), visited);
}

/** Enough to include the Series Instance UID of nearly every file; other files are read as a whole. */
const beginningBytes = 2 ** 16;

async function readBeginning(file: string): Promise<DicomInstance | undefined> {
  const beginning = await readBytes(file);
  if (!looksLikeDicom(beginning)) return undefined;
  const instance = parseUntilSeries(beginning);
  if (instance !== undefined || beginning.length < beginningBytes) return instance;
  return parseUntilSeries(await readFile(file).catch((cause) => fail(file, cause)));
}

async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file).catch((cause) => fail(file, cause));
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(beginningBytes)).catch((cause) => fail(file, cause));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Checks for the DICM prefix, or a first element of group 0002 or 0008, as in files without preamble. */
const looksLikeDicom = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 128, 132) === 'DICM' ||
  (bytes.length > 8 && [0x0002, 0x0008, 0x0800].includes(bytes.readUInt16LE(0)));

function parseUntilSeries(bytes: Buffer): DicomInstance | undefined {
  try {
    return parseBeginning(bytes, 'x0020000e');
  } catch (error) {
    if (error instanceof PromptsegError) return undefined;
    throw error;
  }
}

function describe(instance: DicomInstance) {
  const text = (tag: Parameters<DicomInstance['string']>[0]): string => instance.string(tag) ?? '';
  const [studyInstanceUID, seriesInstanceUID] = [text('x0020000d'), text('x0020000e')];
  const sopInstanceUID = text('x00080018');
  if ([studyInstanceUID, seriesInstanceUID, sopInstanceUID].includes('')) return undefined;
  const anatomicRegion = instance
    .items('x00082218')
    .map((item) => item.string('x00080104') ?? '')
    .join(', ');
  const [bodyPartExamined, protocolName] = [text('x00180015'), text('x00181030')];
  const summary: SeriesSummary = {
    studyInstanceUID,
    seriesInstanceUID,
    modality: text('x00080060'),
    description: text('x0008103e'),
    ...(bodyPartExamined !== '' && { bodyPartExamined }),
    ...(anatomicRegion !== '' && { anatomicRegion }),
    ...(protocolName !== '' && { protocolName }),
  };
  return { summary, patientID: text('x00100020'), sopInstanceUID, sopClassUID: text('x00080016') };
}

async function requireSame(before: string, file: string): Promise<void> {
  const [first, second] = await Promise.all([before, file].map((each) => readFile(each)));
  if (first!.equals(second!)) return;
  throw unusable(`${before} and ${file} are different images with the same SOP Instance UID.`);
}

const unusable = (message: string, cause?: unknown): PromptsegError =>
  new PromptsegError('input-unusable', message, { cause });

function fail(file: string, cause: NodeJS.ErrnoException): never {
  throw unusable(`${file} cannot be read (${cause.code}).`, cause);
}
