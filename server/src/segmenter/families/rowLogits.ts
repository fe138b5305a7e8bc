import { corrupt } from '../modelPackage.js';
import type { GraphRuntime, GraphTensor } from '../onnxRuntime.js';
import { rowEmbeddings } from './rowEmbeddings.js';
import type { TextQueryManifest } from './textQueryManifest.js';

/** Turns the features of one window into logits of chosen rows. */
export interface RowLogits {
  /**
   * @param features [1, channels, …window]
   * @param rows indices of rows
   * @returns logit of row rows[n] at window element e at index n·voxels + e; may share memory with `features`
   */
  compute(features: GraphTensor & { data: Float32Array }, rows: readonly number[]): Promise<Float32Array>;
  release(): Promise<void>;
}

/** Opens what the manifest's `mask` names. @throws PromptsegError `model-package-corrupt` */
export async function openRowLogits(
  { mask, rows, image }: TextQueryManifest,
  folder: string,
  runtime: GraphRuntime,
): Promise<RowLogits> {
  if (mask.kind === 'channels')
    return {
      async compute({ data }, wanted) {
        if (wanted.length === rows.length) return data;
        const voxels = data.length / image.channels;
        const logits = new Float32Array(wanted.length * voxels);
        wanted.forEach((row, n) => {
          logits.set(data.subarray(row * voxels, (row + 1) * voxels), n * voxels);
        });
        return logits;
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
      compute: async ({ data }, wanted) =>
        dotProducts(data, queriesOf(wanted), wanted.length, dimension, mask.scale, mask.bias),
      release: async () => undefined,
    };

  const graph = await runtime.open(mask.file);
  return {
    async compute(features, wanted) {
      const queries = { data: queriesOf(wanted), dims: [wanted.length, dimension] };
      const { data, dims } = await graph.run(
        { [mask.featuresInput]: features, [mask.queriesInput]: queries },
        mask.output,
      );
      const expected = [1, wanted.length, ...features.dims.slice(2)];
      if (dims.join() !== expected.join())
        throw corrupt(mask.file, `gives logits of shape ${dims.join('×')} where ${expected.join('×')} are expected`);
      return data;
    },
    release: () => graph.release(),
  };
}

/** Window elements that are worked on at a time: 2048 logits stay in the processor's first cache. */
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
