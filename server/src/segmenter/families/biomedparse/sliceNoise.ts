/**
 * The random numbers for BoltzFormer's sampling, the same for every prompt, machine and run: in [0, 1), 24 bits, from a
 * counter mixed by the finalizer of MurmurHash3. `noise.py` of the converters computes the same.
 *
 * @param shapes of the graph's inputs, filled in order
 */
export function sliceNoise(seed: number, slice: number, shapes: readonly (readonly number[])[]): Float32Array[] {
  let counter = mix(seed + slice);
  return shapes.map((shape) => {
    const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
    for (let n = 0; n < values.length; n++) values[n] = (mix(counter++) >>> 8) / 2 ** 24;
    return values;
  });
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
