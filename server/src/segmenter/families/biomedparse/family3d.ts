import type { Family } from '../family.js';
import { type Biomedparse3dManifest, biomedparse3dManifestSchema, biomedparse3dProblems } from './manifest3d.js';

export const biomedparse3dFamily = {
  schema: biomedparse3dManifestSchema,
  problems: biomedparse3dProblems,
  givesProbabilities: false,
  readsFreeText: ({ texts }) => texts.freeText !== undefined,
  promptsPerRun: ({ prompt }) => prompt.promptsPerRun,
  open: async (manifest, folder, runtime) =>
    (await import('./biomedparse3d.js')).openBiomedparse3d(manifest, folder, runtime),
} satisfies Family<Biomedparse3dManifest>;
