import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphRuntime } from '../../onnxRuntime.js';
import type { ProbabilityMap } from '../../probabilityMap.js';
import type { Segmenter } from '../../segmenter.js';
import { openPromptedWindows } from '../promptedWindows.js';
import { evenWindows } from './evenWindows.js';
import type { VoxtellManifest } from './manifest.js';
import { memoryNeeded } from './memoryNeeded.js';
import { prepareImage } from './prepareImage.js';

/**
 * Opens a model of the family 'voxtell'. Processes an image in the same order and with the same numbers as upstream's
 * code, except that windows are summed in float32 instead of float16; returns the masks on the source grid.
 *
 * Supported: the texts of the vocabulary, in every modality that the model serves. Not supported: other texts, because
 * the text encoder has 4 billion parameters and does not run here.
 *
 * @param bytesAvailable called before every run; by default the machine's available memory
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openVoxtell(
  manifest: VoxtellManifest,
  folder: string,
  runtime: GraphRuntime,
  bytesAvailable?: () => Promise<number>,
): Promise<Segmenter> {
  const queryOfText = await openQueries(manifest, folder);
  return openPromptedWindows(
    {
      manifest,
      takesFreeText: false,
      queryOf: ({ id }) => queryOfText(manifest.targets[id]!),
      bytesNeeded: (...run) => memoryNeeded(manifest, ...run),
      prepare: prepareImage,
      nothingToSee: 'Every voxel of the image is 0, which this model takes for the outside of the patient.',
      windowsOf: (grid) => evenWindows(grid, manifest.window),
      toProbabilities,
    },
    runtime,
    bytesAvailable,
  );
}

async function openQueries(
  { texts, queries }: VoxtellManifest,
  folder: string,
): Promise<(text: string) => Float32Array> {
  const bytes = await readFile(join(folder, queries.file));
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, n) => bytes.readFloatLE(4 * n));
  const rows = new Map(texts.map((text, row) => [text, row]));
  return (text) => {
    const row = rows.get(text)!;
    return values.subarray(row * queries.dimension, (row + 1) * queries.dimension);
  };
}

/** Applies sigmoid in place. */
function toProbabilities({ values }: ProbabilityMap): void {
  const { exp } = Math;
  for (let n = 0; n < values.length; n++) values[n] = 1 / (1 + exp(-values[n]!));
}
