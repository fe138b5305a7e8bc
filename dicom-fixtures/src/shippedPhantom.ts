import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Grid } from '../../server/src/values/grid.js';
import { regionNames } from './ctBodyAnatomy.js';
import { type CtBodyPhantom, createCtBodyPhantom, type Masks, truthOf } from './ctBodyPhantom.js';

/**
 * The demo study: `instances/*.dcm`, and its truth as `truth/labels.u8.gz` (one byte per voxel, in the grid's order)
 * with `truth/grid.json` (size, voxelToLps, and the names of the labels).
 */
export const shippedPhantomFolder = path.resolve(import.meta.dirname, '../generated/ct-body-phantom');

/** The phantom of the demo study: 384 × 384 × 400 mm, JPEG-LS, which OHIF, Orthanc and dcmtk all read. */
export function createShippedPhantom(): Promise<CtBodyPhantom> {
  return createCtBodyPhantom({
    name: 'CT body phantom',
    size: [256, 256, 100],
    spacing: [1.5, 1.5, 4],
    compression: 'jpeg-ls',
  });
}

/** Writes the phantom into `folder`, replacing its content. */
export function writePhantom({ instances, grid, labels }: CtBodyPhantom, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'instances'), { recursive: true });
  mkdirSync(path.join(folder, 'truth'));
  instances.forEach((part10, k) => {
    writeFileSync(path.join(folder, 'instances', `${String(k + 1).padStart(3, '0')}.dcm`), part10);
  });
  writeFileSync(path.join(folder, 'truth/labels.u8.gz'), gzipSync(labels, { level: 9 }));
  writeFileSync(path.join(folder, 'truth/grid.json'), `${JSON.stringify({ ...grid, labels: regionNames }, null, 2)}\n`);
}

export interface Truth {
  readonly grid: Grid;
  /** One byte per voxel in the grid's order: index into `regionNames`. */
  readonly labels: Uint8Array;
  /** By name, 1 per voxel inside and 0 outside. */
  readonly truth: Masks;
}

/** The truth of the shipped demo study. */
export function loadTruth(folder = shippedPhantomFolder): Truth {
  const { size, voxelToLps } = JSON.parse(readFileSync(path.join(folder, 'truth/grid.json'), 'utf8')) as Grid;
  const labels = new Uint8Array(gunzipSync(readFileSync(path.join(folder, 'truth/labels.u8.gz'))));
  return { grid: { size, voxelToLps }, labels, truth: truthOf(labels) };
}

/** The Part 10 files of the shipped demo study, slice 0 first. */
export function loadInstances(folder = shippedPhantomFolder): Uint8Array[] {
  const instances = path.join(folder, 'instances');
  return readdirSync(instances)
    .sort()
    .map((file) => new Uint8Array(readFileSync(path.join(instances, file))));
}
