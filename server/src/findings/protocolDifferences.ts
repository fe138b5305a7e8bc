import { type ProtocolDifference, type ProtocolPart, protocolParts } from '#contract/comparison.js';
import { cross, dot, normalize, type Vector3 } from '../values/affine.js';
import type { SeriesFacts } from './seriesFacts.js';
import { regionsOf } from './suitability.js';

/** How much a difference counts against a series. Contrast and sequence change what an image shows at all. */
const weights: Readonly<Record<ProtocolPart, number>> = {
  sequence: 8,
  contrast: 8,
  orientation: 6,
  kernel: 4,
  'slice-thickness': 4,
  region: 3,
  description: 2,
  'pixel-spacing': 1,
  size: 1,
};

/** Lengths and times that differ by less are the same setting. */
const tolerance = 0.1;
/** cos 10°: heads are never laid down twice alike, but planes are planned alike. */
const parallel = Math.cos((10 * Math.PI) / 180);

/** Greater for less similar acquisitions; 0 for equal ones. */
export const distanceOf = (differences: readonly ProtocolDifference[]): number =>
  differences.reduce((sum, { part }) => sum + weights[part], 0);

/**
 * In what the protocols of two series differ, most important first. What only one of them states differs; what neither
 * states does not.
 */
export function protocolDifferences(now: SeriesFacts, before: SeriesFacts): readonly ProtocolDifference[] {
  const stated: Readonly<Record<ProtocolPart, readonly [before: string, now: string]>> = {
    sequence: both(sequenceOf),
    contrast: both(({ contrast }) => contrast),
    orientation: both(({ orientation }) => nameOfPlane(orientation)),
    kernel: both(({ kernel }) => kernel),
    'slice-thickness': both(({ sliceThickness }) => lengthText(sliceThickness)),
    region: both((facts) => regionsOf(facts)?.join(', ') ?? ''),
    description: both(({ description }) => description),
    'pixel-spacing': both(({ pixelSpacing }) => lengthText(pixelSpacing?.[0])),
    size: both(sizeOf),
  };
  function both(of: (facts: SeriesFacts) => string): readonly [string, string] {
    return [of(before), of(now)];
  }
  const same: Partial<Record<ProtocolPart, boolean>> = {
    sequence:
      before.scanningSequence === now.scanningSequence &&
      isNear(before.echoTime, now.echoTime) &&
      isNear(before.repetitionTime, now.repetitionTime),
    orientation: isParallel(before.orientation, now.orientation),
    'slice-thickness': isNear(before.sliceThickness, now.sliceThickness),
    'pixel-spacing': isNear(before.pixelSpacing?.[0], now.pixelSpacing?.[0]),
  };
  return protocolParts.flatMap((part) => {
    const [was, is] = stated[part];
    if (same[part] ?? fold(was) === fold(is)) return [];
    return [
      { part, ...(was !== '' && { before: was }), ...(is !== '' && { now: is }), text: sentenceOf(part, was, is) },
    ];
  });
}

const names: Readonly<Record<ProtocolPart, string>> = {
  sequence: 'MR sequence',
  contrast: 'contrast agent',
  orientation: 'orientation of the slices',
  kernel: 'reconstruction kernel',
  'slice-thickness': 'slice thickness',
  region: 'region of the body',
  description: 'series description',
  'pixel-spacing': 'pixel spacing',
  size: 'size of the series',
};

function sentenceOf(part: ProtocolPart, before: string, now: string): string {
  const say = (value: string): string => (value === '' ? 'not stated' : value);
  return `The ${names[part]} differs: ${say(before)} before, ${say(now)} now.`;
}

const fold = (text: string): string => text.trim().toLowerCase().replaceAll(/\s+/g, ' ');

const isNear = (a: number | undefined, b: number | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

const lengthText = (mm: number | undefined): string => (mm === undefined ? '' : `${Number(mm.toFixed(2))} mm`);

const sequenceOf = ({ scanningSequence, repetitionTime, echoTime }: SeriesFacts): string =>
  [
    scanningSequence,
    ...(repetitionTime === undefined ? [] : [`TR ${Number(repetitionTime.toFixed(0))} ms`]),
    ...(echoTime === undefined ? [] : [`TE ${Number(echoTime.toFixed(1))} ms`]),
  ]
    .filter(Boolean)
    .join(', ');

const sizeOf = ({ rows, columns, numberOfInstances }: SeriesFacts): string =>
  [columns, rows, numberOfInstances].filter((each) => each !== undefined).join(' × ');

const vectorAt = (cosines: readonly number[], start: 0 | 3): Vector3 => [
  cosines[start]!,
  cosines[start + 1]!,
  cosines[start + 2]!,
];
const normalOf = (cosines: readonly number[]): Vector3 => normalize(cross(vectorAt(cosines, 0), vectorAt(cosines, 3)));

const isParallel = (a: readonly number[] | undefined, b: readonly number[] | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Math.abs(dot(normalOf(a), normalOf(b))) >= parallel;

/** The plane that is nearest, with its angle where it is oblique. */
function nameOfPlane(cosines: readonly number[] | undefined): string {
  if (cosines === undefined) return '';
  const along = normalOf(cosines).map(Math.abs);
  const axis = along.indexOf(Math.max(...along));
  const angle = Math.round((Math.acos(Math.min(1, along[axis]!)) * 180) / Math.PI);
  const plane = ['sagittal', 'coronal', 'axial'][axis]!;
  return angle < 1 ? plane : `${plane}, ${angle}° oblique`;
}
