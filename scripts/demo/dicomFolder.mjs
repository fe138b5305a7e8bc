import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import dicomParser from 'dicom-parser';
import { SetupError } from '../setup/steps.mjs';

/** Everything before Rows (0028,0010) in an image's file fits in this many bytes. */
const headBytes = 2 ** 20;

/** Modalities that can be segmented. */
const imageModalities = ['CT', 'MR', 'PT'];

/**
 * @typedef {object} DicomFile
 * @property {string} file
 * @property {string} studyInstanceUID
 * @property {string} seriesInstanceUID
 * @property {string} sopInstanceUID
 * @property {string} modality
 * @property {number} frames
 *
 * @typedef {object} Series
 * @property {string} studyInstanceUID
 * @property {string} seriesInstanceUID
 * @property {string} modality
 * @property {number} images Number of frames of all its instances.
 */

/**
 * All DICOM files in a folder and its subfolders.
 *
 * @param {string} folder
 * @returns {Promise<{ files: DicomFile[], ignored: number }>} `ignored`: number of other files.
 * @throws {SetupError} If there are none.
 */
export async function readDicomFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    throw new SetupError(`The folder ${folder} cannot be read (${error.code}). Check the path.`);
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  if (paths.length === 0) throw new SetupError(`The folder ${folder} is empty. Name a folder with DICOM files.`);
  /** @type {DicomFile[]} */
  const files = [];
  for (const file of paths) {
    const read = await readDicomFile(file);
    if (read !== undefined) files.push(read);
  }
  if (files.length === 0) {
    throw new SetupError(
      `None of the ${paths.length} files in ${folder} is a DICOM file. Name a folder with DICOM images.`,
    );
  }
  return { files, ignored: paths.length - files.length };
}

/**
 * The series to segment: the CT, MR or PET series with the most images.
 *
 * @param {readonly DicomFile[]} files
 * @returns {Series}
 * @throws {SetupError} If there is none.
 */
export function largestImageSeries(files) {
  /** @type {Map<string, Series>} */
  const series = new Map();
  for (const { studyInstanceUID, seriesInstanceUID, modality, frames } of files) {
    if (!imageModalities.includes(modality)) continue;
    const images = (series.get(seriesInstanceUID)?.images ?? 0) + frames;
    series.set(seriesInstanceUID, { studyInstanceUID, seriesInstanceUID, modality, images });
  }
  const [largest] = [...series.values()].sort((a, b) => b.images - a.images);
  if (largest === undefined) {
    throw new SetupError(
      `None of the ${files.length} DICOM files is a CT, MR or PET image. Name a folder with such images.`,
    );
  }
  return largest;
}

/**
 * @param {string} file
 * @returns {Promise<DicomFile | undefined>} Undefined if it is not a DICOM Part 10 file with the identifiers of an
 * instance.
 */
async function readDicomFile(file) {
  const head = await readHead(file);
  if (head.toString('latin1', 128, 132) !== 'DICM') return undefined;
  const dataSet = parseHead(head);
  const [studyInstanceUID, seriesInstanceUID, sopInstanceUID] = ['x0020000d', 'x0020000e', 'x00080018'].map((tag) =>
    dataSet?.string(tag),
  );
  if (!studyInstanceUID || !seriesInstanceUID || !sopInstanceUID) return undefined;
  const modality = dataSet?.string('x00080060') ?? '';
  return {
    file,
    studyInstanceUID,
    seriesInstanceUID,
    sopInstanceUID,
    modality,
    frames: dataSet?.intString('x00280008') ?? 1,
  };
}

/** @param {string} file */
async function readHead(file) {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * @param {Buffer} head
 * @returns {import('dicom-parser').DataSet | undefined} The part that could be read.
 */
function parseHead(head) {
  try {
    return dicomParser.parseDicom(head, { untilTag: 'x00280010' });
  } catch (thrown) {
    return /** @type {{ dataSet?: import('dicom-parser').DataSet }} */ (thrown)?.dataSet;
  }
}
