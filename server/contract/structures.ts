import { z } from 'zod';
import { targetViewSchema } from './finding.js';

/** Groups in which structures are listed, in display order. */
export const structureRegions = [
  'brain',
  'head-and-neck',
  'chest',
  'abdomen',
  'pelvis',
  'spine',
  'bones',
  'muscles',
  'vessels',
  'tissues',
  'lesions',
  'other',
] as const;
export type StructureRegion = (typeof structureRegions)[number];

/** One structure that can be requested, with its sides. */
export const structureSchema = z.object({
  /** Without a side: "Hippocampus". */
  name: z.string(),
  /** Other names, of all its sides, for the search. */
  synonyms: z.array(z.string()),
  /** One target, or the sides of a pair: left, right, and both together if a model has that. */
  targets: z.array(targetViewSchema),
  /** Ids of the models that know any of these targets. */
  models: z.array(z.string()),
});
export type Structure = z.infer<typeof structureSchema>;

/** Shipped prompts under one name, requested together. */
export const presetSchema = z.object({
  id: z.string(),
  /** By language: "en", "de". */
  names: z.record(z.string(), z.string()),
  prompts: z.array(z.string()),
  /** The same in German; absent if the site's file has one language only. */
  germanPrompts: z.array(z.string()).optional(),
  /** Number of structures that the prompts name. */
  structures: z.int(),
});
export type Preset = z.infer<typeof presetSchema>;

/** Query of `GET /structures`: attributes of a series, or one model. */
export const structuresQuerySchema = z.object({
  modality: z.string().min(1).max(16).optional(),
  bodyPartExamined: z.string().max(64).optional(),
  model: z.string().min(1).max(100).optional(),
});

export const structuresViewSchema = z.object({
  regions: z.array(z.object({ region: z.enum(structureRegions), structures: z.array(structureSchema) })),
  /** The presets that one of the models understands completely. */
  presets: z.array(presetSchema),
});
export type StructuresView = z.infer<typeof structuresViewSchema>;
