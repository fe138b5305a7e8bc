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
  textProblems,
  textRowSchema,
} from './textsManifest.js';

const probability = z.number().gt(0).lt(1);
const shape = z.number().gt(0).max(1e6);

/** Statistics of true masks of a target in one kind of image. */
const distributionSchema = z.strictObject({
  /** Upstream's name: "CT-Abdomen", "MRI-FLAIR-Brain". */
  imageType: z.string().min(1).max(64),
  /**
   * Beta distributions (a, b) of four numbers of 0–1: the mean of the mask's own probability, and of red, green and
   * blue inside the mask.
   */
  beta: z.array(z.tuple([shape, shape])).length(4),
});
export type Distribution = z.infer<typeof distributionSchema>;

/**
 * `model.json` of family 'biomedparse-2d' (BiomedParse v1): an image or a slice, image features that all prompts share,
 * and a decoder that returns a mask for each prompt. Distributions decide whether the mask shows the target at all.
 */
export const biomedparse2dManifestSchema = manifestIdentitySchema
  .extend({
    family: z.literal('biomedparse-2d'),
    input: inputSchema,
    /** Its input is grey values three times, or red, green and blue. */
    image: imageGraphSchema,
    /** Prompts of one run do not influence each other. */
    prompt: promptGraphSchema,
    texts: z.strictObject({
      bank: bankSchema,
      rows: z
        .array(
          textRowSchema.extend({
            /**
             * One for each kind of image in which upstream knows the target; the best fit counts. Absent: the mask
             * alone decides.
             */
            existence: z.array(distributionSchema).min(1).max(8).optional(),
          }),
        )
        .min(1)
        .max(4096),
      freeText: freeTextSchema.optional(),
    }),
    decision: z.strictObject({
      /** Pixels with a higher probability are marked. */
      probability,
      /** In a slice where the mask's p-value is lower, nothing is marked. */
      existence: z.strictObject({ minimumProbability: probability }),
      /**
       * Recognition drops a target if more than this fraction of it is covered by a better-fitting one of the same kind
       * of image.
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

export type Biomedparse2dManifest = z.infer<typeof biomedparse2dManifestSchema>;

/**
 * Contradictions within a package: targets without a text, files that are missing or have the wrong size.
 *
 * @param files path inside the package → size in bytes
 */
export function biomedparse2dProblems(
  { texts, image, prompt }: Biomedparse2dManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  return textProblems(texts, vocabulary, [image.file, prompt.file, texts.bank.file], files);
}
