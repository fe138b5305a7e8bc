import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Vector3 } from '../../../geometry/affine.js';
import { corrupt } from '../../modelPackage.js';
import type { TissueRegionsManifest } from '../tissueRegionsManifest.js';

/** The graph of a package: HU of whole slices in, a tissue code per voxel out, in the same order. */
export interface TissueGraph {
  /**
   * @param hu voxels of `slices` whole slices, index i + columns·(j + rows·k)
   * @param size [columns, rows, slices]
   * @throws PromptsegError `model-package-corrupt` where the graph's output is not one uint8 per voxel
   */
  run(hu: Int16Array, size: Vector3): Promise<Uint8Array>;
  release(): Promise<void>;
}

/**
 * Opens the graph on the CPU: it only compares and averages, and carrying the voxels to a GPU costs more than it saves.
 *
 * @param threads of one operator; 0 = one per core
 * @throws PromptsegError `model-package-corrupt` if ONNX Runtime cannot open the file
 */
export async function openTissueGraph(
  folder: string,
  { file, input, output }: TissueRegionsManifest['graph'],
  threads: number,
): Promise<TissueGraph> {
  const session = await InferenceSession.create(join(folder, file), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw corrupt(file, 'cannot be opened by ONNX Runtime', cause);
  });
  if (!session.inputNames.includes(input)) throw corrupt(file, `has no input "${input}"`);
  if (!session.outputNames.includes(output)) throw corrupt(file, `has no output "${output}"`);
  return {
    async run(hu, [columns, rows, slices]) {
      const results = await session.run({ [input]: new Tensor('int16', hu, [slices, 1, rows, columns]) }, [output]);
      const codes = results[output]?.data;
      if (!(codes instanceof Uint8Array) || codes.length !== hu.length)
        throw corrupt(file, `does not give one uint8 per voxel in its output "${output}"`);
      return codes;
    },
    release: () => session.release(),
  };
}
