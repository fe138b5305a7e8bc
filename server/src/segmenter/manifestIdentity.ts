import { z } from 'zod';
import { bodyRegions } from '#contract/bodyRegions.js';
import { measuredQualitySchema } from '#contract/models.js';

const sentence = z.string().trim().min(1).max(4000);

/** A path inside the package, with forward slashes: "graphs/image.onnx". Never absolute, no "." or ".." parts. */
export const packagePathSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/, 'is not a path inside the package');

/**
 * DICOM Modality (0008,0060) of the series that models can serve: volumes for CT, MR and PT, regions of whole slides
 * for SM, single images for the others.
 */
export const servedModalitySchema = z.enum([
  'CT',
  'MR',
  'PT',
  'CR',
  'DX',
  'MG',
  'US',
  'OP',
  'OPT',
  'ES',
  'XC',
  'DMS',
  'SM',
]);

/** Fields that packages of every kind have. */
export const identitySchemas = {
  sentence,
  id: z
    .string()
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not lower-case words joined by hyphens'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'is not MAJOR.MINOR.PATCH'),
  /** SPDX licence expression, or the licence's own name if SPDX has none. */
  licence: z.union([z.strictObject({ spdx: z.string().min(1).max(100) }), z.strictObject({ text: sentence })]),
};

/**
 * The part of `model.json` that all families share. A family's schema is `manifestIdentitySchema.extend({ family:
 * z.literal('…'), … })`; it stays strict (unknown fields are refused).
 */
export const manifestIdentitySchema = z.strictObject({
  schema: z.literal('promptseg-model/1'),
  /** Also the name of the package's folder. */
  id: identitySchemas.id,
  /** For people. */
  name: z.string().trim().min(1).max(64),
  version: identitySchemas.version,
  /** Origin of the model: how it was made, or the repository, commit and checkpoint that it was converted from. */
  source: z.strictObject({
    description: sentence,
    repository: z.string().max(200).optional(),
    commit: z.string().max(64).optional(),
    checkpointSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
  licence: identitySchemas.licence,
  intendedUse: sentence,
  researchUseOnly: z.boolean(),
  modalities: z.array(servedModalitySchema).min(1),
  /**
   * Regions of the body that the model was made for; absent: any. It is not chosen for series that show only others.
   */
  bodyRegions: z.array(z.enum(bodyRegions)).min(1).optional(),
  /** Segmentation Algorithm Identification (PS3.3 section 10.16), for every segment that the model makes. */
  algorithm: z.strictObject({
    /** Algorithm Name (0066,0036), and Segment Algorithm Name (0062,0009). */
    name: z.string().trim().min(1).max(64),
    /** Algorithm Version (0066,0031) */
    version: z.string().trim().min(1).max(64),
    /** Algorithm Source (0024,0202) */
    source: z.string().trim().min(1).max(64).optional(),
    /** Algorithm Family Code Sequence (0066,002F), from CID 7162 */
    familyCode: z.strictObject({
      value: z.string().min(1).max(16),
      scheme: z.enum(['SCT', 'DCM', '99PROMPTSEG']),
      meaning: z.string().min(1).max(64),
    }),
  }),
  /** Measured accuracy; CARD.md has the details. */
  evaluation: z.array(measuredQualitySchema),
  /**
   * Measured repeatability: how much the volume of a target differs between rescans in which nothing has changed. Only
   * figures that were measured; other targets are left out.
   */
  repeatability: z
    .strictObject({
      /** What was measured, and how: one or two sentences for people. */
      source: sentence,
      /** By id of the target: 95 of 100 pairs of rescans differ by less, in per cent of the volume. */
      percent: z.record(z.string().regex(/^[a-z0-9-]+$/), z.number().gt(0).max(100)),
    })
    .optional(),
  /**
   * The self-test at load (`golden/`, see selfTest.ts): the masks of the golden volume must agree with the expected
   * ones with at least this Dice coefficient each.
   */
  selfTest: z.strictObject({ minimumDice: z.number().gt(0).max(1) }),
});

export type ManifestIdentity = z.infer<typeof manifestIdentitySchema>;
