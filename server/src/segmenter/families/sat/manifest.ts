import { z } from 'zod';
import type { Vocabulary } from '../../../values/vocabulary.js';
import { intensityByModality } from '../../intensitySteps.js';
import { manifestIdentitySchema, packagePathSchema, servedModalitySchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';
import { bankOfWrongSize, count, promptedFields, queryBank } from '../promptedManifest.js';

/** The source of the queries: a vector of `dimension` float32 for each term in each modality. */
const queries = z.discriminatedUnion('kind', [
  /** `file`: the queries of all terms, float32, little endian; the modalities in the order of `terms`. */
  queryBank,
  /**
   * The text encoder, run once on all terms when the model is opened. Inputs: int64 [texts, tokens], ids of word
   * pieces, 0 after a text's end, and int64 [texts], numbers of modalities. Output: float32 [texts, dimension].
   */
  z.strictObject({
    kind: z.literal('text-graph'),
    file: packagePathSchema,
    tokens: z.string(),
    modalities: z.string(),
    output: z.string(),
    dimension: count,
    /** One piece to a line; its id is the number of the line, from 0. */
    pieces: packagePathSchema,
    maximumTokens: z.int().min(3).max(4096),
    modalityCodes: z.partialRecord(servedModalitySchema, z.int().min(0).max(255)),
  }),
]);
export type QuerySource = z.infer<typeof queries>;

/**
 * `model.json` of family 'sat': "Segment Anything in medical scenarios with Text prompts" (Zhao et al., npj Digital
 * Medicine 8:566).
 *
 * A volume is processed like upstream does: turn to `orientation`, resample to `spacing`, crop to the box of values
 * above 0, normalise, run windows that overlap by half and are padded with 0 at their end, blend probabilities with
 * nnU-Net's weights, apply `threshold`. The way back to the source grid is ours.
 */
export const satManifestSchema = manifestIdentitySchema
  .extend({
    family: z.literal('sat'),
    input: z.strictObject({
      orientation: z.enum(['RAS', 'ASR']),
      /** mm along the turned grid's axes. */
      spacing: z.tuple([z.number().gt(0).max(20), z.number().gt(0).max(20), z.number().gt(0).max(20)]),
      intensity: intensityByModality,
    }),
    /** The graph's output is probabilities. */
    ...promptedFields,
    /** The terms that the model was trained with, verbatim, by modality. */
    terms: z.partialRecord(servedModalitySchema, z.array(z.string().min(1).max(200)).min(1).max(4096)),
    /** The term of every target of vocabulary.json. */
    targets: z.record(z.string(), z.string()),
    queries,
  })
  .superRefine((manifest, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const modalities = [...manifest.modalities].sort().join();
    for (const [name, record] of Object.entries({
      terms: manifest.terms,
      'input.intensity': manifest.input.intensity,
      ...(manifest.queries.kind === 'text-graph' && { 'queries.modalityCodes': manifest.queries.modalityCodes }),
    }))
      if (Object.keys(record).sort().join() !== modalities)
        refuse(name.split('.'), 'must have an entry for each of the modalities and for no other');
    for (const [modality, terms] of Object.entries(manifest.terms))
      if (new Set(terms).size !== terms.length) refuse(['terms', modality], 'names a term twice');
    for (const [target, term] of Object.entries(manifest.targets))
      if (!Object.values(manifest.terms).some((terms) => terms.includes(term)))
        refuse(['targets', target], `names "${term}", which is a term in no modality`);
  });

export type SatManifest = z.infer<typeof satManifestSchema>;

/** All terms, in the order of their queries. */
export const termsInOrder = ({
  terms,
}: SatManifest): { modality: z.infer<typeof servedModalitySchema>; term: string }[] =>
  Object.entries(terms).flatMap(([modality, own]) =>
    own.map((term) => ({ modality: servedModalitySchema.parse(modality), term })),
  );

/**
 * Contradictions within a package: targets without terms, files that are missing or have the wrong size.
 *
 * @param files path inside the package → size in bytes
 */
export function satProblems(
  manifest: SatManifest,
  vocabulary: Vocabulary,
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const problems: PackageProblem[] = [];
  const { targets, terms, graph, queries: source } = manifest;
  const ids = new Set(vocabulary.targets.map(({ id }) => id));
  for (const id of Object.keys(targets))
    if (!ids.has(id))
      problems.push({ file: 'model.json', message: `has a term for "${id}", which is not in vocabulary.json` });
  for (const { id, modalities } of vocabulary.targets) {
    const term = Object.hasOwn(targets, id) ? targets[id] : undefined;
    if (term === undefined) problems.push({ file: 'model.json', message: `has no term for the target "${id}"` });
    for (const modality of modalities)
      if (term !== undefined && !terms[servedModalitySchema.parse(modality)]?.includes(term))
        problems.push({
          file: 'vocabulary.json',
          message: `gives the target "${id}" the modality ${modality}, in which "${term}" is not a term`,
        });
  }
  const named = [graph.file, source.file, ...(source.kind === 'text-graph' ? [source.pieces] : [])];
  return [
    ...problems,
    ...missingFiles(named, files),
    ...(source.kind === 'bank' ? bankOfWrongSize(source, termsInOrder(manifest).length, 'term', files) : []),
  ];
}
