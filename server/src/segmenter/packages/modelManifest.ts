import { z } from 'zod';
import type { ImagePrompts } from '../promptable.js';
import {
  families,
  familyOf,
  type ModelManifest,
  type PromptableManifest,
  promptableFamilies,
  promptableFamilyOf,
} from './families.js';

export type { ModelManifest, PromptableManifest };
export type AnyManifest = ModelManifest | PromptableManifest;

type SchemasOf<List> = {
  [Place in keyof List]: List[Place] extends { readonly schema: infer Schema } ? Schema : never;
};

/** `model.json` of a model with a vocabulary: one schema per family. */
export const modelManifestSchema = z.discriminatedUnion(
  'family',
  families.map(({ schema }) => schema) as unknown as SchemasOf<typeof families>,
);

const allFamilies = [...families, ...promptableFamilies] as const;

/** `model.json` of any model: everything that the server must know to run it. */
export const anyManifestSchema = z.discriminatedUnion(
  'family',
  allFamilies.map(({ schema }) => schema) as unknown as SchemasOf<typeof allFamilies>,
);

/** Whether a model is prompted on the image and knows no names. */
export const isPromptable = (manifest: AnyManifest): manifest is PromptableManifest =>
  promptableFamilies.some(({ schema }) => schema.shape.family.value === manifest.family);

/** Whether a model can return a target's probability at each voxel; others return only masks. */
export const givesProbabilities = (manifest: ModelManifest): boolean => familyOf(manifest).givesProbabilities;

/**
 * Whether a model accepts words outside its vocabulary. Not VoxTell, whose encoder is too large to ship, and not
 * families with closed vocabularies.
 */
export const readsFreeText = (manifest: ModelManifest): boolean =>
  familyOf(manifest).readsFreeText?.(manifest) ?? false;

/** What a model that is prompted on the image takes. */
export const imagePromptsOf = (manifest: PromptableManifest): ImagePrompts => promptableFamilyOf(manifest).takes;

/** Whether such a model takes scribbles and lassos, too. */
export const takesStrokes = (manifest: PromptableManifest): boolean => promptableFamilyOf(manifest).strokes ?? false;
