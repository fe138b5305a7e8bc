import { z } from 'zod';

export const codedConceptSchema = z.object({ value: z.string(), scheme: z.string(), meaning: z.string() });

/** Three numbers, one per axis. */
export const vector3Schema = z.tuple([z.number(), z.number(), z.number()]).readonly();

/** A target as shown to people and programs: what a prompt was understood as. */
export const targetViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  code: codedConceptSchema,
  laterality: z.enum(['left', 'right', 'both']).optional(),
  /** Location of a lesion or vessel. */
  anatomicRegion: codedConceptSchema.optional(),
  displayColour: vector3Schema,
  /**
   * Free text outside the vocabulary that the model got: its result is the model's own interpretation, and the code is
   * private.
   */
  freeText: z.string().optional(),
});
export type TargetView = z.infer<typeof targetViewSchema>;
