import type { Family } from '../family.js';
import { type Biomedparse2dManifest, biomedparse2dManifestSchema, biomedparse2dProblems } from './manifest2d.js';

export const biomedparse2dFamily = {
  schema: biomedparse2dManifestSchema,
  problems: biomedparse2dProblems,
  givesProbabilities: true,
  readsFreeText: ({ texts }) => texts.freeText !== undefined,
  imageSize: ({ input }) => input.size,
  promptsPerRun: ({ prompt }) => prompt.promptsPerRun,
  // Like upstream's `non_maxima_suppression`, only among targets of the same kind of image: the liver does not suppress
  // its tumor.
  competition({ texts, decision }, modality) {
    const kinds = new Map(
      texts.rows
        .filter((row) => row.modality === modality)
        .map(({ target, existence = [] }) => [target, existence.map(({ imageType }) => imageType)]),
    );
    return { overlap: decision.overlap, kindsOf: (targetId) => kinds.get(targetId) ?? [] };
  },
  open: async (manifest, folder, runtime) =>
    (await import('./biomedparse2d.js')).openBiomedparse2d(manifest, folder, runtime),
} satisfies Family<Biomedparse2dManifest>;
