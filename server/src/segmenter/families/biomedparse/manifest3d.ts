import { z } from 'zod';
import type { Vocabulary } from '../../../values/vocabulary.js';
import { manifestIdentitySchema } from '../../manifestIdentity.js';
import type { PackageProblem } from '../packageProblem.js';
import { freeTextSchema } from './freeTextManifest.js';
import {
  bankSchema,
  imageGraphSchema,
  inputSchema,
  promptGraphSchema,
  refuseContradictions,
  tensorName,
  textProblems,
  textRowSchema,
} from './textsManifest.js';

const count = z.int().min(1).max(65_536);

/**
 * `model.json` of family 'biomedparse-3d' (BiomedParse v2, MedImageParse3D): a slice with its two neighbours as
 * colours, image features that all prompts share, and a decoder that returns for each prompt a mask and the probability
 * that the target is in the slice at all.
 */
export const biomedparse3dManifestSchema = manifestIdentitySchema
  .extend({
    family: z.literal('biomedparse-3d'),
    input: inputSchema,
    /** Its input is the slice, the previous one and the next one. */
    image: imageGraphSchema,
    prompt: promptGraphSchema.extend({
      /** Inputs of random numbers in [0, 1), the same for every prompt. */
      noise: z.array(z.strictObject({ input: tensorName, shape: z.array(count).length(4) })).max(3),
      /** Output float32 [prompts]: logits of the target's presence. */
      presenceOutput: tensorName,
    }),
    noiseSeed: z
      .int()
      .min(0)
      .max(2 ** 31),
    texts: z.strictObject({
      bank: bankSchema,
      rows: z.array(textRowSchema).min(1).max(4096),
      freeText: freeTextSchema.optional(),
    }),
    decision: z.strictObject({
      /** In a slice where a target's presence is less likely, nothing is marked. */
      presence: z.number().gt(0).lt(1),
      /**
       * Of two targets whose masks overlap more than this (intersection over union), the less likely is dropped from
       * the slice.
       */
      overlap: z.number().gt(0).max(1),
    }),
    memory: z.strictObject({
      /**
       * Measured peak of both graphs with one slice and `promptsPerRun` prompts, on the CPU, including weights, in
       * bytes.
       */
      graphBytes: z.int().min(0),
    }),
  })
  .superRefine(refuseContradictions);

export type Biomedparse3dManifest = z.infer<typeof biomedparse3dManifestSchema>;

/**
 * Contradictions within a package: targets without a text, files that are missing or have the wrong size.
 *
 * @param files path inside the package → size in bytes
 */
export function biomedparse3dProblems(
  { texts, image, prompt }: Biomedparse3dManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  return textProblems(texts, vocabulary, [image.file, prompt.file, texts.bank.file], files);
}
