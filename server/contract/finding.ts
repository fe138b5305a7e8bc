import { z } from 'zod';
import { cautionSchema } from './caution.js';
import { refusalCodes } from './refusalCode.js';
import { type TargetView, targetViewSchema, vector3Schema } from './targetView.js';
import { uidSchema } from './uid.js';

export { type TargetView, targetViewSchema };

/** One of the connected parts of a target of which there may be many. */
export const instanceSchema = z.object({
  /** From 1, the largest first. */
  number: z.int().min(1),
  /** Tracking UID (0062,0021) of its group in the measurement report; absent if nothing was stored. */
  trackingUID: uidSchema.optional(),
  volumeMl: z.number(),
  voxelCount: z.int(),
  /** The longest line within one slice of the source, and the extent at right angles to it in the same slice. */
  longestDiameterMm: z.number(),
  perpendicularDiameterMm: z.number(),
  /** That slice, counted from 0. */
  slice: z.int(),
  /** Centre of mass in LPS mm. */
  centroidLps: vector3Schema,
});
export type Instance = z.infer<typeof instanceSchema>;

/** The instances of a target of which there may be many. */
export const instancesSchema = z.object({
  found: z.array(instanceSchema).readonly(),
  /** Connected parts that are smaller than `minimumMl`, or than the 500 largest; they count in the finding's volume. */
  smaller: z.int(),
  minimumMl: z.number(),
  /** Parts that come as near as this count as one. */
  mergeMm: z.number(),
});
export type Instances = z.infer<typeof instancesSchema>;

/** Where a value is among people of the same age and sex, by a package of norms. */
export const centileSchema = z.object({
  /** 0–100: this share of them have less. */
  percentile: z.number().min(0).max(100),
  /** Set if the norms go no further than that percentile, and the value is below or above it. */
  beyond: z.enum(['below', 'above']).optional(),
  of: z.enum(['volume', 'intracranial-percent']),
  norms: z.object({
    id: z.string(),
    version: z.string(),
    title: z.string(),
    /** The publication that the norms come from. */
    source: z.string(),
    /** Who was measured. */
    population: z.string(),
  }),
});
export type Centile = z.infer<typeof centileSchema>;

/** A target that was found, with its segment and measurements. */
export const foundFindingSchema = z.object({
  status: z.literal('found'),
  prompt: z.string(),
  target: targetViewSchema,
  /** Segment Number (0062,0004) in the stored SEG. */
  segmentNumber: z.int(),
  /** Absent for a single image, like mean, standard deviation, unit and centre. */
  volumeMl: z.number().optional(),
  /** Pixels of a single image. */
  voxelCount: z.int(),
  /** For a single image with a pixel spacing in the patient. */
  areaMm2: z.number().optional(),
  /** The longest distance within one slice of the source; absent if a single image states no pixel spacing. */
  longestAxialDiameterMm: z.number().optional(),
  mean: z.number().optional(),
  standardDeviation: z.number().optional(),
  unit: z.string().optional(),
  /** Mean probability of the voxels inside, 0–1; only if the job computed probabilities (a fractional segmentation). */
  score: z.number().min(0).max(1).optional(),
  /**
   * First and last voxel (column, row, slice), inclusive, on the source grid; of a slide in the total pixel matrix of
   * its level.
   */
  boundingBox: z.object({ first: vector3Schema, last: vector3Schema }),
  /** The bounding box along the patient's axes, including the edges of the voxels, in LPS mm. */
  boundingBoxLps: z.object({ least: vector3Schema, greatest: vector3Schema }).optional(),
  /** Centre of mass in LPS mm. */
  centroidLps: vector3Schema.optional(),
  /** Only for a target of which there may be many, in a volume; absent after an edit. */
  instances: instancesSchema.optional(),
  /**
   * Its volume in percent of that of the intracranial contents found with it; only inside of them, if the edge of the
   * images cuts off neither; absent after an edit.
   */
  intracranialPercent: z.number().optional(),
  /** One per package of norms that has it; absent if there is none, and after an edit. */
  centiles: z.array(centileSchema).readonly().optional(),
  /** Reasons to doubt it: its shape, place or volume, or the other findings. */
  cautions: z.array(cautionSchema).readonly().optional(),
  /**
   * The model's estimate of how likely the image shows the target, or how well the mask passes the model's own test of
   * this; only for models that predict it.
   */
  presence: z.number().min(0).max(1).optional(),
});
export type FoundFinding = z.infer<typeof foundFindingSchema>;

/** The outcome for one target, or for a part of the text without a target. */
export const findingSchema = z.discriminatedUnion('status', [
  foundFindingSchema,
  z.object({
    status: z.literal('not-found'),
    prompt: z.string(),
    target: targetViewSchema,
    reason: z.string(),
    presence: z.number().min(0).max(1).optional(),
  }),
  z.object({
    status: z.literal('refused'),
    prompt: z.string(),
    /** Absent in records of earlier versions. */
    code: z.enum(refusalCodes).optional(),
    reason: z.string(),
    /** The nearest targets that the model knows. */
    nearest: z.array(targetViewSchema),
  }),
]);
export type Finding = z.infer<typeof findingSchema>;
