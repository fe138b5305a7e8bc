import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Grid } from '../../server/src/values/grid.js';

/**
 * The ground truth of a synthetic study, from `truth/labels.u8.gz` (one byte per voxel, in the grid's order) and
 * `truth/grid.json`. The study's series is `instances/*.dcm`.
 */
export interface LabelledTruth {
  readonly grid: Grid;
  /** One byte per voxel in the grid's order: index into `names`. */
  readonly labels: Uint8Array;
  readonly names: readonly string[];
  /** Target of the model → names of the labels whose union it is. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

/** @param folder of the study, with `truth/` */
export function loadLabelledTruth(folder: string): LabelledTruth {
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
export function bitsOfTarget({ labels, names, targets }: LabelledTruth, target: string): Uint8Array | undefined {
  if (!Object.hasOwn(targets, target)) return undefined;
  const members = new Set(targets[target]!.map((name) => names.indexOf(name)));
  const bits = new Uint8Array(Math.ceil(labels.length / 8));
  labels.forEach((label, n) => {
    if (members.has(label)) bits[n >>> 3]! |= 1 << (n & 7);
  });
  return bits;
}

/** The Part 10 files of a study, slice 0 first. @param folder of the study, with `instances/` */
export function loadLabelledInstances(folder: string): Uint8Array[] {
  const instances = path.join(folder, 'instances');
  return readdirSync(instances)
    .sort()
    .map((file) => new Uint8Array(readFileSync(path.join(instances, file))));
}

/** Writes a study into `folder`, replacing its content. @param source folder with the study's `truth/` */
export function writeLabelledStudy(instances: readonly Uint8Array[], source: string, folder: string): void {
  rmSync(path.join(folder, 'instances'), { recursive: true, force: true });
  rmSync(path.join(folder, 'truth'), { recursive: true, force: true });
  mkdirSync(path.join(folder, 'instances'), { recursive: true });
  instances.forEach((part10, k) => {
    writeFileSync(path.join(folder, 'instances', `${String(k + 1).padStart(3, '0')}.dcm`), part10);
  });
  cpSync(path.join(source, 'truth'), path.join(folder, 'truth'), { recursive: true });
}
