import { describe, expect, it } from '@jest/globals';
import { networkImage } from './networkImage.js';
import { combined, rotations, type Turn, turnToPatient } from './turns.js';

const size = [2, 3, 4] as const;
const values = Float32Array.from({ length: 24 }, (_, n) => n + 1);
const turned = (turn: Turn) => networkImage(values, size, turn, { multiple: 1, smallest: 1 });

describe('turns of an array', () => {
  it('are 24 different ones without mirror images, the first of which changes nothing', () => {
    expect(new Set(rotations.map((turn) => [...turned(turn).data].join())).size).toBe(24);
    expect(rotations[0]).toEqual({ axes: [0, 1, 2], reversed: [false, false, false] });
    const determinants = rotations.map(({ axes, reversed }) => {
      const inversions = [axes[0] > axes[1], axes[0] > axes[2], axes[1] > axes[2]].filter(Boolean).length;
      return (-1) ** (inversions + reversed.filter(Boolean).length);
    });
    expect(determinants).toEqual(new Array(24).fill(1));
  });

  it('combine to the turn that has the effect of both', () => {
    const [first, second] = [rotations[7]!, rotations[18]!];
    const { data, dims } = turned(first);
    const [x, y, z] = dims.slice(2) as [number, number, number];
    // From the network's order, z fastest, back to x fastest.
    const again = new Float32Array(24);
    for (let i = 0; i < x; i++)
      for (let j = 0; j < y; j++) for (let k = 0; k < z; k++) again[i + x * (j + y * k)] = data[(i * y + j) * z + k]!;
    const twice = networkImage(again, [x, y, z], second, { multiple: 1, smallest: 1 });
    expect(turned(combined(first, second))).toEqual(twice);
  });

  it('are found for the axes of a volume: to the right, the front and the head', () => {
    // Columns run to the feet, rows to the left, slices to the back, all slightly oblique.
    const turn = turnToPatient([0.1, 1, 0.1, 0, 0, 0.1, 1, 0, -1, 0, 0.1, 0, 0, 0, 0, 1]);
    expect(turn).toEqual({ axes: [1, 2, 0], reversed: [true, true, true] });
  });
});
