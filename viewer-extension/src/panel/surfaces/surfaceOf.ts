import type { SegmentPixels } from '../host.js';
import { segmentGrid } from './segmentGrid.js';
import { type Mesh, surfaceNets } from './surfaceNets.js';

/** As many are looked at in half a second; a larger segment is drawn more coarsely, which is hardly seen. */
const maximumVoxels = 2e6;

/** The surface of a segment in the patient (LPS, mm); undefined where it has none. */
export function surfaceOf(pixels: SegmentPixels, segmentNumber: number): Mesh | undefined {
  const grid = segmentGrid(pixels, segmentNumber, maximumVoxels);
  if (grid === undefined) return undefined;
  const { points, triangles } = surfaceNets(grid);
  const placed = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 3)
    placed.set(grid.toPatient(points[at]!, points[at + 1]!, points[at + 2]!), at);
  return { points: placed, triangles };
}
