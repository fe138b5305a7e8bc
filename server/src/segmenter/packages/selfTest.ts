import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PromptsegError } from '../../platform/errors.js';
import type { Affine } from '../../values/affine.js';
import { type Grid, voxelCount } from '../../values/grid.js';
import { diceOfBits } from '../../values/maskBits.js';
import type { Target } from '../../values/target.js';
import type { EvenVolume } from '../../values/volume.js';
import { corrupt } from '../corruptPackage.js';
import { type ManifestIdentity, packagePathSchema } from '../manifestIdentity.js';
import type { GridBox, PromptableSegmenter } from '../promptable.js';
import type { Segmenter } from '../segmenter.js';
import type { ModelPackage, PromptablePackage } from './modelPackage.js';

const goldenVolume = {
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

/** `golden/golden.json`: a small synthetic volume, and the masks that the model must produce. */
const goldenSchema = z.strictObject({
  ...goldenVolume,
  /** For each target: the file with the bits of its mask (see mask.ts), or null for "not found". */
  expected: z.record(z.string(), packagePathSchema.nullable()),
});

const place = z.tuple([z.int().min(0), z.int().min(0), z.int().min(0)]);

/** The same for a model that knows no names: boxes on a slice, from the first to the last voxel. */
const goldenBoxesSchema = z.strictObject({
  ...goldenVolume,
  boxes: z.array(z.strictObject({ first: place, last: place, mask: packagePathSchema })).min(1),
});

/**
 * Segments the package's golden volume with the opened model.
 *
 * @throws PromptsegError `model-selftest-failed` if a mask agrees with the expected one with a Dice coefficient below
 * `selfTest.minimumDice`, or a target is found that must not be, or the reverse; `model-package-corrupt` if golden/
 * cannot be read
 */
export async function selfTest(segmenter: Segmenter, { folder, manifest, vocabulary }: ModelPackage): Promise<void> {
  const { expected: files, ...golden } = await readGolden(folder, goldenSchema);
  const volume = await goldenVolumeOf(folder, golden);
  const targets = Object.keys(files).map((id): Target => {
    const known = vocabulary.targets.find((target) => target.id === id);
    if (known === undefined) throw corrupt('golden/golden.json', `names "${id}", which is not in vocabulary.json`);
    const { laterality, ...concept } = known.concept;
    return { id, name: known.name, prompt: known.name, concept: { ...concept, ...(laterality && { laterality }) } };
  });
  const { outcomes } = await segmenter.segment(volume, targets, undisturbed());
  const bytes = Math.ceil(voxelCount(volume.grid) / 8);
  for (const outcome of outcomes) {
    const { id } = outcome.target;
    const file = files[id];
    const expected = file ? await readBytes(folder, file, bytes) : new Uint8Array(bytes);
    requireSame(manifest, id, expected, outcome.status === 'found' ? outcome.mask.bits : new Uint8Array(bytes));
  }
}

/** The same for a model that knows no names, on the boxes of its golden volume. @throws PromptsegError likewise */
export async function selfTestBoxes(
  segmenter: PromptableSegmenter,
  { folder, manifest }: PromptablePackage,
): Promise<void> {
  const { boxes, ...golden } = await readGolden(folder, goldenBoxesSchema);
  const volume = await goldenVolumeOf(folder, golden);
  const bytes = Math.ceil(voxelCount(volume.grid) / 8);
  const asked = boxes.map(({ first, last }): GridBox => ({ across: 2, plane: first[2], least: first, greatest: last }));
  const { outcomes } = await segmenter.segmentBoxes(volume, asked, undisturbed());
  for (const [n, { mask }] of boxes.entries())
    requireSame(manifest, mask, await readBytes(folder, mask, bytes), outcomes[n]!.mask.bits);
}

const undisturbed = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

function requireSame({ id: model, selfTest }: ManifestIdentity, of: string, expected: Uint8Array, bits: Uint8Array) {
  const dice = diceOfBits(expected, bits);
  if (dice >= selfTest.minimumDice) return;
  throw new PromptsegError(
    'model-selftest-failed',
    `The model ${model} produces a wrong mask for "${of}" on its test volume: Dice ${dice.toFixed(4)}.`,
    { details: { target: of, dice, minimumDice: selfTest.minimumDice } },
  );
}

async function readGolden<T>(folder: string, schema: z.ZodType<T>): Promise<T> {
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

async function goldenVolumeOf(
  folder: string,
  golden: Omit<z.infer<typeof goldenSchema>, 'expected'>,
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

/** Reads a file into a separate buffer, so that typed arrays can be views of it. */
async function readBytes(folder: string, file: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
    throw corrupt(file, 'is named in golden.json but missing from the model package', cause);
  });
  if (bytes.length !== length) throw corrupt(file, `must have ${length} bytes`);
  return Uint8Array.from(bytes);
}
