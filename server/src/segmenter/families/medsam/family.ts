import type { PromptableFamily } from '../promptable.js';
import { type MedsamManifest, medsamManifestSchema, medsamProblems } from './manifest.js';
import { openMedsam } from './medsam.js';

/** MedSAM and its relatives: segment what is inside a box on a slice. */
export const medsamFamily = {
  schema: medsamManifestSchema,
  takes: 'boxes',
  problems: medsamProblems,
  open: (manifest, runtime) => openMedsam(manifest, runtime),
} satisfies PromptableFamily<MedsamManifest>;
