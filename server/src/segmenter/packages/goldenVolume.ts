import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PromptsegError } from '../../platform/errors.js';
import type { Affine } from '../../values/affine.js';
import { type Grid, voxelCount } from '../../values/grid.js';
import { diceOfBits } from '../../values/maskBits.js';
import type { EvenVolume } from '../../values/volume.js';
import { corrupt } from '../corruptPackage.js';
import { type ManifestIdentity, packagePathSchema } from '../manifestIdentity.js';
import type { SegmentOptions } from '../segmenter.js';

/** The part of `golden/golden.json` that all packages share: a small synthetic volume. */
export const goldenVolume = {
  modality: z.enum(['CT', 'MR', 'PT']),
  unit: z.enum(['HU', 'SUVbw', 'Bq/mL', 'arbitrary']),
  grid: z.strictObject({
    /** [columns, rows, slices] */
    size: z.tuple([z.int().min(1).max(512), z.int().min(1).max(512), z.int().min(1).max(512)]),
    /** Row-major 4×4 matrix from voxel (i, j, k) to LPS mm. */
    voxelToLps: z.array(z.number()).length(16),
  }),
  /** Little endian, index i + columns·(j + rows·k). */
  voxels: z.strictObject({ file: packagePathSchema, type: z.enum(['int16', 'float32']) }),
};

/** Options of a self-test. */
export const undisturbed = (): SegmentOptions => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

/** @throws PromptsegError `model-selftest-failed` if a mask differs too much from the expected one */
export function requireSame(
  { id: model, selfTest }: ManifestIdentity,
  of: string,
  expected: Uint8Array,
  bits: Uint8Array,
) {
  const dice = diceOfBits(expected, bits);
  if (dice >= selfTest.minimumDice) return;
  throw new PromptsegError(
    'model-selftest-failed',
    `The model ${model} produces a wrong mask for "${of}" on its test volume: Dice ${dice.toFixed(4)}.`,
    { details: { target: of, dice, minimumDice: selfTest.minimumDice } },
  );
}

/** @throws PromptsegError `model-package-corrupt` */
export async function readGolden<T>(folder: string, schema: z.ZodType<T>): Promise<T> {
  const file = 'golden/golden.json';
  const text = await readFile(join(folder, file), 'utf8').catch((cause: unknown) => {
    throw corrupt(file, 'is missing from the model package', cause);
  });
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw corrupt(file, 'does not follow its schema', cause);
  }
}

/** @throws PromptsegError `model-package-corrupt` */
export async function goldenVolumeOf(
  folder: string,
  golden: z.infer<z.ZodObject<typeof goldenVolume>>,
): Promise<EvenVolume> {
  const grid: Grid = { size: golden.grid.size, voxelToLps: golden.grid.voxelToLps as unknown as Affine };
  const [Voxels, bytesPerVoxel] = golden.voxels.type === 'int16' ? [Int16Array, 2] : [Float32Array, 4];
  const bytes = await readBytes(folder, golden.voxels.file, voxelCount(grid) * bytesPerVoxel);
  return {
    grid,
    voxels: new Voxels(bytes.buffer),
    unit: golden.unit,
    modality: golden.modality,
    // The golden volume comes from no archive: it has no UIDs, source images or header.
    studyInstanceUID: '',
    seriesInstanceUID: '',
    frameOfReferenceUID: '',
    sourceImages: [],
    header: {},
    notes: [],
  };
}

/**
 * Reads a file into a separate buffer, so that typed arrays can be views of it.
 * @throws PromptsegError `model-package-corrupt`
 */
export async function readBytes(folder: string, file: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
    throw corrupt(file, 'is named in golden.json but missing from the model package', cause);
  });
  if (bytes.length !== length) throw corrupt(file, `must have ${length} bytes`);
  return Uint8Array.from(bytes);
}
