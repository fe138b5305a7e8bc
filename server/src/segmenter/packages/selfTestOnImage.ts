import { z } from 'zod';
import { type Grid, voxelCount } from '../../values/grid.js';
import { packagePathSchema } from '../manifestIdentity.js';
import { type GridBox, type PromptableSegmenter, takingBoxes, takingClicks } from '../promptable.js';
import { promptableFamilyOf } from './families.js';
import { goldenVolume, goldenVolumeOf, readBytes, readGolden, requireSame, undisturbed } from './goldenVolume.js';
import type { PromptablePackage } from './modelPackage.js';

const place = z.tuple([z.int().min(0), z.int().min(0), z.int().min(0)]);

/** `golden/golden.json` of a model that takes boxes: each on a slice, from the first to the last voxel. */
const goldenBoxesSchema = z.strictObject({
  ...goldenVolume,
  boxes: z.array(z.strictObject({ first: place, last: place, mask: packagePathSchema })).min(1),
});

/** The same of a model that takes clicks: the mask before (absent: empty), all clicks, and the mask after them. */
const goldenClicksSchema = z.strictObject({
  ...goldenVolume,
  before: packagePathSchema.optional(),
  clicks: z.array(z.strictObject({ voxel: place, part: z.boolean() })).min(1),
  mask: packagePathSchema,
});

/**
 * Prompts the opened model on its package's golden volume.
 *
 * @throws PromptsegError `model-selftest-failed` if a mask agrees with the expected one with a Dice coefficient below
 * `selfTest.minimumDice`; `model-package-corrupt` if golden/ cannot be read
 */
export const selfTestOnImage = (segmenter: PromptableSegmenter, model: PromptablePackage): Promise<void> =>
  promptableFamilyOf(model.manifest).takes === 'boxes' ? testBoxes(segmenter, model) : testClicks(segmenter, model);

async function testBoxes(segmenter: PromptableSegmenter, { folder, manifest }: PromptablePackage): Promise<void> {
  const { boxes, ...golden } = await readGolden(folder, goldenBoxesSchema);
  const volume = await goldenVolumeOf(folder, golden);
  const asked = boxes.map(({ first, last }): GridBox => ({ across: 2, plane: first[2], least: first, greatest: last }));
  const { outcomes } = await takingBoxes(segmenter).segmentBoxes(volume, asked, undisturbed());
  for (const [n, { mask }] of boxes.entries())
    requireSame(manifest, mask, await readBytes(folder, mask, bytesOf(volume.grid)), outcomes[n]!.mask.bits);
}

async function testClicks(segmenter: PromptableSegmenter, { folder, manifest }: PromptablePackage): Promise<void> {
  const { before, clicks, mask: after, ...golden } = await readGolden(folder, goldenClicksSchema);
  const volume = await goldenVolumeOf(folder, golden);
  const bytes = bytesOf(volume.grid);
  const bits = before === undefined ? new Uint8Array(bytes) : await readBytes(folder, before, bytes);
  const { mask } = await takingClicks(segmenter).correctByClicks(
    volume,
    { grid: volume.grid, bits },
    clicks,
    undisturbed(),
  );
  requireSame(manifest, after, await readBytes(folder, after, bytes), mask.bits);
}

const bytesOf = (grid: Grid): number => Math.ceil(voxelCount(grid) / 8);
