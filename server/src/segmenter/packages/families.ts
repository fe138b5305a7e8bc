import type { z } from 'zod';
import { biomedparse2dFamily } from '../families/biomedparse/family2d.js';
import { biomedparse3dFamily } from '../families/biomedparse/family3d.js';
import type { Family } from '../families/family.js';
import { medsamFamily } from '../families/medsam/family.js';
import { nninteractiveFamily } from '../families/nninteractive/family.js';
import type { PromptableFamily } from '../families/promptable.js';
import { regionsFamily } from '../families/regions/family.js';
import { satFamily } from '../families/sat/family.js';
import { textQueryFamily } from '../families/textQuery/family.js';
import { tissueRegionsFamily } from '../families/tissueRegions/family.js';
import { voxtellFamily } from '../families/voxtell/family.js';

/**
 * The families of models that the server can run: one line and one folder each. What runs a model is loaded when one is
 * opened: a server reads only manifests.
 */
export const families = [
  textQueryFamily,
  tissueRegionsFamily,
  satFamily,
  biomedparse2dFamily,
  biomedparse3dFamily,
  voxtellFamily,
] as const;

/** The families of models that are prompted on the image. */
export const promptableFamilies = [medsamFamily, nninteractiveFamily, regionsFamily] as const;

/** `model.json` of any family with a vocabulary. */
export type ModelManifest = z.infer<(typeof families)[number]['schema']>;

/** `model.json` of any family that is prompted on the image. */
export type PromptableManifest = z.infer<(typeof promptableFamilies)[number]['schema']>;

const byName = new Map(families.map((family) => [family.schema.shape.family.value as string, family]));

/** The family that a manifest names. */
export function familyOf({ family }: Pick<ModelManifest, 'family'>): Family<ModelManifest> {
  // The map returns the family of this manifest, which TypeScript cannot infer from a value.
  return byName.get(family) as unknown as Family<ModelManifest>;
}

/** The same for a model that is prompted on the image. */
export function promptableFamilyOf({
  family,
}: Pick<PromptableManifest, 'family'>): PromptableFamily<PromptableManifest> {
  // As above.
  return promptableFamilies.find(
    ({ schema }) => schema.shape.family.value === family,
  ) as unknown as PromptableFamily<PromptableManifest>;
}
