import { z } from 'zod';
import { bodyRegions } from '#contract/bodyRegions.js';
import { manifestIdentitySchema, packagePathSchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';

const tensorName = z.string().min(1).max(64);
const percent = z.number().min(0).max(100);
const part = z.number().gt(0).lt(1);

/** `model.json` of family 'medsam': any image encoder, and SAM's decoder for one box on a slice. */
export const medsamManifestSchema = manifestIdentitySchema.extend({
  family: z.literal('medsam'),
  input: z.strictObject({
    /** Columns and rows of the network's input image. */
    size: z.int().min(64).max(2048).multipleOf(16),
    /** For CT, in HU: the first one for the region that does not show the median of the box as black. */
    ctWindows: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
          level: z.number(),
          width: z.number().gt(0),
          /** Only for series that show these; absent: any. */
          bodyRegions: z.array(z.enum(bodyRegions)).min(1).optional(),
        }),
      )
      .min(1)
      .max(16),
    /** For other modalities: percentiles of the values above 0 that become black and white. */
    percentiles: z.tuple([percent, percent]).refine(([low, high]) => low < high, 'do not ascend'),
  }),
  /** Input float32 [1, 3, size, size], 0–1; output float32 [1, channels, rows, columns]. */
  image: z.strictObject({ file: packagePathSchema, input: tensorName, outputs: z.array(tensorName).length(1) }),
  /**
   * Inputs: the features and the box, float32 [1, 4]: left, top, right, bottom in pixels of the network's image.
   * Outputs: logits float32 [1, 1, size, size], and quality float32 [1, 1].
   */
  box: z.strictObject({
    file: packagePathSchema,
    features: tensorName,
    box: tensorName,
    logits: tensorName,
    quality: tensorName,
  }),
  /** Pixels with a higher probability are marked. */
  probability: part,
  /** How marking continues to the next slice, and where it ends. */
  propagation: z.strictObject({
    /** The next box is that of the last mask, enlarged by this many pixels of the network's image on each side. */
    boxMargin: z.int().min(0).max(64),
    /** Marking ends at a mask with a lower quality. */
    minimumQuality: z.number().min(0).max(1),
    /** It also ends at a mask whose area, relative to the previous one, is below or above these. */
    minimumAreaShare: part,
    maximumAreaShare: z.number().gt(1).max(100),
  }),
  memory: z.strictObject({
    /** Measured peak of both graphs with one slice, on the CPU, including weights, in bytes. */
    graphBytes: z.int().min(0),
  }),
});

export type MedsamManifest = z.infer<typeof medsamManifestSchema>;

/** Files that the manifest names and the package does not have. @param files path inside the package → size in bytes */
export const medsamProblems = (
  { image, box }: MedsamManifest,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] => missingFiles([image.file, box.file], files);
