import type { PromptableFamily } from '../promptable.js';
import { type RegionsManifest, regionsManifestSchema } from './manifest.js';
import { openRegions } from './regions.js';

/** Regions between edges of the image, from clicks; nothing is learnt. */
export const regionsFamily = {
  schema: regionsManifestSchema,
  takes: 'clicks',
  cpuOnly: true,
  problems: () => [],
  open: async (manifest) => openRegions(manifest),
} satisfies PromptableFamily<RegionsManifest>;
