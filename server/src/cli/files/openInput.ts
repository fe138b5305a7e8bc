import { existsSync } from 'node:fs';
import path from 'node:path';
import { holdsNoImages } from '#contract/holdsNoImages.js';
import { createFileArchive } from '../../pacs/fileArchive.js';
import { type ScannedFiles, type SeriesOfFiles, scanFolder } from '../../pacs/scanFolder.js';
import { PromptsegError } from '../../platform/errors.js';
import { findSeries } from '../../story/findSeries.js';
import type { ImageFiles } from '../../story/segmentFiles.js';
import { slideModality } from '../../volume/sopClasses.js';
import type { NiftiModality } from '../../volume/volumeOfNifti.js';
import { formatTable } from '../terminal/table.js';

export interface InputOptions {
  readonly input: string;
  readonly modality?: NiftiModality | undefined;
  /** Series Instance UID. */
  readonly series?: string | undefined;
}

export interface Input {
  readonly images: ImageFiles;
  /** From the headers of the series; for a NIfTI file from the options. */
  readonly series: Omit<SeriesOfFiles['summary'], 'studyInstanceUID' | 'seriesInstanceUID'>;
  /** Skipped files, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The images to segment: a NIfTI file, recognised by its name, or one series of DICOM files.
 *
 * @throws PromptsegError `modality-needed`, `series-needed`, `series-not-found`, `input-unusable`,
 * `slide-needs-archive`, `cancelled`
 */
export async function openInput({ input, modality, series }: InputOptions, signal: AbortSignal): Promise<Input> {
  if (/\.nii(\.gz)?$/i.test(input)) {
    if (series !== undefined) throw new PromptsegError('options-invalid', 'Remove --series: a NIfTI file has none.');
    if (!existsSync(input)) throw new PromptsegError('input-unusable', `There is no file ${input}.`);
    if (modality === undefined)
      throw new PromptsegError('modality-needed', 'A NIfTI file does not state its modality.');
    return {
      images: { kind: 'nifti', path: path.resolve(input), modality },
      series: { modality, description: '' },
      notes: [],
    };
  }
  const scanned = await scanFolder(input, signal);
  const chosen = chooseSeries(scanned, input, series);
  if (modality !== undefined && modality !== chosen.summary.modality)
    throw new PromptsegError(
      'options-invalid',
      `The DICOM files state the modality ${chosen.summary.modality}; --modality ${modality} contradicts them.`,
    );
  if (chosen.summary.modality === slideModality)
    throw new PromptsegError('slide-needs-archive', 'The files are a whole slide, which is not read from files.');
  const { studyInstanceUID, seriesInstanceUID } = chosen.summary;
  const summary = await findSeries(createFileArchive(chosen, ''), studyInstanceUID, seriesInstanceUID, signal);
  return {
    images: { kind: 'dicom', series: { ...chosen, summary } },
    series: summary,
    notes: notesOn(scanned, chosen),
  };
}

/** The requested series, or the only one with images. */
function chooseSeries(scanned: ScannedFiles, input: string, uid: string | undefined): SeriesOfFiles {
  const { others, patients } = scanned;
  const withImages = scanned.series.filter(({ summary }) => !holdsNoImages(summary.modality));
  if (uid !== undefined) {
    const named = scanned.series.find(({ summary }) => summary.seriesInstanceUID === uid);
    if (named !== undefined) return named;
    throw new PromptsegError('series-not-found', `${input} contains no series with this Series Instance UID.`, {
      details: { series: withImages.map(({ summary }) => summary) },
    });
  }
  const [first, ...more] = withImages;
  if (first === undefined) {
    const nifti = others.find((file) => /\.nii(\.gz)?$/i.test(file));
    const hint = nifti === undefined ? '' : ` Specify the NIfTI file itself, such as ${nifti}.`;
    throw new PromptsegError('input-unusable', `${input} contains no DICOM images.${hint}`);
  }
  if (more.length === 0) return first;
  const ofWhom = patients > 1 ? `, of ${patients} patients` : '';
  throw new PromptsegError(
    'series-needed',
    `${input} contains ${withImages.length} series of images${ofWhom}:\n\n${listOf(withImages)}\n`,
    { details: { patients, series: withImages.map(({ summary }) => summary) } },
  );
}

const listOf = (series: readonly SeriesOfFiles[]): string =>
  formatTable(
    ['modality', 'images', 'description', 'series'],
    series.map(({ summary: { modality, description, seriesInstanceUID }, files }) => [
      modality,
      files.length,
      description,
      seriesInstanceUID,
    ]),
  );

function notesOn({ series, others, copies }: ScannedFiles, chosen: SeriesOfFiles): string[] {
  const count = (files: number): string => (files === 1 ? '1 file' : `${files} files`);
  const elsewhere = series.reduce((sum, { files }) => sum + files.length, 0) - chosen.files.length;
  return [
    ...(elsewhere > 0 ? [`Left out: ${count(elsewhere)} of other series.`] : []),
    ...(others.length > 0 ? [`Left out: ${count(others.length)} without a DICOM instance.`] : []),
    ...(copies > 0 ? [`Left out: ${count(copies)} with the same content as another one.`] : []),
  ];
}
