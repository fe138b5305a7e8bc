import type { ClickPrompt } from '../../../server/contract/imagePrompts.js';
import type { Job } from '../../../server/contract/job.js';
import type { Problem } from '../../../server/contract/problem.js';
import type { RefinementRequest } from '../../../server/contract/refinements.js';
import { maskOfSegment } from '../../../server/src/results/maskOfSegment.js';
import { type ReadSegmentation, readSegmentation } from '../../../server/src/results/readSegmentation.js';
import { apply, type Vector3 } from '../../../server/src/values/affine.js';
import type { Volume } from '../../../server/src/values/volume.js';
import { assembleVolume } from '../../../server/src/volume/assembleVolume.js';
import { type Product, startProduct } from '../../support/product.js';
import { smallPhantom } from '../../support/smallPhantom.js';
import { streamOf } from '../../volume/streamOf.js';
import { call, type SeriesUIDs, storedResult, storedSegmentations, submit, uidsOf, waitFor } from '../productClient.js';

/** What boxes, clicks and drafts share: a running product whose archive holds one study with the result of a job. */
export let product: Product;
export let series: SeriesUIDs;
export let volume: Volume;
/** Both lungs, by text. */
export let lungs: Job;
export let original: ReadSegmentation;

export async function startLungs(): Promise<void> {
  const phantom = await smallPhantom('refinements');
  series = uidsOf(phantom[0]!);
  volume = await assembleVolume(streamOf(phantom), { signal: new AbortController().signal });
  product = await startProduct({ instances: phantom });
  const { body } = await submit(product, { ...series, prompts: ['lungs'] });
  lungs = await waitFor(product, body.id);
  if (lungs.state !== 'completed') throw new Error(`the job is ${lungs.state}: ${lungs.problem?.detail}`);
  original = await stored(lungs);
}

export const stopLungs = async (): Promise<void> => product?.stop();

export const stored = async (job: Job): Promise<ReadSegmentation> => readSegmentation(await storedResult(product, job));
export const bitsOf = (segmentation: ReadSegmentation, number: number): Uint8Array =>
  maskOfSegment(segmentation, number, volume.grid).bits;
export const numberOfStored = async (): Promise<number> => (await storedSegmentations(product)).length;

/** Of each segment what a refinement keeps. */
export const identityOf = ({ segments }: ReadSegmentation) =>
  segments.map(({ label, type, trackingID, trackingUID, recommendedDisplayCIELabValue }) => ({
    label,
    type,
    trackingID,
    trackingUID,
    recommendedDisplayCIELabValue,
  }));

export const indexOf = ([i, j, k]: Vector3): number => {
  const [columns, rows] = volume.grid.size;
  return i + columns * (j + rows * k);
};
export const placeOf = (voxel: Vector3): Vector3 => apply(volume.grid.voxelToLps, voxel);
export const click = (voxel: Vector3, part: boolean, changes: Partial<ClickPrompt> = {}): ClickPrompt => ({
  kind: 'click',
  place: placeOf(voxel),
  part,
  frameOfReferenceUID: volume.frameOfReferenceUID,
  ...changes,
});

export const refine = (request: RefinementRequest) => call<Job>(product, 'POST', '/refinements', request);
export async function refined(request: RefinementRequest): Promise<Job> {
  const { status, body } = await refine(request);
  if (status !== 202) throw new Error(`not accepted: ${(body as unknown as Problem).detail}`);
  return waitFor(product, body.id);
}

export async function deleteStudy(): Promise<void> {
  const response = await product.archive.ask('/tools/find', {
    method: 'POST',
    body: JSON.stringify({ Level: 'Study', Query: { StudyInstanceUID: series.studyInstanceUID } }),
  });
  const [found] = (await response.json()) as string[];
  await product.archive.ask(`/studies/${found}`, { method: 'DELETE' });
}
