import { z } from 'zod';
import type { Vocabulary } from '../../../values/vocabulary.js';
import { packagePathSchema, servedModalitySchema } from '../../manifestIdentity.js';
import { missingFiles, type PackageProblem } from '../packageProblem.js';
import { type FreeText, freeTextContradictions, freeTextFiles } from './freeTextManifest.js';

/**
 * The parts that the manifests of both versions of BiomedParse share: how grey values are computed, and the texts of
 * the targets.
 */

const count = z.int().min(1).max(65_536);
export const tensorName = z.string().min(1).max(64);
const windowName = z.string().regex(/^[a-z]+(-[a-z]+)*$/);
const percent = z.number().min(0).max(100);

export const inputSchema = z.strictObject({
  /** Rows and columns of the network's input image. */
  size: z.int().min(32).max(2048).multipleOf(32),
  /** Windows for CT by name, in HU. */
  ctWindows: z.record(windowName, z.strictObject({ level: z.number(), width: z.number().gt(0) })),
  /** For other modalities: percentiles of the values above 0 that become 0 and 255. */
  percentiles: z.tuple([percent, percent]),
});

/** Input float32 [1, 3, size, size], 0–255. Outputs: mask features first. */
export const imageGraphSchema = z.strictObject({
  file: packagePathSchema,
  input: tensorName,
  outputs: z.array(tensorName).length(4),
});

/** The common part of the prompt graphs. */
export const promptGraphSchema = z.strictObject({
  file: packagePathSchema,
  /** Inputs for the image graph's outputs, in the same order. */
  features: z.array(tensorName).length(4),
  /** Input of token embeddings, float32 [prompts, tokens, dimension]. */
  embeddings: tensorName,
  /** Output float32 [prompts, n, n]: logits. */
  maskOutput: tensorName,
  promptsPerRun: z.int().min(1).max(64),
});

/** The sentence that asks for a target in images of a modality. */
export const textRowSchema = z.strictObject({
  target: z.string(),
  modality: servedModalitySchema,
  text: z.string().min(1).max(200),
  tokens: z.int().min(1).max(77),
  /** For CT: the window. */
  window: windowName.optional(),
});

/** float32, little endian: `dimension` numbers for each token of each row, row after row. */
export const bankSchema = z.strictObject({ file: packagePathSchema, dimension: count });

export type TextRow = z.infer<typeof textRowSchema>;
type Bank = z.infer<typeof bankSchema>;

/** Reports contradictions within a manifest. */
export function refuseContradictions(
  {
    input,
    modalities,
    texts: { rows, freeText },
  }: {
    readonly input: z.infer<typeof inputSchema>;
    readonly modalities: readonly string[];
    readonly texts: { readonly rows: readonly TextRow[]; readonly freeText?: FreeText | undefined };
  },
  context: { addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void },
): void {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (input.percentiles[0] >= input.percentiles[1]) refuse(['input', 'percentiles'], 'do not ascend');
  if (freeText !== undefined)
    for (const message of freeTextContradictions(freeText, modalities, Object.keys(input.ctWindows)))
      refuse(['texts', 'freeText', 'prompts'], message);
  const seen = new Set<string>();
  for (const [n, { target, modality, window }] of rows.entries()) {
    const key = `${target} ${modality}`;
    if (seen.has(key)) refuse(['texts', 'rows', n], `has two texts for "${target}" in ${modality}`);
    seen.add(key);
    if (!modalities.includes(modality)) refuse(['texts', 'rows', n, 'modality'], 'is not one of the modalities');
    if (modality === 'CT' && (window === undefined || !Object.hasOwn(input.ctWindows, window)))
      refuse(['texts', 'rows', n, 'window'], 'must be one of ctWindows for CT');
  }
}

/**
 * Contradictions within a package: targets without a text, files that are missing or have the wrong size.
 *
 * @param named files that the manifest names
 * @param files path inside the package → size in bytes
 */
export function textProblems(
  {
    bank,
    rows,
    freeText,
  }: { readonly bank: Bank; readonly rows: readonly TextRow[]; readonly freeText?: FreeText | undefined },
  vocabulary: Vocabulary,
  named: readonly string[],
  files: ReadonlyMap<string, number>,
): readonly PackageProblem[] {
  const problems: PackageProblem[] = [];
  const asked = new Set(rows.map(({ target, modality }) => `${target} ${modality}`));
  const ids = new Set(vocabulary.targets.map(({ id }) => id));
  for (const { id, modalities } of vocabulary.targets)
    for (const modality of modalities)
      if (!asked.has(`${id} ${modality}`))
        problems.push({ file: 'model.json', message: `has no text for the target "${id}" in ${modality}` });
  for (const { target } of rows)
    if (!ids.has(target))
      problems.push({ file: 'model.json', message: `has a text for "${target}", which is not in vocabulary.json` });
  problems.push(...missingFiles([...named, ...freeTextFiles(freeText)], files));
  const bytes = 4 * bank.dimension * rows.reduce((sum, { tokens }) => sum + tokens, 0);
  if (files.has(bank.file) && files.get(bank.file) !== bytes)
    problems.push({ file: bank.file, message: `must have ${bytes} bytes for the tokens of its texts` });
  return problems;
}
