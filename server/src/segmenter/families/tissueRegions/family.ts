import type { Family } from '../family.js';
import { type TissueRegionsManifest, tissueRegionsManifestSchema, tissueRegionsProblems } from './manifest.js';

export const tissueRegionsFamily = {
  schema: tissueRegionsManifestSchema,
  problems: tissueRegionsProblems,
  givesProbabilities: false,
  cpuOnly: true,
  open: async (manifest, folder, runtime) =>
    (await import('./tissueRegions.js')).openTissueRegions(manifest, folder, runtime),
} satisfies Family<TissueRegionsManifest>;
