import type { Vector3 } from '../../../values/affine.js';
import { corrupt } from '../../corruptPackage.js';
import type { ByteRuntime } from '../../onnxRuntime.js';
import type { TissueRegionsManifest } from './manifest.js';

/** The graph of a package: HU of whole slices to a tissue code per voxel, in the same order. */
export interface TissueGraph {
  /**
   * @param hu voxels of `slices` whole slices, index i + columns·(j + rows·k)
   * @param size [columns, rows, slices]
   * @throws PromptsegError `model-package-corrupt` if the graph's output is not one uint8 per voxel
   */
  run(hu: Int16Array, size: Vector3): Promise<Uint8Array>;
  release(): Promise<void>;
}

/** @throws PromptsegError `model-package-corrupt` if ONNX Runtime cannot open the file */
export async function openTissueGraph(
  runtime: ByteRuntime,
  { file, input, output }: TissueRegionsManifest['graph'],
): Promise<TissueGraph> {
  const graph = await runtime.open(file);
  return {
    async run(hu, [columns, rows, slices]) {
      const codes = await graph.runBytes({ [input]: { data: hu, dims: [slices, 1, rows, columns] } }, output);
      if (codes.length !== hu.length)
        throw corrupt(file, `does not give one uint8 per voxel in its output "${output}"`);
      return codes;
    },
    release: () => graph.release(),
  };
}
