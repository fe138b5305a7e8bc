import type { EvenVolume } from '../../values/volume.js';
import { createGraphRuntime, type ManyOutputGraph } from '../onnxRuntime.js';
import { type FieldOfViewPackage, loadFieldOfViewPackage } from '../packages/fieldOfViewPackage.js';
import type { ModelKeys } from '../packages/packageSignature.js';
import { lookAtVolume, type SeenVolume } from './lookAtVolume.js';

/** Says what volumes show. */
export interface FieldOfView {
  /** What the network makes of a volume, and the package that it belongs to. @throws as {@link lookAtVolume} */
  look(
    volume: Pick<EvenVolume, 'grid' | 'voxels'>,
    signal: AbortSignal,
  ): Promise<{ readonly seen: SeenVolume; readonly network: FieldOfViewPackage }>;
}

interface OpenNetwork {
  readonly network: FieldOfViewPackage;
  readonly graph: ManyOutputGraph;
}

/**
 * A network that is loaded when it is needed for the first time. What it made of voxels is kept as long as these are:
 * a further prompt on them runs nothing.
 */
export function openFieldOfView(open: () => Promise<OpenNetwork>): FieldOfView {
  let opening: Promise<OpenNetwork> | undefined;
  const known = new WeakMap<object, SeenVolume>();
  return {
    async look(volume, signal) {
      opening ??= open();
      const { network, graph } = await opening;
      const seen = known.get(volume.voxels) ?? (await lookAtVolume(graph, network.manifest, volume, signal));
      known.set(volume.voxels, seen);
      return { seen, network };
    },
  };
}

/** The same for a package that loaded when the server started. It runs on the CPU, on one thread. */
export const fieldOfViewOf = (folder: string, keys: ModelKeys): FieldOfView =>
  openFieldOfView(async () => {
    const network = await loadFieldOfViewPackage(folder, keys);
    const runtime = createGraphRuntime(network.folder, 'cpu', { threads: 1, notes: [] });
    return { network, graph: await runtime.open(network.manifest.graph) };
  });

/** @param folder absent: no package is installed */
export const fieldOfViewIn = (folder: string | undefined, keys: ModelKeys): FieldOfView | undefined =>
  folder === undefined ? undefined : fieldOfViewOf(folder, keys);
