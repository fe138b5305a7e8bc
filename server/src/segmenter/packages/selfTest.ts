import { z } from 'zod';
import { voxelCount } from '../../values/grid.js';
import type { Target } from '../../values/target.js';
import { corrupt } from '../corruptPackage.js';
import { packagePathSchema } from '../manifestIdentity.js';
import type { Segmenter } from '../segmenter.js';
import { goldenVolume, goldenVolumeOf, readBytes, readGolden, requireSame, undisturbed } from './goldenVolume.js';
import type { ModelPackage } from './modelPackage.js';

/** `golden/golden.json`: a small synthetic volume, and the masks that the model must produce. */
const goldenSchema = z.strictObject({
  ...goldenVolume,
  /** For each target: the file with the bits of its mask (see mask.ts), or null for "not found". */
  expected: z.record(z.string(), packagePathSchema.nullable()),
});

/**
 * Segments the package's golden volume with the opened model.
 *
 * @returns time in session.run(), in ms
 * @throws PromptsegError `model-selftest-failed` if a mask agrees with the expected one with a Dice coefficient below
 * `selfTest.minimumDice`, or a target is found that must not be, or the reverse; `model-package-corrupt` if golden/
 * cannot be read
 */
export async function selfTest(segmenter: Segmenter, { folder, manifest, vocabulary }: ModelPackage): Promise<number> {
  const { expected: files, ...golden } = await readGolden(folder, goldenSchema);
  const volume = await goldenVolumeOf(folder, golden);
  const targets = Object.keys(files).map((id): Target => {
    const known = vocabulary.targets.find((target) => target.id === id);
    if (known === undefined) throw corrupt('golden/golden.json', `names "${id}", which is not in vocabulary.json`);
    const { laterality, ...concept } = known.concept;
    return { id, name: known.name, prompt: known.name, concept: { ...concept, ...(laterality && { laterality }) } };
  });
  const { outcomes, sessionRunMs } = await segmenter.segment(volume, targets, undisturbed());
  const bytes = Math.ceil(voxelCount(volume.grid) / 8);
  for (const outcome of outcomes) {
    const { id } = outcome.target;
    const file = files[id];
    const expected = file ? await readBytes(folder, file, bytes) : new Uint8Array(bytes);
    requireSame(manifest, id, expected, outcome.status === 'found' ? outcome.mask.bits : new Uint8Array(bytes));
  }
  return sessionRunMs;
}
