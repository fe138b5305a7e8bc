import type { EvenVolume } from '../../../values/volume.js';
import type { ProbabilityMap } from '../../probabilityMap.js';

type Voxels = EvenVolume['voxels'];

/**
 * The probabilities of the last image, for further prompts on it. Only for probabilities that do not depend on the
 * prompts.
 */
export interface LastProbabilities {
  of(voxels: Voxels): ProbabilityMap | undefined;
  /** Replaces what was kept before. */
  keep(voxels: Voxels, map: ProbabilityMap): void;
  /** Releases the map. @returns its size in bytes, occupied until the next garbage collection */
  forget(): number;
}

/**
 * An image is identified by its array of voxels, through a weak reference: a worker that continues with another image
 * keeps no map of this one.
 */
export function lastProbabilities(): LastProbabilities {
  let maps = new WeakMap<Voxels, ProbabilityMap>();
  let resident: WeakRef<ProbabilityMap> | undefined;
  return {
    of: (voxels) => maps.get(voxels),
    keep(voxels, map) {
      maps = new WeakMap([[voxels, map]]);
      resident = new WeakRef(map);
    },
    forget() {
      const bytes = resident?.deref()?.values.byteLength ?? 0;
      maps = new WeakMap();
      return bytes;
    },
  };
}
