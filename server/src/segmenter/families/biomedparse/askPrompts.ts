import { corrupt } from '../../corruptPackage.js';
import type { FloatTensor, GraphTensor, ManyOutputGraph } from '../../onnxRuntime.js';
import type { PromptLimit } from '../promptLimit.js';
import type { AskedText } from './promptTexts.js';

/** The prompt graph in the manifest. */
export interface PromptGraph {
  readonly file: string;
  readonly features: readonly string[];
  readonly embeddings: string;
}

/** A prompt graph's outputs for one text: the requested part of each. */
export type PromptOutputs = readonly Float32Array[];

/**
 * Runs a prompt graph for targets in one image. Texts with the same number of tokens share a run; none is padded,
 * because the network does not ignore padding.
 * @param features the image graph's outputs
 * @param limit of the prompts per run; a run that runs out of memory is repeated with fewer
 * @param others inputs that are the same for every prompt
 * @param outputs names of the requested outputs: first masks [prompts, n, n], then one number per prompt each
 * @returns one result per text, in order
 * @throws PromptsegError `model-package-corrupt`, and errors of the graph's run
 */
export async function askPrompts(
  graph: ManyOutputGraph,
  prompt: PromptGraph,
  limit: PromptLimit,
  features: readonly GraphTensor[],
  others: Readonly<Record<string, GraphTensor>>,
  outputs: readonly string[],
  texts: readonly AskedText[],
): Promise<{ results: readonly PromptOutputs[]; sessionRunMs: number }> {
  const same: Record<string, GraphTensor> = { ...others };
  for (const [n, input] of prompt.features.entries()) same[input] = features[n]!;

  const results = new Array<PromptOutputs>(texts.length);
  let sessionRunMs = 0;
  const waiting = sameLengths(texts);
  while (waiting.length > 0) {
    const group = waiting.at(-1)!;
    const members = group.slice(0, limit.atOnce);
    const started = performance.now();
    let tensors: Record<string, FloatTensor>;
    try {
      const embeddings = stacked(members.map((n) => texts[n]!.embeddings));
      tensors = await graph.runAll({ ...same, [prompt.embeddings]: embeddings }, outputs);
    } catch (error) {
      if (limit.lower(error, members.length)) continue;
      throw error;
    }
    waiting.splice(-1, 1, ...(group.length > members.length ? [group.slice(members.length)] : []));
    sessionRunMs += performance.now() - started;
    const lengths = outputs.map((output) => tensors[output]!.data.length / members.length);
    const [pixels, ...numbers] = lengths;
    if (!Number.isInteger(Math.sqrt(pixels!)) || numbers.some((length) => length !== 1))
      throw corrupt(prompt.file, 'does not give one square mask and one number of each other output for each prompt');
    for (const [place, n] of members.entries())
      results[n] = outputs.map((output, which) =>
        tensors[output]!.data.slice(place * lengths[which]!, (place + 1) * lengths[which]!),
      );
  }
  return { results, sessionRunMs };
}

/** Groups texts with the same number of tokens, which may share a run. Values are indices of texts. */
function sameLengths(texts: readonly AskedText[]): number[][] {
  const ofLength = new Map<number, number[]>();
  for (const [n, { embeddings }] of texts.entries())
    ofLength.set(embeddings.dims[1]!, [...(ofLength.get(embeddings.dims[1]!) ?? []), n]);
  // The last is taken first.
  return [...ofLength.values()].reverse();
}

/** Stacks n arrays [1, tokens, dimension] to [n, tokens, dimension]. */
function stacked(
  embeddings: readonly { readonly data: Float32Array; readonly dims: readonly number[] }[],
): GraphTensor {
  const length = embeddings[0]!.data.length;
  const data = new Float32Array(embeddings.length * length);
  for (const [n, each] of embeddings.entries()) data.set(each.data, n * length);
  return { data, dims: [embeddings.length, ...embeddings[0]!.dims.slice(1)] };
}
