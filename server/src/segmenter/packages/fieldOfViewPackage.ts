import { z } from 'zod';
import { imageKinds } from '#contract/imageShows.js';
import { corrupt } from '../corruptPackage.js';
import { identitySchemas, packagePathSchema } from '../manifestIdentity.js';
import { checkFolder, readJson } from './checkedFolder.js';
import type { ModelKeys } from './packageSignature.js';

/** The manifest of a network that says what a volume shows. */
export const fieldOfViewManifestFile = 'field-of-view.json';

const { id, version } = identitySchemas;
const fraction = z.number().min(0).max(1);
const millimetres = z.number().min(-200).max(2000);
const isAscending = ({ low, high }: { readonly low: number; readonly high: number }): boolean => low < high;

const fieldOfViewManifestSchema = z.strictObject({
  schema: z.literal('promptseg-field-of-view/1'),
  /** Also the name of the package's folder. */
  name: id,
  version,
  /** SPDX licence expression. */
  license: z.string().min(1).max(100),
  graph: packagePathSchema,
  /** Of the network's image. */
  spacingMillimetres: z.number().min(1).max(50),
  /** Each side of the network's image is a multiple of it, and at least `smallest`. */
  multiple: z.int().min(1).max(64),
  smallest: z.int().min(1).max(256),
  /** Of all voxels: they become 0 and 1. */
  percentiles: z.tuple([z.number().min(0).max(100), z.number().min(0).max(100)]).refine(([low, high]) => low < high),
  clip: z.tuple([z.number(), z.number()]).refine(([low, high]) => low < high),
  /** Slices of the network's image per row of its output `height`. */
  rowSlices: z.int().min(1).max(16),
  /** Heights in the standard body: the middle of bin i is first + i·step, in mm. */
  bins: z.strictObject({ first: millimetres, step: z.number().min(1).max(200), count: z.int().min(2).max(1000) }),
  kinds: z
    .array(z.enum(imageKinds))
    .min(2)
    .refine((kinds) => new Set(kinds).size === kinds.length, 'names a kind twice'),
  /** From head to feet; they may overlap. */
  regions: z
    .array(
      z
        .strictObject({
          name: z.string().min(1).max(32),
          /** CID 4031, scheme SCT. */
          code: z.strictObject({ value: z.string().min(1).max(16), meaning: z.string().min(1).max(64) }),
          low: millimetres,
          high: millimetres,
        })
        .refine(isAscending, 'is upside down'),
    )
    .min(1),
  /** SNOMED CT code of a structure, and the heights between which it is in nine of ten bodies. */
  structures: z.array(
    z
      .strictObject({ code: z.string().min(1).max(16), low: millimetres, high: millimetres })
      .refine(isAscending, 'is upside down'),
  ),
  thresholds: z.strictObject({
    /** Least probability that the volume stands as an orientation says. */
    upright: fraction,
    /** Least confidence of heights that count. */
    body: fraction,
    /** Least probability of a modality that contradicts the stated one; absent: none does. */
    kind: fraction.optional(),
    /** Least probability of `other` for "no body"; absent: that is never certain. */
    noBody: fraction.optional(),
  }),
});

export type FieldOfViewManifest = z.infer<typeof fieldOfViewManifestSchema>;

/** A package of that network whose checksums were verified. */
export interface FieldOfViewPackage {
  /** Absolute path. */
  readonly folder: string;
  /** SHA-256 of SHA256SUMS, hex: identifies the package's exact content. */
  readonly sha256: string;
  readonly manifest: FieldOfViewManifest;
}

/**
 * Reads such a package and compares every file in its folder with SHA256SUMS.
 *
 * @param keys if not empty, one of them must have signed SHA256SUMS
 * @throws PromptsegError `model-package-unsigned`; `model-package-corrupt`, naming the file
 */
export async function loadFieldOfViewPackage(folder: string, keys: ModelKeys = []): Promise<FieldOfViewPackage> {
  const required = [fieldOfViewManifestFile, 'LICENSE', 'CARD.md'];
  const { files, ...checked } = await checkFolder(folder, keys, required);
  const manifest = await readJson(checked.folder, fieldOfViewManifestFile, fieldOfViewManifestSchema);
  if (!files.has(manifest.graph)) throw corrupt(fieldOfViewManifestFile, `names ${manifest.graph}, which is missing`);
  return { ...checked, manifest };
}
