import type { Family } from '../family.js';
import { inInt8, membersOf, type TextQueryManifest, textQueryManifestSchema, textQueryProblems } from './manifest.js';

export const textQueryFamily = {
  schema: textQueryManifestSchema,
  problems: textQueryProblems,
  givesProbabilities: true,
  inInt8,
  membersOf,
  open: async (manifest, folder, runtime) => (await import('./textQuery.js')).openTextQuery(manifest, folder, runtime),
} satisfies Family<TextQueryManifest>;
