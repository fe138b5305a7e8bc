import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { freeTextTarget } from '../../server/src/prompts/freeText.js';
import { encodeSegmentation, type SegmentationInput } from '../../server/src/results/encodeSegmentation.js';
import type { Concept } from '../../server/src/values/concept.js';
import { voxelCount } from '../../server/src/values/grid.js';
import type { Mask } from '../../server/src/values/mask.js';
import type { Target } from '../../server/src/values/target.js';
import type { Volume } from '../../server/src/values/volume.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';

/** The volume of a folder that holds one series, its files at any depth. */
export async function volumeOfFolder(folder: string): Promise<Volume> {
  async function* instances() {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile() && entry.name.endsWith('.dcm')) yield await readFile(path.join(entry.parentPath, entry.name));
    }
  }
  return assembleVolume(instances(), { signal: new AbortController().signal });
}

/**
 * Three segments of a volume: bright voxels, an ellipsoid off the centre that overlaps them, and one corner voxel of
 * the last slice, so that any flip, shift or transposition shows. The voxel is named in free text: codes and category
 * of our own.
 */
export function segmentsOf(volume: Volume): SegmentationInput['segments'] {
  const { size } = volume.grid;
  const threshold = quantile(volume.voxels, 0.97);
  const bright = maskWhere(volume, (index) => volume.voxels[index]! > threshold);
  const ellipsoid = maskWhere(volume, (_index, i, j, k) => {
    const [x, y, z] = [i / size[0] - 0.3, j / size[1] - 0.4, (k + 0.5) / size[2] - 0.6];
    return x * x + y * y + z * z < 0.2 ** 2;
  });
  const corner = maskWhere(volume, (index) => index === voxelCount(volume.grid) - 1);
  return [
    { target: target('bright tissue', tissue), mask: bright },
    { target: target('left kidney', { ...kidney, laterality: 'left' }), mask: ellipsoid },
    { target: freeTextTarget('marker of the corner')!, mask: corner },
  ];
}

/** {@link segmentsOf}, each without the voxels of those before it: for a label map. */
export function disjointSegmentsOf(volume: Volume): SegmentationInput['segments'] {
  const taken = new Uint8Array(Math.ceil(voxelCount(volume.grid) / 8));
  return segmentsOf(volume).map((segment) => {
    const bits = segment.mask.bits.map((byte, index) => byte & ~taken[index]!);
    bits.forEach((byte, index) => {
      taken[index]! |= byte;
    });
    return { ...segment, mask: { ...segment.mask, bits } };
  });
}

/** What a result of {@link segmentsOf} says of itself. */
export const description = {
  algorithm: {
    name: 'Conformance test',
    version: '1.0.0',
    source: 'Promptseg',
    familyCode: { value: '123105', scheme: 'DCM', meaning: 'Histogram Analysis' },
  },
  identifiers: { seriesInstanceUID: '2.25.7001', sopInstanceUID: '2.25.7002' },
  seriesDescription: 'bright tissue, left kidney, marker',
  createdAt: new Date('2026-11-22T04:05:06.789Z'),
} as const;

/** A segmentation of the volume with {@link segmentsOf} and fixed identifiers. */
export function encodeVolume(volume: Volume, segments = segmentsOf(volume)): Uint8Array {
  return encodeSegmentation({
    source: volume,
    segments,
    ...description,
  }).part10;
}

const anatomy = { value: '123037004', scheme: 'SCT', meaning: 'Anatomical Structure' } as const;
const kidney: Concept = {
  category: anatomy,
  type: { value: '64033007', scheme: 'SCT', meaning: 'Kidney' },
  displayColour: [185, 102, 83],
};
const tissue: Concept = {
  category: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
  type: { value: '85756007', scheme: 'SCT', meaning: 'Tissue' },
  displayColour: [128, 174, 128],
};

const target = (name: string, concept: Concept): Target => ({ id: name, name, prompt: name, concept });

function maskWhere({ grid }: Volume, isInside: (index: number, i: number, j: number, k: number) => boolean): Mask {
  const [columns, rows, slices] = grid.size;
  const bits = new Uint8Array(Math.ceil(voxelCount(grid) / 8));
  let index = 0;
  for (let k = 0; k < slices; k++)
    for (let j = 0; j < rows; j++)
      for (let i = 0; i < columns; i++, index++) if (isInside(index, i, j, k)) bits[index >> 3]! |= 1 << (index & 7);
  return { grid, bits };
}

function quantile(voxels: Volume['voxels'], fraction: number): number {
  const sample = Float64Array.from(
    { length: 10_000 },
    (_, index) => voxels[Math.floor((index / 10_000) * voxels.length)]!,
  );
  return sample.sort()[Math.floor(fraction * sample.length)]!;
}
