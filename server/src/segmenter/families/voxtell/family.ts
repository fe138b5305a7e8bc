import type { Family } from '../family.js';
import { type VoxtellManifest, voxtellManifestSchema, voxtellProblems } from './manifest.js';
import { openVoxtell } from './voxtell.js';

export const voxtellFamily = {
  schema: voxtellManifestSchema,
  problems: voxtellProblems,
  givesProbabilities: true,
  promptsPerRun: ({ graph }) => graph.promptsPerRun,
  open: (manifest, folder, runtime) => openVoxtell(manifest, folder, runtime),
} satisfies Family<VoxtellManifest>;
