import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { createHeadSeries, loadHeadInstances, loadHeadTruth } from '../../dicom-fixtures/src/headStudy.js';
import type { LabelledTruth } from '../../dicom-fixtures/src/labelledStudy.js';
import type { Finding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { type Affine, apply, type Vector3 } from '../../server/src/values/affine.js';
import { type Grid, type SliceGrid, voxelCentre } from '../../server/src/values/grid.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import type { Product } from '../support/product.js';
import { streamOf } from '../volume/streamOf.js';
import { type SeriesUIDs, submit, waitFor } from './productClient.js';

export type Found = Extract<Finding, { status: 'found' }>;

export interface ReadJob {
  readonly job: Job;
  /** Target id → what was found of it. */
  readonly found: ReadonlyMap<string, Found>;
  /** Target id → bits of its mask, as read back from the archive. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
}

/** Segments a series with the running product and reads the result back. Throws where the job does not complete. */
export async function segmentAndRead(
  product: Product,
  series: SeriesUIDs,
  prompts: readonly string[],
  grid: SliceGrid,
): Promise<ReadJob> {
  const { status, body } = await submit(product, { ...series, prompts: [...prompts] });
  if (status !== 202) throw new Error(`the server responded with ${status}: ${JSON.stringify(body)}`);
  const job = await waitFor(product, body.id);
  if (job.state !== 'completed') throw new Error(`the job ${job.state}: ${job.problem?.detail}`);
  const found = job.findings.filter((finding) => finding.status === 'found');
  const masks = new Map<string, Uint8Array>();
  if (job.result !== undefined) {
    const archive = createDicomWebArchive(product.archive.dicomWeb);
    const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = job.result;
    const stored = await archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID);
    const segmentation = readSegmentation(stored!);
    for (const { target, segmentNumber } of found)
      masks.set(target.id, maskOfSegment(segmentation, segmentNumber, grid).bits);
  }
  return { job, found: new Map(found.map((finding) => [finding.target.id, finding])), masks };
}

/**
 * The network looks at an image in windows of up to 192 × 256 × 192 mm, each of which takes 15 s of processor time. The
 * images below lose what makes them need more windows: air and headrest beside a head, and a neck.
 */

/** The synthetic head that ships without its lower quarter. The lowest voxel of its brain is on row 151. */
export async function syntheticBrain(): Promise<{ instances: Uint8Array[]; truth: LabelledTruth }> {
  const truth = loadHeadTruth();
  const { voxels } = await read(loadHeadInstances());
  const [columns, , slices] = truth.grid.size;
  const kept = 168;
  const part = { columns: [0, columns], rows: [0, kept] } as const;
  const crop = <T extends Uint8Array | Uint16Array>(
    values: Volume['voxels'] | Uint8Array,
    into: new (n: number) => T,
  ) => cropped(values, truth.grid.size, part, new into(columns * kept * slices));
  const grid: Grid = { size: [columns, kept, slices], voxelToLps: truth.grid.voxelToLps };
  return {
    instances: await createHeadSeries(crop(voxels, Uint16Array), grid),
    truth: { ...truth, grid, labels: crop(truth.labels, Uint8Array) },
  };
}

/** A head CT of 512 × 512 pixels without what is beside the skull, on its slices as they are. */
export async function croppedHeadCt(
  series: readonly Uint8Array[],
): Promise<{ instances: Uint8Array[]; grid: SliceGrid }> {
  const { voxels, grid: whole } = await read(series);
  const part = { columns: [76, 436], rows: [48, 456] } as const;
  const [columns, rows, slices] = [360, 408, whole.size[2]];
  const values = cropped(voxels, whole.size, part, new Int16Array(columns * rows * slices));
  const [x, y, z] = apply(whole.voxelToLps, [part.columns[0], part.rows[0], 0]);
  const voxelToLps = whole.voxelToLps.with(3, x).with(7, y).with(11, z) as unknown as Affine;
  const grid: SliceGrid = { ...whole, size: [columns, rows, slices], voxelToLps };
  const instances = await createSeries({
    name: 'head CT',
    modality: 'CT',
    grid: { size: grid.size, voxelToLps },
    valueAt: (i, j, k) => values[i + columns * (j + rows * k)]!,
    attributes: (k) => ({
      BodyPartExamined: 'HEAD',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      ImagePositionPatient: [...voxelCentre(grid, [0, 0, k])],
    }),
  });
  return { instances, grid };
}

const read = (instances: readonly Uint8Array[]): Promise<Volume> =>
  assembleVolume(streamOf(instances), { signal: new AbortController().signal });

/** Some columns and rows of every slice, from a first to before a last. */
function cropped<T extends Uint8Array | Uint16Array | Int16Array>(
  values: Volume['voxels'] | Uint8Array,
  [columns, rows, slices]: Vector3,
  part: { readonly columns: readonly [number, number]; readonly rows: readonly [number, number] },
  out: T,
): T {
  let at = 0;
  for (let k = 0; k < slices; k++)
    for (let j = part.rows[0]; j < part.rows[1]; j++) {
      const line = columns * (j + rows * k);
      const kept = values.subarray(line + part.columns[0], line + part.columns[1]);
      out.set(kept, at);
      at += kept.length;
    }
  return out;
}
