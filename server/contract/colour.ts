/** CIE XYZ relative to D50, the white of the ICC profile connection space. */
const whiteD50 = [0.96422, 1, 0.82521] as const;

/** CIE XYZ relative to D50 to linear sRGB: the inverse of the matrix in `results/displayColour.ts`. */
const xyzToLinear = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/**
 * The sRGB colour of a Recommended Display CIELab Value (PS3.3 section C.10.7.1.1). Colours outside sRGB are clipped
 * per channel.
 * @returns red, green, blue, 0–255 each; undefined if these are not three 16-bit numbers
 */
export function colourOfCIELabValue(value: readonly number[]): readonly [number, number, number] | undefined {
  if (value.length !== 3 || value.some((each) => !(each >= 0 && each <= 65535))) return undefined;
  const [lightness, a, b] = [
    (100 * value[0]!) / 65535,
    (255 * value[1]!) / 65535 - 128,
    (255 * value[2]!) / 65535 - 128,
  ];
  const fy = (lightness + 16) / 116;
  const xyz = [fy + a / 500, fy, fy - b / 200].map((f, axis) => whiteD50[axis]! * inverseLabCurve(f));
  const [red, green, blue] = xyzToLinear.map((row) => {
    const linear = row.reduce((total, weight, axis) => total + weight * xyz[axis]!, 0);
    return Math.round(255 * Math.min(1, Math.max(0, gamma(linear))));
  });
  return [red!, green!, blue!];
}

const gamma = (linear: number): number => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);

const inverseLabCurve = (f: number): number => (f > 6 / 29 ? f ** 3 : 3 * (6 / 29) ** 2 * (f - 4 / 29));
