import { type Affine, column, normalize, type Vector3 } from '../../values/affine.js';
import { patientAxes } from '../../values/patientAxes.js';

type Axis = 0 | 1 | 2;
type Three<Each> = readonly [Each, Each, Each];

/** Reorders and reverses the axes of an array: axis n of the result runs along `axes[n]`, reversed if `reversed[n]`. */
export interface Turn {
  readonly axes: Three<Axis>;
  readonly reversed: Three<boolean>;
}

/** To the axes nearest to the patient's: x to the right, y to the front, z to the head. */
export function turnToPatient(voxelToLps: Affine): Turn {
  const axes = patientAxes(voxelToLps);
  const along = (patientAxis: Axis): number => normalize(column(voxelToLps, axes[patientAxis]))[patientAxis]!;
  return { axes, reversed: [along(0) > 0, along(1) > 0, along(2) < 0] };
}

/** First `first`, then `second`. */
export function combined(first: Turn, second: Turn): Turn {
  const axis = (n: Axis) => first.axes[second.axes[n]];
  const isReversed = (n: Axis) => first.reversed[second.axes[n]] !== second.reversed[n];
  return { axes: [axis(0), axis(1), axis(2)], reversed: [isReversed(0), isReversed(1), isReversed(2)] };
}

export const sizeAfter = (size: Vector3, { axes: [x, y, z] }: Turn): Vector3 => [size[x], size[y], size[z]];

const orders: readonly { readonly axes: Three<Axis>; readonly isEven: boolean }[] = [
  { axes: [0, 1, 2], isEven: true },
  { axes: [1, 2, 0], isEven: true },
  { axes: [2, 0, 1], isEven: true },
  { axes: [0, 2, 1], isEven: false },
  { axes: [1, 0, 2], isEven: false },
  { axes: [2, 1, 0], isEven: false },
];

/** All 24 rotations of an array, without mirror images; the first leaves it as it is. */
export const rotations: readonly Turn[] = orders.flatMap(({ axes, isEven }) =>
  [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bits): Turn[] => {
    const reversed = [0, 1, 2].map((axis) => (bits & (1 << axis)) !== 0) as unknown as Three<boolean>;
    const isMirrored = (reversed.filter(Boolean).length % 2 === 1) === isEven;
    return isMirrored ? [] : [{ axes, reversed }];
  }),
);
