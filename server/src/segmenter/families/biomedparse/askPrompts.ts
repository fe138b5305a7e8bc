import { corrupt } from '../../corruptPackage.js';
import type { GraphTensor, ManyOutputGraph } from '../../onnxRuntime.js';
import type { AskedText } from './promptTexts.js';

/** The prompt graph in the manifest. */
export interface PromptGraph {
  readonly file: string;
  readonly features: readonly string[];
  readonly embeddings: string;
  readonly promptsPerRun: number;
}

/** A prompt graph's outputs for one text: the requested part of each. */
export type PromptOutputs = readonly Float32Array[];

/**
 * Runs a prompt graph for targets in one image. Texts with the same number of tokens share a run; none is padded,
 * because the network does not ignore padding.
 * @param features the image graph's outputs
 * @param others inputs that are the same for every prompt
 * @param outputs names of the requested outputs: first masks [prompts, n, n], then one number per prompt each
 * @returns one result per text, in order
 * @throws PromptsegError `model-package-corrupt`, and errors of the graph's run
 */
export async function askPrompts(
  graph: ManyOutputGraph,
  prompt: PromptGraph,
  features: readonly GraphTensor[],
  others: Readonly<Record<string, GraphTensor>>,
  outputs: readonly string[],
  texts: readonly AskedText[],
): Promise<{ results: readonly PromptOutputs[]; sessionRunMs: number }> {
  const same: Record<string, GraphTensor> = { ...others };
  for (const [n, input] of prompt.features.entries()) same[input] = features[n]!;

  const results = new Array<PromptOutputs>(texts.length);
  let sessionRunMs = 0;
  for (const members of runsOf(texts, prompt.promptsPerRun)) {
    const started = performance.now();
    const tensors = await graph.runAll(
      { ...same, [prompt.embeddings]: stacked(members.map((n) => texts[n]!.embeddings)) },
      outputs,
    );
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

/**
 * Groups texts that share a run: those with the same number of tokens, at most `limit`. Values are indices of texts.
 */
function runsOf(texts: readonly AskedText[], limit: number): number[][] {
  const ofLength = new Map<number, number[]>();
  for (const [n, { embeddings }] of texts.entries())
    ofLength.set(embeddings.dims[1]!, [...(ofLength.get(embeddings.dims[1]!) ?? []), n]);
  return [...ofLength.values()].flatMap((members) =>
    Array.from({ length: Math.ceil(members.length / limit) }, (_, run) =>
      members.slice(run * limit, (run + 1) * limit),
    ),
  );
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
