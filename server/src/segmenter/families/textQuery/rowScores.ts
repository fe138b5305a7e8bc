import { corrupt } from '../../corruptPackage.js';
import type { FloatTensor, GraphRuntime } from '../../onnxRuntime.js';
import type { TextQueryManifest } from './manifest.js';
import { rowEmbeddings } from './rowEmbeddings.js';

/** What the network says of chosen rows at every voxel of a window. */
export type RowScores =
  /** Logit of the n-th row at window element e at index n·voxels + e; may share memory with the features. */
  | { readonly kind: 'logits'; readonly data: Float32Array }
  /** Probability of the n-th row at window element e at index e·columns + n. */
  | { readonly kind: 'probabilities'; readonly data: Float32Array; readonly columns: number };

/** Computes the scores of chosen rows from the features of one window. */
export interface RowScorer {
  /**
   * @param features [1, channels, …window]
   * @param rows indices of rows
   */
  compute(features: FloatTensor, rows: readonly number[]): Promise<RowScores>;
  release(): Promise<void>;
}

/** Opens the manifest's `mask`. @throws PromptsegError `model-package-corrupt` */
export async function openRowScorer(
  { mask, rows, image, activation }: TextQueryManifest,
  folder: string,
  runtime: GraphRuntime,
): Promise<RowScorer> {
  if (mask.kind === 'channels')
    return {
      async compute({ data }, wanted) {
        if (wanted.length === rows.length) return { kind: 'logits', data };
        const voxels = data.length / image.channels;
        const logits = new Float32Array(wanted.length * voxels);
        wanted.forEach((row, n) => {
          logits.set(data.subarray(row * voxels, (row + 1) * voxels), n * voxels);
        });
        return { kind: 'logits', data: logits };
      },
      release: async () => undefined,
    };

  const { dimension } = mask.embeddings;
  const embeddings = await rowEmbeddings(mask.embeddings, rows, folder, runtime);
  const queriesOf = (wanted: readonly number[]) => {
    const queries = new Float32Array(wanted.length * dimension);
    wanted.forEach((row, n) => {
      queries.set(embeddings.subarray(row * dimension, (row + 1) * dimension), n * dimension);
    });
    return queries;
  };
  if (mask.kind === 'dot-product')
    return {
      compute: async ({ data }, wanted) => ({
        kind: 'logits',
        data: dotProducts(data, queriesOf(wanted), wanted.length, dimension, mask.scale, mask.bias),
      }),
      release: async () => undefined,
    };

  const hasBackground = activation.kind === 'softmax' && activation.background === 'zero-logit';
  const graph = await runtime.open(mask.file);
  return {
    async compute(features, wanted) {
      const queries = { data: queriesOf(wanted), dims: [wanted.length, dimension] };
      const { data, dims } = await graph.run(
        { [mask.featuresInput]: features, [mask.queriesInput]: queries },
        mask.output,
      );
      const [, channels = 0, ...window] = features.dims;
      const columns = wanted.length + (hasBackground ? 1 : 0);
      const isLogits = mask.kind === 'graph';
      const expected = isLogits ? [1, wanted.length, ...window] : [features.data.length / channels, columns];
      if (dims.join() !== expected.join())
        throw corrupt(
          mask.file,
          `gives ${isLogits ? 'logits' : 'probabilities'} of shape ${dims.join('×')} where ${expected.join('×')} are ` +
            'expected',
        );
      return isLogits ? { kind: 'logits', data } : { kind: 'probabilities', data, columns };
    },
    release: () => graph.release(),
  };
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
