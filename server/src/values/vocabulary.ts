import { z } from 'zod';

const codedConcept = z.strictObject({
  value: z.string().min(1).max(16),
  scheme: z.enum(['SCT', 'DCM', 'FMA', 'NEU', '99PROMPTSEG']),
  meaning: z.string().min(1).max(64),
});

const concept = z.strictObject({
  category: codedConcept,
  type: codedConcept,
  laterality: z.enum(['left', 'right', 'both']).optional(),
  anatomicRegion: codedConcept.optional(),
  displayColour: z.tuple([z.int().min(0).max(255), z.int().min(0).max(255), z.int().min(0).max(255)]),
});

const name = z.string().min(1).max(64);

/** `vocabulary.json` of a model package: its targets, in words and codes. */
export const vocabularySchema = z.strictObject({
  targets: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]+$/),
        /** Becomes the Segment Label. */
        name,
        /** Other names, abbreviations, Latin forms; lower case, without laterality words that `name` does not need. */
        synonyms: z.array(name),
        modalities: z.array(z.string()).min(1),
        concept,
        /** Of a target of which there may be many: how its instances are separated. See values/target.ts. */
        instances: z.strictObject({ minimumMl: z.number().min(0), mergeMm: z.number().min(0).max(20) }).optional(),
        /** The model's own term or channel, if it differs from the id. */
        modelTerm: z.string().optional(),
      }),
    )
    .min(1),
  /** Words that mean several targets at once: "lungs" is left lung and right lung. */
  groups: z.array(z.strictObject({ name, synonyms: z.array(name), members: z.array(z.string()).min(2) })),
  /** What the model was taught and is not good enough at to offer it; `why` is a sentence for people. */
  notOffered: z.array(z.strictObject({ name, synonyms: z.array(name), why: z.string().min(1).max(200) })).optional(),
});

export type Vocabulary = z.infer<typeof vocabularySchema>;
export type VocabularyTarget = Vocabulary['targets'][number];
