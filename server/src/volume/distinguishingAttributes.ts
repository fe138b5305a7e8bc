import { type AttributeSource, Dataset, type Tag } from '../dicom/dataset.js';
import { secondsOfDateAndTime, secondsOfDateTime, secondsOfTime } from '../dicom/moment.js';
import { isPrivate } from './functionalGroupMacros.js';

/**
 * Attributes that can separate two images at one position: echo, b-value, phase and the like. All are optional; absent
 * means that the image does not state it. Attributes of the multi-frame functional groups are next to their
 * single-frame counterparts, so that both kinds of image are read alike (PS3.3 C.7.6.16.2, C.8.13).
 *
 * Times are only compared and ranked. They never become part of an id, a message or a note, because they are dates of a
 * patient.
 */
export interface DistinguishingAttributes {
  /**
   * All values of Frame Type (0008,9007), else of Image Type (0008,0008), in capitals, with Complex Image Component
   * (0008,9208) or its private counterpart of GE.
   */
  readonly imageType: readonly string[];
  /** Stack ID (0020,9056). */
  readonly stackID?: string | undefined;
  /** Effective Echo Time (0018,9082) or Echo Time (0018,0081), ms. */
  readonly echoTime?: number | undefined;
  /** Echo Numbers (0018,0086). */
  readonly echoNumber?: number | undefined;
  /** Inversion Time (0018,0082) or Inversion Times (0018,9079), ms. */
  readonly inversionTime?: number | undefined;
  /** Flip Angle (0018,1314), degrees. */
  readonly flipAngle?: number | undefined;
  /** Diffusion b-value (0018,9087), s/mm², or its private counterpart of Siemens or GE. */
  readonly diffusionBValue?: number | undefined;
  /**
   * Diffusion Gradient Orientation (0018,9089), or that of Siemens: three cosines, rounded to 0.001, joined by commas.
   */
  readonly diffusionGradient?: string | undefined;
  /** ASL Context (0018,9257): CONTROL, LABEL or M_ZERO_SCAN; or its private counterpart of Philips (2005,xx29). */
  readonly aslContext?: string | undefined;
  /** Dimension Index Values (0020,9157), in the order of the Dimension Index Sequence (PS3.3 section C.7.6.17). */
  readonly dimensionIndexValues?: readonly number[];
  /** Temporal Position Index (0020,9128), or Temporal Position Identifier (0020,0100). */
  readonly temporalPosition?: number | undefined;
  /** Nominal percentage of cardiac (0020,9241) or respiratory (0020,9245) phase. */
  readonly cyclePercentage?: number | undefined;
  /** Nominal Cardiac Trigger Delay Time (0020,9153) or Trigger Time (0018,1060), ms. */
  readonly triggerTime?: number | undefined;
  /** Frame Reference Time (0054,1300) of PET, ms. */
  readonly frameReferenceTime?: number | undefined;
  /** Frame Acquisition Number (0020,9156) or Acquisition Number (0020,0012). */
  readonly acquisitionNumber?: number | undefined;
  /** Slice Thickness (0018,0050), mm. */
  readonly sliceThickness?: number | undefined;
  /** Convolution Kernel (0018,1210). */
  readonly convolutionKernel?: string | undefined;
  /** KVP (0018,0060), kV. */
  readonly kvp?: number | undefined;
  /** When the image was acquired, in seconds (see dicom/moment.ts). */
  readonly acquisitionMoment?: number | undefined;
  /** When its content was made. */
  readonly contentMoment?: number | undefined;
}

/** @param frame an instance, or the view of one frame of a multi-frame instance */
export function readDistinguishingAttributes(frame: Dataset): DistinguishingAttributes {
  const frameType = frame.strings('x00089007');
  return {
    imageType: [
      ...(frameType.length > 0 ? frameType : frame.strings('x00080008')),
      ...frame.strings('x00089208'),
      ...complexComponentOfGE(frame),
    ].map((value) => value.toUpperCase()),
    stackID: frame.string('x00209056'),
    echoTime: number(frame, 'x00189082', 'x00180081'),
    echoNumber: number(frame, 'x00180086'),
    inversionTime: number(frame, 'x00189079', 'x00180082'),
    flipAngle: number(frame, 'x00181314'),
    diffusionBValue: number(frame, 'x00189087') ?? privateBValue(frame),
    diffusionGradient: vector(frame, 'x00189089') ?? (isSiemens(frame) ? vector(frame, 'x0019100e') : undefined),
    aslContext: (frame.string('x00189257') ?? labelTypeOfPhilips(frame))?.toUpperCase(),
    dimensionIndexValues: frame.numbersIfSound('x00209157'),
    temporalPosition: number(frame, 'x00209128', 'x00200100'),
    cyclePercentage: number(frame, 'x00209241', 'x00209245'),
    triggerTime: number(frame, 'x00209153', 'x00181060'),
    frameReferenceTime: number(frame, 'x00541300'),
    acquisitionNumber: number(frame, 'x00209156', 'x00200012'),
    sliceThickness: number(frame, 'x00180050'),
    convolutionKernel: frame.strings('x00181210').join(' ') || undefined,
    kvp: number(frame, 'x00180060'),
    acquisitionMoment: moment(frame, ['x00189074', 'x0008002a'], 'x00080022', 'x00080032'),
    contentMoment: moment(frame, [], 'x00080023', 'x00080033'),
  };
}

/** The tags that {@link readDistinguishingAttributes} reads, except private ones. */
export function distinguishingTags(): readonly Tag[] {
  const asked = new Set<string>();
  const nothing: AttributeSource = {
    tags: () => [],
    size: (tag) => {
      asked.add(tag);
      return undefined;
    },
    strings: () => [],
    numbers: () => [],
    text: () => '',
    items: () => [],
  };
  readDistinguishingAttributes(new Dataset(nothing));
  return [...asked].filter((tag): tag is Tag => !isPrivate(tag));
}

/** The first of the attributes that holds a number. All are optional, so a damaged one counts as absent. */
function number(frame: Dataset, ...tags: readonly Tag[]): number | undefined {
  return tags.map((tag) => frame.numberIfSound(tag)).find((value) => value !== undefined);
}

function vector(frame: Dataset, tag: Tag): string | undefined {
  if (frame.numberIfSound(tag) === undefined) return undefined;
  const values = frame.numbers(tag);
  // Adding 0 turns -0 into 0.
  return values.length === 3 ? values.map((value) => Math.round(value * 1000) / 1000 + 0).join(',') : undefined;
}

const isGE = (frame: Dataset): boolean => frame.string('x00430010') === 'GEMS_PARM_01';
const isSiemens = (frame: Dataset): boolean => frame.string('x00190010') === 'SIEMENS MR HEADER';

function complexComponentOfGE(frame: Dataset): readonly string[] {
  if (!isGE(frame)) return [];
  const component = ['MAGNITUDE', 'PHASE', 'REAL', 'IMAGINARY'][number(frame, 'x0043102f') ?? -1];
  return component === undefined ? [] : [component];
}

/** MR Image Label Type of arterial spin labelling, in the private block of Philips. */
function labelTypeOfPhilips(frame: Dataset): string | undefined {
  return frame.string('x20050014') === 'Philips MR Imaging DD 005' ? frame.string('x20051429') : undefined;
}

/**
 * Private elements of manufacturers that omitted the standard one in single-frame images; GE adds multiples of 100,000
 * as flags.
 */
function privateBValue(frame: Dataset): number | undefined {
  if (isSiemens(frame)) return number(frame, 'x0019100c');
  if (!isGE(frame)) return undefined;
  const flagged = number(frame, 'x00431039');
  return flagged === undefined ? undefined : flagged % 100_000;
}

/** A date and time in one attribute (DT), in two (DA, TM), or the time alone. */
function moment(frame: Dataset, dateTimes: readonly Tag[], date: Tag, time: Tag): number | undefined {
  const stated = dateTimes.map((tag) => secondsOfDateTime(frame.string(tag))).find((seconds) => seconds !== undefined);
  return stated ?? secondsOfDateAndTime(frame.string(date), frame.string(time)) ?? secondsOfTime(frame.string(time));
}
