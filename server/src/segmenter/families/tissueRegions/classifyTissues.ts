import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import type { EvenVolume } from '../../../values/volume.js';
import type { SegmentOptions } from '../../segmenter.js';
import type { TissueGraph } from './tissueGraph.js';

/**
 * Runs the graph over all slices, a few at a time.
 *
 * @returns tissue code per voxel of the volume, and the time inside the graph in ms
 * @throws PromptsegError `cancelled`, checked before every run
 */
export async function classifyTissues(
  { grid, voxels }: EvenVolume,
  graph: Pick<TissueGraph, 'run'>,
  slicesPerRun: number,
  { signal, onProgress }: SegmentOptions,
): Promise<{ tissues: Uint8Array; sessionRunMs: number }> {
  const [columns, rows, slices] = grid.size;
  const sliceVoxels = columns * rows;
  const tissues = new Uint8Array(sliceVoxels * slices);
  let sessionRunMs = 0;
  for (let slice = 0; slice < slices; slice += slicesPerRun) {
    await stopIfCancelled(signal);
    const end = Math.min(slices, slice + slicesPerRun);
    const hu = toInt16(voxels.subarray(slice * sliceVoxels, end * sliceVoxels));
    const started = performance.now();
    const codes = await graph.run(hu, [columns, rows, end - slice]);
    sessionRunMs += performance.now() - started;
    tissues.set(codes, slice * sliceVoxels);
    onProgress(end, slices);
  }
  return { tissues, sessionRunMs };
}

/** Rounds and clamps: thresholds are 50 HU or more apart, and values beyond int16 are padding or metal. */
function toInt16(hu: Int16Array | Float32Array): Int16Array {
  if (hu instanceof Int16Array) return hu;
  const out = new Int16Array(hu.length);
  for (let n = 0; n < hu.length; n++) out[n] = Math.max(-32768, Math.min(32767, Math.round(hu[n]!)));
  return out;
}
