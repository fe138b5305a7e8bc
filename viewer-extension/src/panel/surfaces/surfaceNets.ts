type Vector = readonly [number, number, number];

/** A closed surface of triangles. */
export interface Mesh {
  /** x, y, z of each point. */
  readonly points: Float32Array;
  /** Three places in `points` for each triangle, anticlockwise seen from outside. */
  readonly triangles: Uint32Array;
}

/**
 * How far points move to the middle of their neighbours, and back again, so that nothing shrinks (G. Taubin, A Signal
 * Processing Approach To Fair Surface Design, 1995).
 */
const steps = Array.from({ length: 8 }, () => [0.5, -0.53]).flat();

/**
 * The surface of a mask, as surface nets (S. F. Gibson, Constrained Elastic Surface Nets, 1998): a point in each cell
 * of eight voxels that are not all alike, smoothed with its neighbours, but never out of its cell: thin parts stay.
 *
 * vtk.js has marching cubes, whose table of edges confuses points as soon as there are some ten thousand voxels (36.4).
 * @param voxels 0 or 1, the first axis fastest; the border has to be 0
 * @returns in voxels, the middle of the first at 0, 0, 0
 */
export function surfaceNets({
  dimensions,
  voxels,
}: {
  readonly dimensions: Vector;
  readonly voxels: Uint8Array;
}): Mesh {
  const strides = [1, dimensions[0], dimensions[0] * dimensions[1]] as const;
  const cells = cellsOnSurface(dimensions, strides, voxels);
  const pointOf = new Int32Array(voxels.length).fill(-1);
  for (const [point, cell] of cells.entries()) pointOf[cell] = point;

  const corners = Float32Array.from({ length: cells.length * 3 }, (_, index) =>
    placeOf(cells[Math.floor(index / 3)]!, index % 3, dimensions, strides),
  );
  const points = smoothed(
    corners,
    cells.map((cell) => neighboursOf(cell, strides, voxels, pointOf)),
  );
  return { points, triangles: trianglesOf(dimensions, strides, voxels, pointOf) };
}

type Strides = readonly [number, number, number];

function cellsOnSurface([width, height, depth]: Vector, [, row, slice]: Strides, voxels: Uint8Array): number[] {
  const cells: number[] = [];
  for (let z = 0; z < depth - 1; z += 1) {
    for (let y = 0; y < height - 1; y += 1) {
      for (let cell = z * slice + y * row, end = cell + width - 1; cell < end; cell += 1) {
        const sum =
          voxels[cell]! +
          voxels[cell + 1]! +
          voxels[cell + row]! +
          voxels[cell + row + 1]! +
          voxels[cell + slice]! +
          voxels[cell + slice + 1]! +
          voxels[cell + slice + row]! +
          voxels[cell + slice + row + 1]!;
        if (sum > 0 && sum < 8) cells.push(cell);
      }
    }
  }
  return cells;
}

const placeOf = (cell: number, axis: number, dimensions: Vector, strides: Strides): number =>
  Math.floor(cell / strides[axis]!) % dimensions[axis]!;

/** The points of the cells beyond those faces that the surface goes through. */
function neighboursOf(cell: number, strides: Strides, voxels: Uint8Array, pointOf: Int32Array): readonly number[] {
  const neighbours: number[] = [];
  for (const axis of [0, 1, 2] as const) {
    const [u, v] = [strides[(axis + 1) % 3]!, strides[(axis + 2) % 3]!];
    for (const side of [0, 1] as const) {
      const corner = cell + side * strides[axis];
      const sum = voxels[corner]! + voxels[corner + u]! + voxels[corner + v]! + voxels[corner + u + v]!;
      if (sum > 0 && sum < 4) neighbours.push(pointOf[cell + (2 * side - 1) * strides[axis]]!);
    }
  }
  return neighbours;
}

/** @param corners first corner of each point's cell */
function smoothed(corners: Float32Array, neighbours: readonly (readonly number[])[]): Float32Array {
  let points = corners.map((value) => value + 0.5);
  for (const step of steps) {
    const next = new Float32Array(points.length);
    for (const [point, around] of neighbours.entries()) {
      for (let axis = 0; axis < 3; axis += 1) {
        const at = point * 3 + axis;
        let sum = 0;
        for (const other of around) sum += points[other * 3 + axis]!;
        const moved = points[at]! + step * (sum / around.length - points[at]!);
        next[at] = Math.min(Math.max(moved, corners[at]!), corners[at]! + 1);
      }
    }
    points = next;
  }
  return points;
}

/** Two for each edge between two voxels that differ: its four cells make a square. */
function trianglesOf(
  [width, height, depth]: Vector,
  strides: Strides,
  voxels: Uint8Array,
  pointOf: Int32Array,
): Uint32Array {
  const triangles: number[] = [];
  for (let z = 1; z < depth - 1; z += 1) {
    for (let y = 1; y < height - 1; y += 1) {
      for (let x = 1; x < width - 1; x += 1) {
        const voxel = z * strides[2] + y * strides[1] + x;
        if (voxels[voxel] === 0) continue;
        for (const axis of [0, 1, 2] as const) {
          const [u, v] = [strides[(axis + 1) % 3]!, strides[(axis + 2) % 3]!];
          for (const side of [-1, 1] as const) {
            if (voxels[voxel + side * strides[axis]] !== 0) continue;
            // The four cells around the middle of that face, anticlockwise along the axis.
            const cell = voxel + (side < 0 ? -strides[axis] : 0);
            const [a, b, c, d] = [cell - u - v, cell - v, cell, cell - u].map((each) => pointOf[each]!);
            triangles.push(...(side > 0 ? [a!, b!, c!, a!, c!, d!] : [a!, c!, b!, a!, d!, c!]));
          }
        }
      }
    }
  }
  return Uint32Array.from(triangles);
}
