import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Grid } from '../../server/src/values/grid.js';
import { createSeries } from './createSeries.js';

/**
 * The demo study: a synthetic T1-like MR of a head, oblique sagittal, JPEG-LS. `instances/*.dcm`, and its truth as
 * `truth/labels.u8.gz` (one byte per voxel, in the grid's order) with `truth/grid.json`.
 */
export const headStudyFolder = path.resolve(import.meta.dirname, '../generated/head-mr');

export interface HeadTruth {
  readonly grid: Grid;
  /** One byte per voxel in the grid's order: index into `names`. */
  readonly labels: Uint8Array;
  readonly names: readonly string[];
  /** Target of the head model → names of the labels whose union it is. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

/** The truth in a folder with `truth/`. */
export function loadHeadTruth(folder = headStudyFolder): HeadTruth {
  const { size, voxelToLps, labels, targets } = JSON.parse(
    readFileSync(path.join(folder, 'truth/grid.json'), 'utf8'),
  ) as Grid & { labels: string[]; targets: Record<string, string[]> };
  return {
    grid: { size, voxelToLps },
    labels: new Uint8Array(gunzipSync(readFileSync(path.join(folder, 'truth/labels.u8.gz')))),
    names: labels,
    targets,
  };
}

/** A target's voxels as the bits of a mask (server/src/values/mask.ts); undefined if the truth does not contain it. */
export function bitsOfTarget({ labels, names, targets }: HeadTruth, target: string): Uint8Array | undefined {
  if (!Object.hasOwn(targets, target)) return undefined;
  const members = new Set(targets[target]!.map((name) => names.indexOf(name)));
  const bits = new Uint8Array(Math.ceil(labels.length / 8));
  labels.forEach((label, n) => {
    if (members.has(label)) bits[n >>> 3]! |= 1 << (n & 7);
  });
  return bits;
}

/** The Part 10 files of the shipped study, slice 0 first. */
export function loadHeadInstances(folder = headStudyFolder): Uint8Array[] {
  const instances = path.join(folder, 'instances');
  return readdirSync(instances)
    .sort()
    .map((file) => new Uint8Array(readFileSync(path.join(instances, file))));
}

/** The series of these voxels (stored values of 12 bits, in the grid's order). The same voxels give the same bytes. */
export function createHeadSeries(voxels: Uint16Array, grid: Grid): Promise<Uint8Array[]> {
  const [columns, rows] = grid.size;
  return createSeries({
    name: 'Head T1 sagittal oblique',
    study: 'Synthetic head MR',
    modality: 'MR',
    grid,
    valueAt: (i, j, k) => voxels[i + columns * (j + rows * k)]!,
    bitsStored: 12,
    signed: false,
    compression: 'jpeg-ls',
    attributes: () => ({
      PatientName: 'Phantom^Head',
      PatientID: 'PHANTOM-HEAD-1',
      StudyDescription: 'Synthetic head MR',
      SeriesDescription: 'Head T1 sagittal oblique (synthetic)',
      BodyPartExamined: 'HEAD',
    }),
  });
}

/** Writes the study into `folder`, replacing its content, from a folder with `voxels.u16` and `truth/`. */
export async function writeHeadStudy(source: string, folder = headStudyFolder): Promise<void> {
  const bytes = Uint8Array.from(readFileSync(path.join(source, 'voxels.u16')));
  const instances = await createHeadSeries(new Uint16Array(bytes.buffer), loadHeadTruth(source).grid);
  rmSync(path.join(folder, 'instances'), { recursive: true, force: true });
  rmSync(path.join(folder, 'truth'), { recursive: true, force: true });
  mkdirSync(path.join(folder, 'instances'), { recursive: true });
  instances.forEach((part10, k) => {
    writeFileSync(path.join(folder, 'instances', `${String(k + 1).padStart(3, '0')}.dcm`), part10);
  });
  cpSync(path.join(source, 'truth'), path.join(folder, 'truth'), { recursive: true });
}
