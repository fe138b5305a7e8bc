import type { PromptableFamily } from '../promptable.js';
import { type RegionsManifest, regionsManifestSchema } from './manifest.js';

/** Regions between edges of the image, from clicks, scribbles and lassos; nothing is learnt. */
export const regionsFamily = {
  schema: regionsManifestSchema,
  takes: 'clicks',
  strokes: true,
  cpuOnly: true,
  problems: () => [],
  open: async (manifest) => (await import('./regions.js')).openRegions(manifest),
} satisfies PromptableFamily<RegionsManifest>;
