import type { PromptableFamily } from '../promptable.js';
import { type MedsamManifest, medsamManifestSchema, medsamProblems } from './manifest.js';

/** MedSAM and its relatives: segment what is inside a box on a slice. */
export const medsamFamily = {
  schema: medsamManifestSchema,
  takes: 'boxes',
  problems: medsamProblems,
  open: async (manifest, runtime) => (await import('./medsam.js')).openMedsam(manifest, runtime),
} satisfies PromptableFamily<MedsamManifest>;
