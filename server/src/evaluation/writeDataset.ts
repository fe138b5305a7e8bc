import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TargetView } from '#contract/finding.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError, toProblem } from '../platform/errors.js';
import { labelMapNifti } from '../results/labelMapNifti.js';
import { fractionsOfSegment, maskOfSegment } from '../results/maskOfSegment.js';
import { niftiFile } from '../results/niftiFile.js';
import { masksOverlap } from '../results/packFrames.js';
import type { ReadSegmentation } from '../results/readSegmentation.js';
import { readResult } from '../story/readResult.js';
import { type Grid, isEven } from '../values/grid.js';
import type { Mask } from '../values/mask.js';
import { emptyBits, setBit } from '../values/maskBits.js';
import type { AcceptedCase } from './acceptedCase.js';

export interface WrittenDataset {
  /** Name → value in the label maps. */
  readonly labels: Readonly<Record<string, number>>;
  readonly cases: readonly string[];
  readonly leftOut: readonly { readonly job: string; readonly reason: string }[];
}

export interface WriteDatasetOptions {
  readonly folder: string;
  readonly archive: Archive;
  /** Ids of the targets that become labels; absent: all that are confirmed in any case. */
  readonly structures?: readonly string[] | undefined;
  readonly signal: AbortSignal;
  /** Called before each case. */
  readonly onProgress: (message: string) => void;
}

/**
 * Writes confirmed results as a dataset in nnU-Net's layout (version 2): `imagesTr/CASE_0000.nii.gz` in the modality's
 * unit, `labelsTr/CASE.nii.gz`, and `dataset.json`, which also contains the codes of the labels and the origin of each
 * case. A case is skipped, with the reason, if a label is not confirmed in it (its voxels would count as background),
 * if labels overlap, or if it cannot be read. All cases have the modality of the first one.
 * @throws PromptsegError `options-invalid` if no case is left
 */
export async function writeDataset(
  cases: readonly AcceptedCase[],
  { folder, archive, structures, signal, onProgress }: WriteDatasetOptions,
): Promise<WrittenDataset> {
  const targets = targetsOf(cases, structures);
  const written: Written[] = [];
  const leftOut: WrittenDataset['leftOut'][number][] = [];
  for (const each of ['imagesTr', 'labelsTr']) await mkdir(path.join(folder, each), { recursive: true });
  for (const [index, accepted] of cases.entries()) {
    onProgress(`${index + 1} of ${cases.length}`);
    try {
      written.push(await writeCase(accepted, written[0]?.modality));
    } catch (error) {
      if (signal.aborted) throw error;
      leftOut.push({ job: accepted.job.id, reason: toProblem(error).detail });
    }
  }
  const labels = Object.fromEntries(targets.map(({ id }, index) => [id, index + 1]));
  if (written.length === 0)
    throw new PromptsegError(
      'options-invalid',
      `No case has all of these structures confirmed: ${targets.map(({ id }) => id).join(', ')}. ` +
        'Name those that you want with --structure.',
    );
  const description = {
    name: path.basename(path.resolve(folder)),
    channel_names: { 0: written[0]!.modality },
    labels: { background: 0, ...labels },
    numTraining: written.length,
    file_ending: '.nii.gz',
    promptseg: {
      targets: targets.map(({ displayColour: _colour, ...target }) => target),
      cases: Object.fromEntries(written.map(({ name, modality: _modality, ...origin }) => [name, origin])),
    },
    // For `promptseg evaluate`.
    prompts: Object.fromEntries(targets.map(({ id, name }) => [id, name])),
  };
  await writeFile(path.join(folder, 'dataset.json'), `${JSON.stringify(description, undefined, 2)}\n`);
  return { labels, cases: written.map(({ name }) => name), leftOut };

  async function writeCase(accepted: AcceptedCase, modality: string | undefined): Promise<Written> {
    const { job, origin, segmentation: stored } = accepted;
    const missing = targets.find(({ id }) => !accepted.structures.some(({ target }) => target.id === id));
    if (missing !== undefined) throw leaveOut(`${missing.name} was not confirmed.`);
    const { studyInstanceUID, seriesInstanceUID } = job.request;
    const stack = job.stacks?.find(({ chosen }) => chosen)?.id;
    const reference = { studyInstanceUID, seriesInstanceUID, stack, segmentation: stored };
    const { volume, segmentation } = await readResult(archive, reference, {}, signal);
    const { grid } = volume;
    if (modality !== undefined && volume.modality !== modality)
      throw leaveOut(`It is ${volume.modality}, the first case is ${modality}.`);
    if (!isEven(grid)) throw leaveOut('Its slices are uneven, which NIfTI cannot state.');
    const masks = targets.map(({ id }) => {
      const { segmentNumber } = accepted.structures.find(({ target }) => target.id === id)!;
      return maskOn(segmentation, segmentNumber, grid);
    });
    if (masksOverlap(masks)) throw leaveOut('Its structures overlap, which a label map cannot state.');
    const name = `case-${job.id.slice(0, 8)}`;
    const labelled = masks.map((mask, index) => ({ mask, value: index + 1 }));
    await writeFile(path.join(folder, 'imagesTr', `${name}_0000.nii.gz`), await niftiFile(volume.voxels, grid));
    await writeFile(path.join(folder, 'labelsTr', `${name}.nii.gz`), await labelMapNifti(labelled, grid));
    return {
      name,
      modality: volume.modality,
      origin,
      job: job.id,
      studyInstanceUID,
      seriesInstanceUID,
      segmentationInstanceUID: stored.sopInstanceUID,
    };
  }
}

interface Written {
  readonly name: string;
  readonly modality: string;
  readonly origin: AcceptedCase['origin'];
  readonly job: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly segmentationInstanceUID: string;
}

/** @throws PromptsegError `options-invalid` for a structure that no case has confirmed */
function targetsOf(cases: readonly AcceptedCase[], wanted: readonly string[] | undefined): readonly TargetView[] {
  const known = new Map(cases.flatMap(({ structures }) => structures.map(({ target }) => [target.id, target])));
  return (wanted ?? [...known.keys()]).map((id) => {
    const target = known.get(id);
    if (target !== undefined) return target;
    throw new PromptsegError(
      'options-invalid',
      `Nobody has confirmed a structure with the id ${id}. Confirmed are: ${[...known.keys()].join(', ')}.`,
    );
  });
}

/** A segment of any type of segmentation; of fractions, at least half of the maximum. */
function maskOn(segmentation: ReadSegmentation, segmentNumber: number, grid: Grid): Mask<Grid> {
  const { pixels } = segmentation;
  if (pixels.type !== 'FRACTIONAL') return maskOfSegment(segmentation, segmentNumber, grid);
  const fractions = fractionsOfSegment(segmentation, segmentNumber, grid);
  const bits = emptyBits(fractions.length);
  for (let n = 0; n < fractions.length; n++) if (fractions[n]! >= pixels.maximumFractionalValue / 2) setBit(bits, n);
  return { grid, bits };
}

const leaveOut = (reason: string): PromptsegError => new PromptsegError('dataset-invalid', reason);
