import type { DistinguishingAttributes } from './distinguishingAttributes.js';

/** How one attribute splits images at the same positions into stacks. */
export interface Distinguisher {
  /** Its name in DICOM, for the error about a series that nothing splits. */
  readonly attribute: string;
  /** The value that the images of one stack share; undefined counts as a value. */
  readonly read: (image: DistinguishingAttributes) => Value;
  /**
   * Times differ from slice to slice within a stack as well, so they are compared per position: the first image of
   * every position forms the first stack, the second the second, and so on.
   */
  readonly isMoment?: true;
  /** Set on purpose, it changes how tissue looks: images of two such settings form no volume. */
  readonly setsContrast?: true;
  /** Which of two values comes first; by default the smaller number or string. */
  readonly order?: (value: string) => number;
  /** The name of the stack of `values[rank]`; by rank alone for stacks that were formed by rank. */
  readonly label: (rank: number, values: readonly Value[]) => StackLabel;
}

export type Value = string | number | undefined;

export interface StackLabel {
  /** Part of the stack's id: lower-case letters, digits, dots and hyphens. */
  readonly id: string;
  readonly description: string;
}

/** "echo-time" and "ms" with 4.6 give "echo-time-4.6" and "echo time 4.6 ms". */
const measured =
  (id: string, words: string, unit: string): Distinguisher['label'] =>
  (rank, values) => {
    const value = shown(values[rank]);
    return value === ''
      ? { id: `${id}-none`, description: `${words} not stated` }
      : { id: `${id}-${idPart(value)}`, description: `${words} ${value}${unit && ` ${unit}`}` };
  };

const counted =
  (id: string, words: string): Distinguisher['label'] =>
  (rank) => ({ id: `${id}-${rank + 1}`, description: `${words} ${rank + 1}` });

/**
 * Tried in this order: what a scanner sets on purpose before what merely follows the clock. Images of several echoes
 * have several times as well, but it is the echo that distinguishes them.
 */
export const distinguishers: readonly Distinguisher[] = [
  { attribute: 'Stack ID', read: ({ stackID }) => stackID, label: measured('stack', 'stack', '') },
  {
    attribute: 'Image Type',
    read: ({ imageType }) => imageType.join('\\'),
    order: preferenceOfImageType,
    setsContrast: true,
    label: labelOfImageType,
  },
  {
    attribute: 'Echo Time',
    read: ({ echoTime }) => echoTime,
    setsContrast: true,
    label: measured('echo-time', 'echo time', 'ms'),
  },
  {
    attribute: 'Echo Numbers',
    read: ({ echoNumber }) => echoNumber,
    setsContrast: true,
    label: measured('echo', 'echo', ''),
  },
  {
    attribute: 'Inversion Time',
    read: ({ inversionTime }) => inversionTime,
    setsContrast: true,
    label: measured('inversion-time', 'inversion time', 'ms'),
  },
  { attribute: 'Flip Angle', read: ({ flipAngle }) => flipAngle, label: measured('flip-angle', 'flip angle', '°') },
  {
    attribute: 'Diffusion b-value',
    read: ({ diffusionBValue }) => diffusionBValue,
    setsContrast: true,
    label: measured('b', 'b-value', 's/mm²'),
  },
  {
    attribute: 'Diffusion Gradient Orientation',
    read: ({ diffusionGradient }) => diffusionGradient,
    label: counted('gradient', 'gradient direction'),
  },
  {
    attribute: 'ASL Context',
    read: ({ aslContext }) => aslContext,
    setsContrast: true,
    label: measured('asl', 'arterial spin labelling', ''),
  },
  {
    attribute: 'Nominal Percentage of Cardiac or Respiratory Phase',
    read: ({ cyclePercentage }) => cyclePercentage,
    label: measured('cycle', 'phase of the cycle', '%'),
  },
  {
    attribute: 'Temporal Position',
    read: ({ temporalPosition }) => temporalPosition,
    label: counted('time', 'time point'),
  },
  {
    attribute: 'Trigger Time',
    read: ({ triggerTime }) => triggerTime,
    isMoment: true,
    label: counted('trigger', 'phase of the heartbeat'),
  },
  {
    attribute: 'Frame Reference Time',
    read: ({ frameReferenceTime }) => frameReferenceTime,
    isMoment: true,
    label: counted('time', 'time frame'),
  },
  ...dimensions(),
  { attribute: 'KVP', read: ({ kvp }) => kvp, setsContrast: true, label: measured('kv', 'tube voltage', 'kV') },
  {
    attribute: 'Slice Thickness',
    read: ({ sliceThickness }) => sliceThickness,
    label: measured('thickness', 'slice thickness', 'mm'),
  },
  {
    attribute: 'Convolution Kernel',
    read: ({ convolutionKernel }) => convolutionKernel,
    setsContrast: true,
    label: measured('kernel', 'kernel', ''),
  },
  {
    attribute: 'Acquisition Number',
    read: ({ acquisitionNumber }) => acquisitionNumber,
    isMoment: true,
    label: counted('phase', 'acquisition'),
  },
  {
    attribute: 'Acquisition Time',
    read: ({ acquisitionMoment }) => acquisitionMoment,
    isMoment: true,
    label: counted('phase', 'acquisition'),
  },
  {
    attribute: 'Content Time',
    read: ({ contentMoment }) => contentMoment,
    isMoment: true,
    label: counted('repetition', 'repetition'),
  },
];

/** Further dimensions of multi-frame images, which manufacturers define, partly by private attributes. */
function dimensions(): readonly Distinguisher[] {
  return Array.from({ length: 8 }, (_, index) => ({
    attribute: `Dimension Index Values (${index + 1})`,
    read: ({ dimensionIndexValues }) => dimensionIndexValues?.[index],
    label: measured(`dimension-${index + 1}`, `dimension ${index + 1}:`, ''),
  }));
}

/** Words of Image Type, best first: an anatomical image comes first. */
const imageTypeWords: readonly (readonly string[])[] = [
  ['IN_PHASE', 'IP'],
  ['WATER', 'W'],
  ['OUT_PHASE', 'OPP_PHASE', 'OP'],
  ['FAT', 'F'],
  ['REAL', 'R'],
  ['IMAGINARY', 'I'],
  ['PHASE', 'P'],
];

/**
 * Original images before derived ones, then images without any of the words above (plain magnitude), then in their
 * order.
 */
function preferenceOfImageType(imageType: string): number {
  const words = imageType.split('\\').flatMap((word) => [word, word.split('_')[0]!]);
  const place = imageTypeWords.findLastIndex((group) => group.some((word) => words.includes(word)));
  return (words[0] === 'DERIVED' ? imageTypeWords.length + 1 : 0) + place + 1;
}

/** The words that not all of the image types share: "p" for ORIGINAL, PRIMARY, P and ORIGINAL, PRIMARY, M. */
function labelOfImageType(rank: number, values: readonly Value[]): StackLabel {
  const all = values.map((value) => String(value ?? '').split('\\'));
  const own = all[rank]!.filter((word) => !all.every((words) => words.includes(word))).map(shown);
  return own.length === 0
    ? { id: 'plain', description: 'plain image type' }
    : { id: idPart(own.join(' ')), description: `image type ${own.join(', ')}` };
}

/**
 * Text from a file, reduced to what a code string or a kernel may contain, because it becomes part of ids, notes and
 * messages.
 */
function shown(value: Value): string {
  if (typeof value === 'number') return String(Number(value.toFixed(2)));
  return (value ?? '').replace(/[^\w .+-]/g, '').slice(0, 32);
}

export const idPart = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '');
