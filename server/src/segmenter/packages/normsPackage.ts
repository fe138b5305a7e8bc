import { z } from 'zod';
import { identitySchemas } from '../manifestIdentity.js';
import { checkFolder, readJson } from './checkedFolder.js';
import type { ModelKeys } from './packageSignature.js';

/** The manifest of a package of norms: where its table comes from, and what it is about. */
export const normsManifestFile = 'norms.json';
const tableFile = 'table.json';

const { id, version, licence, sentence } = identitySchemas;
const title = z.string().trim().min(1).max(100);

const normsManifestSchema = z.strictObject({
  schema: z.literal('promptseg-norms/1'),
  /** Also the name of the package's folder. */
  id,
  /** For people: shown with every centile. */
  title,
  version,
  /** The publication that the table comes from. */
  source: sentence,
  licence,
  /** Who was measured: how many, from where, how chosen. */
  population: sentence,
  /** How they were measured: images, software, definition of the structures. */
  method: sentence,
  /** Modality of the images that the norms may be applied to. */
  modalities: z.array(z.enum(['CT', 'MR', 'PT'])).min(1),
});

const age = z.number().min(0).max(120);

/** At least two, ascending; between them the figures are interpolated, outside of them nothing is said. */
const byAge = <Row extends { readonly age: number }>(row: z.ZodType<Row>) =>
  z
    .array(row)
    .min(2)
    .max(1000)
    .refine((rows) => isAscending(rows.map((each) => each.age)), 'are not ascending');

const isAscending = (values: readonly number[]): boolean =>
  values.every((value, n) => n === 0 || value > values[n - 1]!);

/** What people of one sex have of one structure. */
const rowBase = {
  /** The type of the structure, as in a vocabulary. */
  code: z.strictObject({ scheme: z.string().min(1).max(16), value: z.string().min(1).max(64) }),
  /** As in a vocabulary: absent for a structure without sides. */
  laterality: z.enum(['left', 'right', 'both']).optional(),
  /** mL, or percent of the volume of the intracranial contents. */
  of: z.enum(['volume', 'intracranial-percent']),
  sex: z.enum(['female', 'male', 'any']),
};

const rowSchema = z.discriminatedUnion('distribution', [
  z.strictObject({
    ...rowBase,
    distribution: z.literal('normal'),
    ages: byAge(z.strictObject({ age, mean: z.number().gt(0), sd: z.number().gt(0) })),
  }),
  z.strictObject({
    ...rowBase,
    /** Box–Cox: power, median, coefficient of variation (Cole and Green, Stat Med 1992;11:1305–1319). */
    distribution: z.literal('lms'),
    ages: byAge(z.strictObject({ age, l: z.number().min(-20).max(20), m: z.number().gt(0), s: z.number().gt(0) })),
  }),
  z
    .strictObject({
      ...rowBase,
      distribution: z.literal('quantiles'),
      /** Ascending; each age has one value for each of them. */
      percentiles: z.array(z.number().gt(0).lt(100)).min(2).max(99).refine(isAscending, 'are not ascending'),
      ages: byAge(
        z.strictObject({ age, values: z.array(z.number().gt(0)).max(99).refine(isAscending, 'are not ascending') }),
      ),
    })
    .refine(
      ({ percentiles, ages }) => ages.every(({ values }) => values.length === percentiles.length),
      'has an age without a value for each percentile',
    ),
]);

const tableSchema = z
  .strictObject({ rows: z.array(rowSchema).min(1).max(10_000) })
  .refine(({ rows }) => new Set(rows.flatMap(keysOf)).size === rows.flatMap(keysOf).length, 'has a row twice');

export type NormsManifest = z.infer<typeof normsManifestSchema>;
export type NormsRow = z.infer<typeof rowSchema>;

/** A package of norms whose checksums were verified. */
export interface NormsPackage {
  /** Absolute path. */
  readonly folder: string;
  /** SHA-256 of SHA256SUMS, hex: identifies the package's exact content. */
  readonly sha256: string;
  readonly manifest: NormsManifest;
  readonly rows: readonly NormsRow[];
}

/** What a row is about, once for each sex: no two rows may share one. */
function keysOf({ code, laterality, of, sex }: Pick<NormsRow, 'code' | 'laterality' | 'of' | 'sex'>): string[] {
  const sexes = sex === 'any' ? ['female', 'male', 'any'] : [sex];
  return sexes.map((each) => [code.scheme, code.value, laterality ?? '', of, each].join(' '));
}

/**
 * Reads a package of norms and compares every file in its folder with SHA256SUMS.
 *
 * @param keys if not empty, one of them must have signed SHA256SUMS
 * @throws PromptsegError `model-package-unsigned`; `model-package-corrupt`, naming the file
 */
export async function loadNormsPackage(folder: string, keys: ModelKeys = []): Promise<NormsPackage> {
  const { files: _files, ...checked } = await checkFolder(folder, keys, [normsManifestFile, tableFile, 'LICENSE']);
  const manifest = await readJson(checked.folder, normsManifestFile, normsManifestSchema);
  const { rows } = await readJson(checked.folder, tableFile, tableSchema);
  return { ...checked, manifest, rows };
}
