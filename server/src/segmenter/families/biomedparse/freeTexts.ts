import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt } from '../../corruptPackage.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import { clipTokenReader } from './clipTokens.js';
import type { FreeText } from './freeTextManifest.js';

/** Number of texts whose embeddings are kept. */
const mostKept = 32;

export interface EncodedText {
  /** [1, tokens, dimension] */
  readonly embeddings: { readonly data: Float32Array; readonly dims: readonly [1, number, number] };
  /** The CT window for it. */
  readonly window: string | undefined;
}

/** Encodes words that the bank does not have, for images of a modality that the model serves. */
export type FreeTexts = (words: string, modality: string) => Promise<EncodedText>;

/**
 * The text encoder of a package. It is opened only for new texts and closed at once: it is needed briefly, and its
 * weights take as much memory as the rest of the model.
 *
 * @param dimension of a token's embedding
 */
export function createFreeTexts(
  freeText: FreeText,
  dimension: number,
  folder: string,
  runtime: GraphRuntime,
): FreeTexts {
  const kept = new Map<string, EncodedText['embeddings']>();
  async function encodeOnce(text: string): Promise<EncodedText['embeddings']> {
    const embeddings = kept.get(text) ?? (await encode(text, freeText, dimension, folder, runtime));
    kept.delete(text);
    kept.set(text, embeddings);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
    return embeddings;
  }
  let last: Promise<unknown> = Promise.resolve();
  return async (words, modality) => {
    const { ending, window } = freeText.prompts.find((prompt) => prompt.modality === modality)!;
    // One after another, so that the encoder is in memory only once.
    const turn = last.then(() => encodeOnce(sentenceOf(words, ending)));
    last = turn.catch(() => undefined);
    return { embeddings: await turn, window };
  };
}

/**
 * The words followed by the ending that the model was trained with, or unchanged if they already say what kind of image
 * it is.
 */
function sentenceOf(words: string, ending: string): string {
  const kind = ending.trim().split(' ').at(-1)!;
  return words.toLowerCase().endsWith(` ${kind.toLowerCase()}`) ? words : words + ending;
}

/** @throws PromptsegError `model-package-corrupt` if the merges or the graph do not match the manifest */
async function encode(
  text: string,
  { file, input, output, merges, maximumTokens }: FreeText,
  dimension: number,
  folder: string,
  runtime: GraphRuntime,
): Promise<EncodedText['embeddings']> {
  const ids = tokensOf(text, merges, await readFile(join(folder, merges), 'utf8'), maximumTokens);
  const graph = await runtime.open(file);
  try {
    const { data, dims } = await graph.run(
      { [input]: { data: BigInt64Array.from(ids, BigInt), dims: [1, ids.length] } },
      output,
    );
    if (dims.join() !== [1, ids.length, dimension].join())
      throw corrupt(file, `gives embeddings of shape ${dims.join('×')}`);
    return { data, dims: [1, ids.length, dimension] };
  } finally {
    await graph.release();
  }
}

function tokensOf(text: string, file: string, merges: string, maximumTokens: number): number[] {
  try {
    return clipTokenReader(merges, maximumTokens)(text);
  } catch (cause) {
    throw corrupt(file, 'is no list of byte pairs', cause);
  }
}
