import type { GraphTensor, ManyOutputGraph } from '../../onnxRuntime.js';
import type { PromptLimit } from '../promptLimit.js';
import { askPrompts } from './askPrompts.js';
import type { Biomedparse3dManifest } from './manifest3d.js';
import type { AskedText } from './promptTexts.js';
import { type PromptMask, presenceOf } from './sliceLabels.js';
import { sliceNoise } from './sliceNoise.js';

/**
 * Runs BiomedParse v2 for targets in one slice, with the random numbers of that slice.
 * @param limit as of askPrompts
 * @param features the image graph's outputs for this slice
 * @returns one mask per text, in order
 * @throws PromptsegError `model-package-corrupt`, and errors of the graph's run
 */
export async function askSlice(
  graph: ManyOutputGraph,
  { prompt, noiseSeed }: Biomedparse3dManifest,
  limit: PromptLimit,
  features: readonly GraphTensor[],
  slice: number,
  texts: readonly AskedText[],
): Promise<{ masks: readonly PromptMask[]; sessionRunMs: number }> {
  const shapes = prompt.noise.map(({ shape }) => shape);
  const numbers = sliceNoise(noiseSeed, slice, shapes);
  const noise: Record<string, GraphTensor> = {};
  for (const [n, { input }] of prompt.noise.entries()) noise[input] = { data: numbers[n]!, dims: shapes[n]! };
  const outputs = [prompt.maskOutput, prompt.presenceOutput];
  const { results, sessionRunMs } = await askPrompts(graph, prompt, limit, features, noise, outputs, texts);
  return {
    masks: results.map(([logits, presence]) => ({ logits: logits!, presence: presenceOf(presence![0]!) })),
    sessionRunMs,
  };
}
