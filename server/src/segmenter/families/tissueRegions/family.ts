import type { Family } from '../family.js';
import { type TissueRegionsManifest, tissueRegionsManifestSchema, tissueRegionsProblems } from './manifest.js';
import { openTissueRegions } from './tissueRegions.js';

export const tissueRegionsFamily = {
  schema: tissueRegionsManifestSchema,
  problems: tissueRegionsProblems,
  givesProbabilities: false,
  cpuOnly: true,
  open: (manifest, folder, runtime) => openTissueRegions(manifest, folder, runtime),
} satisfies Family<TissueRegionsManifest>;
