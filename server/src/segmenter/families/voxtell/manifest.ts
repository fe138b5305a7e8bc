import { z } from 'zod';
import type { Vocabulary } from '../../../values/vocabulary.js';
import { intensityByModality } from '../../intensitySteps.js';
import { manifestIdentitySchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';
import { bankOfWrongSize, promptedFields, queryBank } from '../promptedManifest.js';

/**
 * `model.json` of family 'voxtell': "VoxTell: Free-text promptable universal 3D medical image segmentation" (Rokuss et
 * al., CVPR 2026).
 *
 * A volume is processed like upstream does: turn to RAS without resampling, crop to the box of values that are not 0,
 * normalise, pad with 0 on both sides to a window, run windows at equal distances that overlap by half or more, blend
 * logits with nnU-Net's weights, apply sigmoid and `threshold`.
 */
export const voxtellManifestSchema = manifestIdentitySchema
  .extend({
    family: z.literal('voxtell'),
    input: z.strictObject({ orientation: z.literal('RAS'), intensity: intensityByModality }),
    /** The graph's output is logits. */
    ...promptedFields,
    /** The supported texts, lower case; their queries were made by a text encoder that is too large to run here. */
    texts: z.array(z.string().min(1).max(1000)).min(1).max(100_000),
    /** The text of every target of vocabulary.json. */
    targets: z.record(z.string(), z.string()),
    /** In the order of `texts`. */
    queries: queryBank,
  })
  .superRefine((manifest, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (Object.keys(manifest.input.intensity).sort().join() !== [...manifest.modalities].sort().join())
      refuse(['input', 'intensity'], 'must have an entry for each of the modalities and for no other');
    const texts = new Set(manifest.texts);
    if (texts.size !== manifest.texts.length) refuse(['texts'], 'names a text twice');
    for (const [target, text] of Object.entries(manifest.targets))
      if (!texts.has(text)) refuse(['targets', target], `names "${text}", which is not among the texts`);
  });

export type VoxtellManifest = z.infer<typeof voxtellManifestSchema>;

/**
 * Contradictions within a package: targets without texts, files that are missing or have the wrong size.
 *
 * @param files path inside the package → size in bytes
 */
export function voxtellProblems(
  { targets, texts, graph, queries }: VoxtellManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const problems: PackageProblem[] = [];
  const ids = new Set(vocabulary.targets.map(({ id }) => id));
  for (const id of Object.keys(targets))
    if (!ids.has(id))
      problems.push({ file: 'model.json', message: `has a text for "${id}", which is not in vocabulary.json` });
  for (const id of ids)
    if (!Object.hasOwn(targets, id))
      problems.push({ file: 'model.json', message: `has no text for the target "${id}"` });
  return [
    ...problems,
    ...missingFiles([graph.file, queries.file], files),
    ...bankOfWrongSize(queries, texts.length, 'text', files),
  ];
}
