/**
 * Linear sRGB to CIE XYZ relative to D50, the white of the ICC profile connection space (Bradford adaptation from D65).
 */
const linearToXyz = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;
const whiteD50 = [0.96422, 1, 0.82521] as const;

/**
 * Recommended Display CIELab Value (0062,000D) of an sRGB colour: CIELab of the ICC profile connection space, scaled to
 * 16 bits according to PS3.3 section C.10.7.1.1 (L* 0–100 and a*, b* −128–127 to 0–65535; 0x8080 is a* = 0).
 * @param colour red, green, blue, 0–255 each
 */
export function recommendedDisplayCIELabValue(colour: readonly [number, number, number]): [number, number, number] {
  const linear = colour.map((value) => inverseGamma(value / 255));
  const [fx, fy, fz] = linearToXyz.map((row, axis) => {
    const sum = row.reduce((total, weight, channel) => total + weight * linear[channel]!, 0);
    return labCurve(sum / whiteD50[axis]!);
  }) as [number, number, number];
  const lightness = 116 * fy - 16;
  const a = 500 * (fx - fy);
  const b = 200 * (fy - fz);
  return [toUnsigned16(lightness / 100), toUnsigned16((a + 128) / 255), toUnsigned16((b + 128) / 255)];
}

/** sRGB value 0–1 to linear light (IEC 61966-2-1). */
const inverseGamma = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** The cube root of CIELab with its linear part near black (CIE 15). */
const labCurve = (value: number): number =>
  value > (6 / 29) ** 3 ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29;

const toUnsigned16 = (fraction: number): number => Math.round(65535 * Math.min(1, Math.max(0, fraction)));
