import type { Family } from '../family.js';
import { type VoxtellManifest, voxtellManifestSchema, voxtellProblems } from './manifest.js';

export const voxtellFamily = {
  schema: voxtellManifestSchema,
  problems: voxtellProblems,
  givesProbabilities: true,
  promptsPerRun: ({ graph }) => graph.promptsPerRun,
  open: async (manifest, folder, runtime) => (await import('./voxtell.js')).openVoxtell(manifest, folder, runtime),
} satisfies Family<VoxtellManifest>;
