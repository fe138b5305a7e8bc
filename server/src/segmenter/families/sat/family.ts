import type { Family } from '../family.js';
import { type SatManifest, satManifestSchema, satProblems } from './manifest.js';

export const satFamily = {
  schema: satManifestSchema,
  problems: satProblems,
  givesProbabilities: true,
  readsFreeText: ({ queries }) => queries.kind === 'text-graph',
  promptsPerRun: ({ graph }) => graph.promptsPerRun,
  open: async (manifest, folder, runtime) => (await import('./sat.js')).openSat(manifest, folder, runtime),
} satisfies Family<SatManifest>;
