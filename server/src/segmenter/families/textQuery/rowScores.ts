import { corrupt } from '../../corruptPackage.js';
import type { FloatTensor, Graph, GraphRuntime } from '../../onnxRuntime.js';
import type { TextQueryManifest } from './manifest.js';
import { rowEmbeddings } from './rowEmbeddings.js';

/** What the network says of chosen rows at every voxel of a window. */
export type RowScores =
  /** Logit of the n-th row at window element e at index n·voxels + e; may share memory with the features. */
  | { readonly kind: 'logits'; readonly data: Float32Array }
  /** Probability of the n-th row at window element e at index e·columns + n. */
  | { readonly kind: 'probabilities'; readonly data: Float32Array; readonly columns: number };

/** Computes the scores of chosen rows in one window. */
export interface RowScorer {
  /**
   * @param window [1, 1, …window], normalised
   * @param rows indices of rows
   * @throws PromptsegError `model-package-corrupt` if a graph's output has another shape
   */
  compute(window: FloatTensor, rows: readonly number[]): Promise<RowScores>;
  release(): Promise<void>;
}

/** Opens the manifest's `image` and `mask`. @throws PromptsegError `model-package-corrupt` */
export async function openRowScorer(
  manifest: TextQueryManifest,
  folder: string,
  runtime: GraphRuntime,
): Promise<RowScorer> {
  const graph = await runtime.open(manifest.image.file);
  try {
    return await scorerOf(graph, manifest, folder, runtime);
  } catch (error) {
    await graph.release();
    throw error;
  }
}

async function scorerOf(
  imageGraph: Graph,
  { mask, rows, image, activation }: TextQueryManifest,
  folder: string,
  runtime: GraphRuntime,
): Promise<RowScorer> {
  const featuresOf = async (window: FloatTensor) => {
    const features = await imageGraph.run({ [image.input]: window }, image.output);
    requireShape(features, [1, image.channels!, ...window.dims.slice(2)], image.file, 'features');
    return features;
  };
  const release = () => imageGraph.release();
  if (mask.kind === 'channels')
    return {
      async compute(window, wanted) {
        const { data } = await featuresOf(window);
        if (wanted.length === rows.length) return { kind: 'logits', data };
        const voxels = data.length / rows.length;
        const logits = new Float32Array(wanted.length * voxels);
        wanted.forEach((row, n) => {
          logits.set(data.subarray(row * voxels, (row + 1) * voxels), n * voxels);
        });
        return { kind: 'logits', data: logits };
      },
      release,
    };

  const { dimension } = mask.embeddings;
  const embeddings = await rowEmbeddings(mask.embeddings, rows, folder, runtime);
  const queriesOf = (wanted: readonly number[]) => {
    const queries = new Float32Array(wanted.length * dimension);
    wanted.forEach((row, n) => {
      queries.set(embeddings.subarray(row * dimension, (row + 1) * dimension), n * dimension);
    });
    return { data: queries, dims: [wanted.length, dimension] };
  };
  if (mask.kind === 'dot-product')
    return {
      async compute(window, wanted) {
        const { data } = await featuresOf(window);
        const queries = queriesOf(wanted).data;
        return { kind: 'logits', data: dotProducts(data, queries, wanted.length, dimension, mask.scale, mask.bias) };
      },
      release,
    };

  const hasBackground = activation.kind === 'softmax' && activation.background === 'zero-logit';
  const probabilities = (output: FloatTensor, { data: { length } }: FloatTensor, wanted: number, file: string) => {
    const columns = wanted + (hasBackground ? 1 : 0);
    requireShape(output, [length, columns], file, 'probabilities');
    return { kind: 'probabilities', data: output.data, columns } as const;
  };
  if (mask.kind === 'in-image-graph')
    return {
      async compute(window, wanted) {
        const feeds = { [image.input]: window, [mask.queriesInput]: queriesOf(wanted) };
        return probabilities(await imageGraph.run(feeds, image.output), window, wanted.length, image.file);
      },
      release,
    };

  const graph = await runtime.open(mask.file);
  return {
    async compute(window, wanted) {
      const feeds = { [mask.featuresInput]: await featuresOf(window), [mask.queriesInput]: queriesOf(wanted) };
      const output = await graph.run(feeds, mask.output);
      if (mask.kind === 'probability-graph') return probabilities(output, window, wanted.length, mask.file);
      requireShape(output, [1, wanted.length, ...window.dims.slice(2)], mask.file, 'logits');
      return { kind: 'logits', data: output.data };
    },
    async release() {
      await release();
      await graph.release();
    },
  };
}

function requireShape({ dims }: FloatTensor, expected: readonly number[], file: string, what: string): void {
  if (dims.join() !== expected.join())
    throw corrupt(file, `gives ${what} of shape ${dims.join('×')} where ${expected.join('×')} are expected`);
}

/** Window elements per block: 2048 logits stay in the processor's first-level cache. */
const blockLength = 2048;

/** logits[n, e] = scale · Σ_c features[c, e] · queries[n, c] + bias */
function dotProducts(
  features: Float32Array,
  queries: Float32Array,
  count: number,
  dimension: number,
  scale: number,
  bias: number,
): Float32Array {
  const voxels = features.length / dimension;
  const logits = new Float32Array(count * voxels).fill(bias);
  for (let block = 0; block < voxels; block += blockLength) {
    const length = Math.min(blockLength, voxels - block);
    for (let n = 0; n < count; n++) {
      const out = logits.subarray(n * voxels + block, n * voxels + block + length);
      for (let c = 0; c < dimension; c++) {
        const weight = scale * queries[n * dimension + c]!;
        const channel = features.subarray(c * voxels + block, c * voxels + block + length);
        for (let e = 0; e < length; e++) out[e]! += weight * channel[e]!;
      }
    }
  }
  return logits;
}
