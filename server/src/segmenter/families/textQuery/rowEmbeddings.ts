import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt } from '../../corruptPackage.js';
import type { GraphRuntime } from '../../onnxRuntime.js';
import type { EmbeddingSource } from './manifest.js';

/**
 * Embeddings of all rows: float32, row r at r·dimension.
 *
 * @throws PromptsegError `model-package-corrupt` if the text graph's output has another shape
 */
export async function rowEmbeddings(
  source: EmbeddingSource,
  rows: readonly string[],
  folder: string,
  runtime: GraphRuntime,
): Promise<Float32Array> {
  if (source.kind === 'bank') {
    const bytes = await readFile(join(folder, source.file));
    return Float32Array.from({ length: rows.length * source.dimension }, (_, n) => bytes.readFloatLE(4 * n));
  }
  const graph = await runtime.open(source.file);
  try {
    const { data, dims } = await graph.run({ [source.input]: utf8Tokens(rows, source.maximumTokens) }, source.output);
    if (dims.length !== 2 || dims[0] !== rows.length || dims[1] !== source.dimension)
      throw corrupt(source.file, `gives embeddings of shape ${dims.join('×')}`);
    return data;
  } finally {
    await graph.release();
  }
}

/** int64 [rows, maximumTokens]: the bytes of each text in UTF-8, truncated at the maximum, 0 after its end. */
function utf8Tokens(rows: readonly string[], maximumTokens: number) {
  const data = new BigInt64Array(rows.length * maximumTokens);
  rows.forEach((text, row) => {
    const bytes = Buffer.from(text, 'utf8').subarray(0, maximumTokens);
    bytes.forEach((byte, n) => {
      data[row * maximumTokens + n] = BigInt(byte);
    });
  });
  return { data, dims: [rows.length, maximumTokens] };
}
