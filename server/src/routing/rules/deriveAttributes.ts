import type { DerivedAttributes } from '#contract/derivedAttributes.js';
import { type DicomJson, firstText, numbersOf, valuesOf } from '#contract/dicomJson.js';
import { headerOfJson } from '../../dicom/headerOfJson.js';
import { PromptsegError } from '../../platform/errors.js';
import { cross, dot, normalize, type Vector3 } from '../../values/affine.js';
import { partsMentioned, partsShown } from '../../values/bodyRegions.js';
import type { FoundStack } from '../../volume/findStacks.js';
import { stacksOf } from '../../volume/listStacks.js';
import { isSecondaryCapture } from '../../volume/sopClasses.js';
import { heightsOf } from '../../volume/stackSlices.js';

/** Series with fewer slices are localizers or similar. */
const fewestSlices = 10;
/** Normals with a smaller cosine (more than 2° apart) belong to different stacks. */
const parallel = Math.cos((2 * Math.PI) / 180);

/**
 * Derives the attributes of a whole series from its headers.
 * @param instances the datasets of all instances, as in WADO-RS metadata
 */
export function deriveAttributes(instances: readonly DicomJson[]): DerivedAttributes {
  const stacks = stacksIn(instances);
  const [stack] = stacks;
  const sliceSpacing = (stack && medianStep(stack)) ?? median(lengths(instances, '00180088'));
  const thickness =
    median((stack?.images ?? []).flatMap(({ distinguishing }) => distinguishing.sliceThickness ?? [])) ??
    median(lengths(instances, '00180050'));
  const bodyPart = partsOf(instances);
  const isPrimary = mostSay(instances, 1, 'PRIMARY');
  const isDerived = mostSay(instances, 0, 'DERIVED');
  return {
    numberOfImages: instances.reduce((sum, instance) => sum + numberOfImages(instance), 0),
    ...(sliceSpacing !== undefined && { sliceSpacing }),
    ...(thickness !== undefined && { sliceThickness: thickness }),
    is3D: stack !== undefined && isEven(stack) && isMostOf(stack, stacks) && !isPlanarAcquisition(instances),
    ...(isPrimary !== undefined && { isPrimary }),
    ...(stack !== undefined && { isAxial: Math.abs(normalOf(stack)[2]) >= Math.SQRT1_2 }),
    ...(bodyPart !== undefined && { bodyPart }),
    ...(isDerived !== undefined && { isDerived }),
    isSecondaryCapture: most(instances, (instance) => isSecondaryCapture(firstText(instance, '00080016'))),
  };
}

/** Objects without Rows have no pixels. */
const numberOfImages = (instance: DicomJson): number =>
  numbersOf(instance, '00280010').length === 0 ? 0 : Math.max(1, numbersOf(instance, '00280008')[0] ?? 1);

/** The stacks that a job would find, best first; none if it would refuse the series. */
function stacksIn(instances: readonly DicomJson[]): readonly FoundStack[] {
  try {
    return stacksOf(instances.map(headerOfJson));
  } catch (error) {
    if (error instanceof PromptsegError) return [];
    throw error;
  }
}

function normalOf({ images }: FoundStack): Vector3 {
  const { alongRow, alongColumn } = images[0]!;
  return normalize(cross(alongRow, alongColumn));
}

/** Between neighbouring slices, along their normal, mm; undefined for a single slice. */
function medianStep({ images }: FoundStack): number | undefined {
  const heights = [...heightsOf(images)].sort((a, b) => a - b);
  return median(heights.slice(1).map((height, k) => height - heights[k]!));
}

/** Evenly spaced slices, of which a few may be missing. */
const isEven = ({ order, slicePositions = [] }: FoundStack): boolean =>
  order.length >= fewestSlices && slicePositions.every(Number.isInteger);

/** Echoes, phases and the like of the same slices count with them. */
function isMostOf(stack: FoundStack, stacks: readonly FoundStack[]): boolean {
  const count = (some: readonly FoundStack[]) => some.reduce((sum, { images }) => sum + images.length, 0);
  const alike = stacks.filter((each) => Math.abs(dot(normalOf(each), normalOf(stack))) >= parallel);
  return count(alike) * 2 > count(stacks);
}

const lengths = (instances: readonly DicomJson[], tag: string): readonly number[] =>
  instances.flatMap((instance) => numbersOf(instance, tag).slice(0, 1)).map(Math.abs);

/**
 * Whether MR Acquisition Type (0018,0023) is 2D; multi-frame objects have it at the top level too (MR pulse sequence
 * module).
 */
const isPlanarAcquisition = (instances: readonly DicomJson[]): boolean =>
  most(instances, (instance) => firstText(instance, '00180023').toUpperCase() === '2D');

function mostSay(instances: readonly DicomJson[], index: number, value: string): boolean | undefined {
  const types = instances.map((instance) => valuesOf(instance, '00080008')).filter(({ length }) => length > index);
  if (types.length === 0) return undefined;
  return most(types, (type) => String(type[index]).trim().toUpperCase() === value);
}

const most = <T>(all: readonly T[], holds: (each: T) => boolean): boolean => all.filter(holds).length * 2 > all.length;

function partsOf([instance = {}]: readonly DicomJson[]): DerivedAttributes['bodyPart'] {
  return (
    partsShown(firstText(instance, '00180015')) ??
    partsMentioned(firstText(instance, '0008103E')) ??
    partsMentioned(firstText(instance, '00181030')) ??
    partsMentioned(firstText(instance, '00081030'))
  );
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
