import { PromptsegError } from '../platform/errors.js';
import { cross } from '../values/affine.js';
import { distinguishers, idPart } from './distinguishers.js';
import { type FrameNaming, frameNamingOf, noteOnFrameNaming } from './frameOfReference.js';
import { joinAbutting } from './joinAbutting.js';
import { requireParallel } from './placesElsewhere.js';
import { differenceOf } from './sameStack.js';
import type { SliceImage } from './sliceImage.js';
import { type DuplicateFreePart, placesOf, splitDuplicates } from './splitDuplicates.js';
import { notesOnSettings, splitInterleaved } from './splitInterleaved.js';
import { type Stack, stackSlices } from './stackSlices.js';

/** Images of a series that form one stack of slices. */
export interface FoundStack extends Stack {
  /** Unique within the series, at most 64 characters. */
  readonly id: string;
  /** "echo time 4.6 ms, 24 axial images of 256 × 256 pixels" */
  readonly description: string;
  /** `order` indexes these. */
  readonly images: readonly SliceImage[];
}

export interface FoundStacks {
  /**
   * One or more, best first: most images; among equals axial first, then by what distinguishes them
   * (distinguishers.ts).
   */
  readonly stacks: readonly FoundStack[];
  /** Images that are in none of them. */
  readonly leftOut: readonly { readonly images: number; readonly what: string }[];
  readonly frameNaming: FrameNaming;
}

/**
 * Finds the stacks of slices in a series. Images are grouped by what the images of a stack share (modality, unit, frame
 * of reference, size, spacing, orientation); a group with several images at one position is split by what distinguishes
 * them.
 *
 * @param images one or more, of one series
 * @throws PromptsegError if there is no stack: `series-mixed`, `frames-of-reference-mixed`, `sizes-mixed` or
 * `orientations-mixed` for single images that do not belong together; `slices-duplicate`, `slices-missing` or
 * `slices-uneven` for images that form no stack
 */
export function findStacks(images: readonly SliceImage[]): FoundStacks {
  const frameNaming = frameNamingOf(images);
  const groups = groupsOf([...images].sort(byIdentity), frameNaming);
  refuseSingleImages(groups, frameNaming);
  const candidates = groups.flatMap((group) =>
    (joinAbutting(group) ?? splitDuplicates(group))
      .flatMap(splitInterleaved)
      .map((part): Candidate => ({ ...part, plane: planeName(group[0]!), group })),
  );

  const tried = candidates
    .sort(byRule)
    .map((candidate): Tried => ({ candidate, stack: stackOf(candidate, frameNaming) }));
  const stackable = tried.filter(isStackable);
  refuseLesserStack(stackable[0]?.candidate, tried);
  const best = stackable[0]!.candidate;
  requireParallel(best.images, images, frameNaming);
  const isSlice = ({ candidate }: Tried): boolean => candidate.images.length > 1 || best.images.length === 1;
  return {
    stacks: named(stackable.filter(isSlice)),
    frameNaming,
    leftOut: [
      ...candidates.flatMap(({ secondImages = 0 }) =>
        secondImages > 0 ? [{ images: secondImages, what: 'images of a place that another one shows' }] : [],
      ),
      ...tried
        .filter((each) => !isStackable(each))
        .map(({ candidate: { images }, stack }) => ({
          images: images.length,
          what: `images in no stack (${(stack as PromptsegError).code})`,
        })),
      ...stackable.filter((each) => !isSlice(each)).map(() => ({ images: 1, what: 'single images beside the stacks' })),
    ],
  };
}

interface Candidate extends DuplicateFreePart {
  readonly plane: Plane;
  readonly group: readonly SliceImage[];
}

interface Tried {
  readonly candidate: Candidate;
  readonly stack: Stack | PromptsegError;
}

interface Stackable extends Tried {
  readonly stack: Stack;
}

const isStackable = (tried: Tried): tried is Stackable => !(tried.stack instanceof PromptsegError);

const planes = ['axial', 'coronal', 'sagittal', 'oblique'] as const;
type Plane = (typeof planes)[number];

/** Cosine of 30°: planes tilted further from the patient's axes are called oblique. */
const obliqueCosine = Math.cos(Math.PI / 6);

function planeName({ alongRow, alongColumn }: SliceImage): Plane {
  const [x, y, z] = cross(alongRow, alongColumn).map(Math.abs) as [number, number, number];
  if (Math.max(x, y, z) < obliqueCosine) return 'oblique';
  if (z >= Math.max(x, y)) return 'axial';
  return y >= x ? 'coronal' : 'sagittal';
}

/**
 * A rotating projection has some hundred orientations; comparing tens of thousands with each other would take hours.
 */
const maximumGroups = 500;

function groupsOf(images: readonly SliceImage[], naming: FrameNaming): readonly (readonly SliceImage[])[] {
  const groups: SliceImage[][] = [];
  for (const image of images) {
    const group = groups.find(
      ([first]) => differenceOf(first!, image, naming) === undefined && isProjection(first!) === isProjection(image),
    );
    if (group === undefined) groups.push([image]);
    else group.push(image);
    if (groups.length > maximumGroups) {
      throw new PromptsegError(
        'orientations-mixed',
        `The images do not go together: there are more than ${maximumGroups} different orientations, sizes or ` +
          'spacings among them.',
      );
    }
  }
  return groups;
}

/**
 * Maximum and minimum intensity projections are at the positions of slices, but also show what is in front of and
 * behind them.
 */
const isProjection = ({ distinguishing: { imageType } }: SliceImage): boolean =>
  imageType.some((word) => ['MIP', 'MINIP', 'MNIP', 'PROJECTION IMAGE'].includes(word));

/** Of single images that do not belong together, none is a better choice than another. */
function refuseSingleImages([first, second, ...others]: readonly (readonly SliceImage[])[], naming: FrameNaming): void {
  if (second === undefined || [first!, second, ...others].some((group) => group.length > 1)) return;
  const difference = differenceOf(first![0]!, second[0]!, naming);
  if (difference !== undefined) throw difference();
}

/**
 * The group that covers the most positions is what the series is about: if it forms no stack, a smaller one is not used
 * instead.
 */
function refuseLesserStack(best: Candidate | undefined, tried: readonly Tried[]): void {
  for (const { candidate, stack } of tried) {
    if (!(stack instanceof PromptsegError)) continue;
    if (best === undefined || placesOf(candidate.images).length >= best.images.length) throw stack;
  }
}

function stackOf({ images, hasDuplicates, notes = [] }: Candidate, naming: FrameNaming): Stack | PromptsegError {
  try {
    const stack = stackSlices(images);
    return {
      ...stack,
      notes: [...notes, ...noteOnFrameNaming(naming, stack), ...notesOnSettings(images), ...stack.notes],
    };
  } catch (error) {
    if (!(error instanceof PromptsegError)) throw error;
    return hasDuplicates && error.code === 'slices-duplicate' ? notSeparated(error) : error;
  }
}

function notSeparated(error: PromptsegError): PromptsegError {
  const tried = distinguishers.map(({ attribute }) => attribute);
  return new PromptsegError(
    error.code,
    `${error.message} None of these attributes separates them: ${tried.join(', ')}.`,
    {
      details: { ...error.details, tried },
    },
  );
}

function byRule(a: Candidate, b: Candidate): number {
  return (
    b.images.length - a.images.length ||
    planes.indexOf(a.plane) - planes.indexOf(b.plane) ||
    compareRanks(a.ranks, b.ranks)
  );
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const levels = Array.from({ length: Math.max(a.length, b.length) }, (_, level) => level);
  const level = levels.find((each) => a[each] !== b[each]);
  return level === undefined ? 0 : (a[level] ?? -1) - (b[level] ?? -1);
}

/** Archives return instances in any order; ids of stacks must not depend on it. */
function byIdentity(a: SliceImage, b: SliceImage): number {
  if (a.sopInstanceUID !== b.sopInstanceUID) return a.sopInstanceUID < b.sopInstanceUID ? -1 : 1;
  return (a.frameNumber ?? 0) - (b.frameNumber ?? 0);
}

/** Gives each stack its id: by what split it if all stacks are of one group, otherwise by plane and size as well. */
function named(found: readonly Stackable[]): FoundStack[] {
  const severalGroups = new Set(found.map(({ candidate }) => candidate.group)).size > 1;
  const taken = new Map<string, number>();
  return found.map(({ candidate: { plane, labels, images }, stack }) => {
    const { columns, rows } = images[0]!;
    const ofGroup = severalGroups || labels.length === 0 ? [`${plane}-${columns}x${rows}`] : [];
    const plain = idPart([...ofGroup, ...labels.map(({ id }) => id)].join('-')).slice(0, 60);
    const times = (taken.get(plain) ?? 0) + 1;
    taken.set(plain, times);
    const what = `${images.length} ${plane} ${images.length === 1 ? 'image' : 'images'} of ${columns} × ${rows} pixels`;
    return {
      ...stack,
      id: times === 1 ? plain : `${plain}-${times}`,
      description: [...labels.map(({ description }) => description), what].join(', '),
      images,
    };
  });
}
