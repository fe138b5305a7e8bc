import type { Family } from '../family.js';
import { type TextQueryManifest, textQueryManifestSchema, textQueryProblems } from './manifest.js';
import { openTextQuery } from './textQuery.js';

export const textQueryFamily = {
  schema: textQueryManifestSchema,
  problems: textQueryProblems,
  givesProbabilities: true,
  open: (manifest, folder, runtime) => openTextQuery(manifest, folder, runtime),
} satisfies Family<TextQueryManifest>;
