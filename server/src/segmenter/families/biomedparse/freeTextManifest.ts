import { z } from 'zod';
import { packagePathSchema, servedModalitySchema } from '../../manifestIdentity.js';

const tensorName = z.string().min(1).max(64);

/**
 * What a BiomedParse package needs for free text: CLIP's text encoder as the model was trained with it, and CLIP's byte
 * pairs.
 */
export const freeTextSchema = z.strictObject({
  /**
   * Text graph: input int64 [texts, tokens], output float32 [texts, tokens, dimension] with the dimension of the bank.
   */
  file: packagePathSchema,
  input: tensorName,
  output: tensorName,
  /** CLIP's list of merges: a heading, then a pair of tokens per line, the most frequent first. */
  merges: packagePathSchema,
  /** Of one text, including start and end. */
  maximumTokens: z.int().min(3).max(4096),
  /** One for each modality that the model serves. */
  prompts: z
    .array(
      z.strictObject({
        modality: servedModalitySchema,
        /** Follows the words: " in CT". */
        ending: z.string().min(1).max(64),
        /** For CT: the window for free text. */
        window: z.string().optional(),
      }),
    )
    .min(1),
});
export type FreeText = z.infer<typeof freeTextSchema>;

/**
 * Contradictions between the free text and the rest of the manifest.
 *
 * @param windows names of the CT windows
 */
export function freeTextContradictions(
  { prompts }: FreeText,
  modalities: readonly string[],
  windows: readonly string[],
): string[] {
  const contradictions: string[] = [];
  if (
    prompts
      .map(({ modality }) => modality)
      .sort()
      .join() !== [...modalities].sort().join()
  )
    contradictions.push('must have one prompt for each of the modalities and for no other');
  if (prompts.some(({ modality, window = '' }) => modality === 'CT' && !windows.includes(window)))
    contradictions.push('must name one of ctWindows for CT');
  return contradictions;
}

/** Files that a package needs for it. */
export const freeTextFiles = (freeText: FreeText | undefined): readonly string[] =>
  freeText === undefined ? [] : [freeText.file, freeText.merges];
