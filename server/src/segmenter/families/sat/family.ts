import type { Family } from '../family.js';
import { type SatManifest, satManifestSchema, satProblems } from './manifest.js';
import { openSat } from './sat.js';

export const satFamily = {
  schema: satManifestSchema,
  problems: satProblems,
  givesProbabilities: true,
  readsFreeText: ({ queries }) => queries.kind === 'text-graph',
  promptsPerRun: ({ graph }) => graph.promptsPerRun,
  open: (manifest, folder, runtime) => openSat(manifest, folder, runtime),
} satisfies Family<SatManifest>;
