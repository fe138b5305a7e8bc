import { z } from 'zod';
import { mostClicks, mostPoints, mostPointsInAll, pointsOf } from './promptLimits.js';
import { uidSchema } from './uid.js';

const millimetres = z.number().min(-100_000).max(100_000);
const placeSchema = z.tuple([millimetres, millimetres, millimetres]).readonly();

/**
 * A box, by two opposite corners in the patient's coordinates (LPS, mm). If both corners are on one plane of voxels,
 * the box is on that plane. Otherwise it covers the slices between them and counts as drawn on the middle one.
 */
export const boxPromptSchema = z.strictObject({
  kind: z.literal('box'),
  corners: z.tuple([placeSchema, placeSchema]).readonly(),
  /**
   * Normal of the plane on which it was drawn: the box is then on the plane of voxels nearest to its centre. Absent:
   * the corners determine the plane.
   */
  normal: z.tuple([z.number(), z.number(), z.number()]).readonly().optional(),
  /** Frame of Reference UID (0020,0052) of the corners; the box is refused if the images have another one. */
  frameOfReferenceUID: uidSchema.optional(),
});
export type BoxPrompt = z.infer<typeof boxPromptSchema>;

/** A click on a voxel, in the patient's coordinates (LPS, mm). */
export const clickPromptSchema = z.strictObject({
  kind: z.literal('click'),
  place: placeSchema,
  /** Whether what is there is part of the structure. */
  part: z.boolean(),
  /** Frame of Reference UID (0020,0052) of the place; the click is refused if the images have another one. */
  frameOfReferenceUID: uidSchema.optional(),
});
export type ClickPrompt = z.infer<typeof clickPromptSchema>;

const pointsSchema = (least: number) =>
  z
    .array(placeSchema)
    .min(least, `has fewer than ${least} points`)
    .max(mostPoints, `has more than ${mostPoints} points`)
    .readonly();

/** A line over voxels, by its points in the patient's coordinates (LPS, mm). It may run through several slices. */
export const scribblePromptSchema = z.strictObject({
  kind: z.literal('scribble'),
  line: pointsSchema(2),
  /** Whether what it runs over is part of the structure. */
  part: z.boolean(),
  /** Frame of Reference UID (0020,0052) of the points; as of a click. */
  frameOfReferenceUID: uidSchema.optional(),
});
export type ScribblePrompt = z.infer<typeof scribblePromptSchema>;

/**
 * A closed outline on one plane of voxels, by its corners in the patient's coordinates (LPS, mm); the last one is
 * joined to the first. In this plane, exactly the voxels whose centres it encloses change.
 */
export const lassoPromptSchema = z.strictObject({
  kind: z.literal('lasso'),
  outline: pointsSchema(3),
  /** Whether what it encloses is part of the structure. */
  part: z.boolean(),
  /** Whether neighbouring planes change too, as after a click. Absent: they do. */
  throughSlices: z.boolean().optional(),
  /** Frame of Reference UID (0020,0052) of the corners; as of a click. */
  frameOfReferenceUID: uidSchema.optional(),
});
export type LassoPrompt = z.infer<typeof lassoPromptSchema>;

/** What a model that takes clicks takes. */
export const regionPromptSchema = z.discriminatedUnion('kind', [
  clickPromptSchema,
  scribblePromptSchema,
  lassoPromptSchema,
]);
export type RegionPrompt = z.infer<typeof regionPromptSchema>;

/**
 * Clicks, scribbles and lassos on one segment, in the order in which they were made: each changes what the earlier ones
 * left.
 */
export const clicksSchema = z
  .array(regionPromptSchema)
  .min(1)
  .max(mostClicks)
  .refine((prompts) => pointsOf(prompts) <= mostPointsInAll, `have more than ${mostPointsInAll} points together`);

/** Grey values between black and white, in the unit of the images. */
export const greyWindowSchema = z.strictObject({
  level: z.number().min(-1e6).max(1e6),
  width: z.number().gt(0).max(1e6),
});

/** A segment of a stored result, to be corrected. */
export const correctedSegmentSchema = z.strictObject({
  job: z.uuid(),
  /** Segment Number (0062,0004). */
  segmentNumber: z.int().min(1).max(65_535),
  /** SOP Instance UID of an edited result of the job; absent: the job's own result. */
  result: uidSchema.optional(),
});

export type CorrectedSegment = z.infer<typeof correctedSegmentSchema>;

/** What becomes of the other segments of a result where a corrected one grows. */
export const neighboursSchema = z.strictObject({
  /**
   * `overlapping`: they keep their voxels, which are then in both. `exclusive`: they lose them. `onlyEmpty`: the
   * segment does not grow into any of them.
   */
  policy: z.enum(['overlapping', 'exclusive', 'onlyEmpty']),
  /** Segment Numbers of others into which the segment does not grow. */
  locked: z.array(z.int().min(1).max(65_535)).max(1000).optional(),
});
export type Neighbours = z.infer<typeof neighboursSchema>;

/** A structure that is new on the images of a series, and its name. */
export const newStructure = {
  studyInstanceUID: uidSchema,
  seriesInstanceUID: uidSchema,
  /** Id of the stack of slices, if the series has several. */
  stack: z.string().min(1).max(64).optional(),
  /**
   * Name of the structure. If an installed model knows the name, it gets that model's code; in quotation marks, or if
   * no model knows it, it stays free text with a private code.
   */
  name: z.string().trim().min(1).max(200),
};

/** Boxes on the images. */
export const imagePrompts = {
  boxes: z.array(boxPromptSchema).min(1).max(100),
  /**
   * Whether segmentation continues from the plane of a box to neighbouring planes, as far as the model trusts its
   * masks. Absent: it does.
   */
  throughSlices: z.boolean().optional(),
  /** Grey-value window in which the boxes were drawn. Absent: chosen by modality and content of the box. */
  window: greyWindowSchema.optional(),
};

/**
 * A job's prompts on the images: boxes, or clicks, scribbles and lassos. Its `request.prompts` then contain only the
 * name.
 */
export const refinementSchema = z.object({
  ...imagePrompts,
  boxes: imagePrompts.boxes.optional(),
  clicks: clicksSchema.optional(),
  corrects: correctedSegmentSchema.optional(),
  /** Of a correction; absent: overlapping. */
  neighbours: neighboursSchema.optional(),
});
export type Refinement = z.infer<typeof refinementSchema>;
