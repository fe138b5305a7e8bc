import { z } from 'zod';
import { patientSides } from './caution.js';
import { codedConceptSchema } from './targetView.js';

/** What an image can be, seen from its voxels: `other` shows no body. */
export const imageKinds = ['ct', 't1', 't2', 'flair', 'other-mr', 'pet', 'other'] as const;
export type ImageKind = (typeof imageKinds)[number];

const regionSchema = z.object({ name: z.string(), code: codedConceptSchema });
export type ShownRegion = z.infer<typeof regionSchema>;

/** What a volume shows, determined from its voxels alone, without what its attributes say. */
export const imageShowsSchema = z.object({
  kind: z.enum(imageKinds),
  kindProbability: z.number().min(0).max(1),
  /** From head to feet; empty if none is recognized with confidence. */
  regions: z.array(regionSchema).readonly(),
  /**
   * Millimetres above the soles' level −77 in a body of standard size (vertex at 1642): of the lowest and the highest
   * place that shows a body. Absent if not recognized with confidence, like `slices`.
   */
  heights: z.object({ low: z.number(), high: z.number() }).optional(),
  /** Runs of slices of the source, counted from 0, that show the same regions; only of axial slices. */
  slices: z
    .array(z.object({ first: z.int(), last: z.int(), regions: z.array(z.string()).readonly() }))
    .readonly()
    .optional(),
  /**
   * Whether the patient is where the attributes say. If it `differs`: on which side, by the attributes, head and front
   * are.
   */
  orientation: z.discriminatedUnion('status', [
    z.object({ status: z.literal('as-stated') }),
    z.object({ status: z.literal('differs'), head: z.enum(patientSides), front: z.enum(patientSides) }),
    z.object({ status: z.literal('unknown') }),
  ]),
  /** Mean probability of the heights found, 0–1; absent without any. */
  confidence: z.number().min(0).max(1).optional(),
  /** One sentence. */
  text: z.string(),
});
export type ImageShows = z.infer<typeof imageShowsSchema>;
