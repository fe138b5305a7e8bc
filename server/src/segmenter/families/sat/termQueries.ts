import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { corrupt } from '../../corruptPackage.js';
import type { Graph, GraphRuntime } from '../../onnxRuntime.js';
import { type QuerySource, type SatManifest, termsInOrder } from './manifest.js';
import { wordPieceReader } from './wordPieces.js';

/** Texts of one run of the encoder. */
const textsPerRun = 32;

/** The query of a term in images of a modality, or of any text if the package has the encoder. */
export type TermQueries = (modality: string, text: string) => Promise<Float32Array>;

/**
 * @throws PromptsegError `model-package-corrupt` if the text graph or its word pieces do not match the manifest
 */
export async function openTermQueries(
  manifest: SatManifest,
  folder: string,
  runtime: GraphRuntime,
): Promise<TermQueries> {
  const { queries: source } = manifest;
  const terms = termsInOrder(manifest);
  const values =
    source.kind === 'bank' ? await readBank(join(folder, source.file)) : await encode(source, terms, folder, runtime);
  const known = new Map(
    terms.map(({ modality, term }, n) => [
      `${modality} ${term}`,
      values.subarray(n * source.dimension, (n + 1) * source.dimension),
    ]),
  );
  return async (modality, text) => {
    const query = known.get(`${modality} ${text}`);
    if (query !== undefined) return query;
    if (source.kind === 'bank') throw corrupt(source.file, `has no query for "${text}"`);
    // Opened only for this run: the encoder's weights take as much memory as the network's.
    return encode(source, [{ modality, term: text }], folder, runtime);
  };
}

async function readBank(file: string): Promise<Float32Array> {
  const bytes = await readFile(file);
  return Float32Array.from({ length: bytes.length / 4 }, (_, n) => bytes.readFloatLE(4 * n));
}

type TextGraph = Extract<QuerySource, { kind: 'text-graph' }>;

interface Term {
  readonly modality: string;
  readonly term: string;
}

async function encode(
  source: TextGraph,
  terms: readonly Term[],
  folder: string,
  runtime: GraphRuntime,
): Promise<Float32Array> {
  const pieces = (await readFile(join(folder, source.pieces), 'utf8')).replace(/\n$/, '').split('\n');
  let tokensOf: ReturnType<typeof wordPieceReader>;
  try {
    tokensOf = wordPieceReader(pieces, source.maximumTokens);
  } catch (cause) {
    throw corrupt(source.pieces, 'lacks pieces that every text needs', cause);
  }
  const graph = await runtime.open(source.file);
  try {
    const values = new Float32Array(terms.length * source.dimension);
    for (let start = 0; start < terms.length; start += textsPerRun) {
      const some = terms.slice(start, start + textsPerRun);
      const tokens = some.map(({ term }) => tokensOf(term.toLowerCase()));
      const codes = some.map(({ modality }) => codeOf(source, modality));
      values.set(await run(graph, source, tokens, codes), start * source.dimension);
    }
    return values;
  } finally {
    await graph.release();
  }
}

const codeOf = ({ modalityCodes }: TextGraph, modality: string): number =>
  (modalityCodes as Readonly<Record<string, number>>)[modality]!;

async function run(
  graph: Graph,
  source: TextGraph,
  tokens: readonly (readonly number[])[],
  codes: readonly number[],
): Promise<Float32Array> {
  const longest = Math.max(...tokens.map(({ length }) => length));
  const ids = new BigInt64Array(tokens.length * longest);
  tokens.forEach((text, n) => {
    text.forEach((id, place) => {
      ids[n * longest + place] = BigInt(id);
    });
  });
  const { data, dims } = await graph.run(
    {
      [source.tokens]: { data: ids, dims: [tokens.length, longest] },
      [source.modalities]: { data: BigInt64Array.from(codes, BigInt), dims: [codes.length] },
    },
    source.output,
  );
  if (dims.join() !== [tokens.length, source.dimension].join())
    throw corrupt(source.file, `gives queries of shape ${dims.join('×')}`);
  return data;
}
