import type { PromptableFamily } from '../promptable.js';
import { type NninteractiveManifest, nninteractiveManifestSchema, nninteractiveProblems } from './manifest.js';

/** nnInteractive: a network that corrects a mask in 3-D from clicks. */
export const nninteractiveFamily = {
  schema: nninteractiveManifestSchema,
  takes: 'clicks',
  problems: nninteractiveProblems,
  open: async (manifest, runtime) => (await import('./nninteractive.js')).openNninteractive(manifest, runtime),
} satisfies PromptableFamily<NninteractiveManifest>;
