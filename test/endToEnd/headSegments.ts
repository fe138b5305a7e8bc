import type { Finding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import type { SliceGrid } from '../../server/src/values/grid.js';
import type { Product } from '../support/product.js';
import { type SeriesUIDs, submit, waitFor } from './productClient.js';

export type Found = Extract<Finding, { status: 'found' }>;

export interface HeadJob {
  readonly job: Job;
  /** Target id → what was found of it. */
  readonly found: ReadonlyMap<string, Found>;
  /** Target id → bits of its mask, as read back from the archive. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
}

/** Segments a series with the running product and reads the result back. Throws where the job does not complete. */
export async function segmentHead(
  product: Product,
  series: SeriesUIDs,
  prompts: readonly string[],
  grid: SliceGrid,
): Promise<HeadJob> {
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

/** Voxels in both. */
export function commonVoxels(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let byte = 0; byte < a.length; byte++) for (let rest = a[byte]! & b[byte]!; rest > 0; rest &= rest - 1) count++;
  return count;
}
