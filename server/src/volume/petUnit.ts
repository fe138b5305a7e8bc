import type { Dataset } from '../dicom/dataset.js';
import type { VoxelUnit } from '../values/volume.js';
import { printable } from './printable.js';
import { uptakeScale } from './standardizedUptake.js';
import { hasModalityLut, type LinearScale, statedScale } from './statedScale.js';

/** The unit of an image's values, and how stored values are converted to it. */
export interface ScaledUnit {
  readonly unit: VoxelUnit;
  readonly scale: LinearScale;
  /** What Bq/mL were multiplied by to become SUVbw; the same for all images of one scan. */
  readonly uptakeFactor?: number;
  /** Choices made, one sentence each. */
  readonly notes: readonly string[];
}

/** UCUM codes of activity concentration and of SUVbw (CID 84, CID 85), in lower case. */
const activityCodes: ReadonlySet<string> = new Set(['bq/ml']);
/** Units of stored values only after rescaling. */
const scaledUnits: ReadonlySet<string> = new Set(['BQML', 'GML']);
const uptakeCodes: ReadonlySet<string> = new Set(['g/ml{suvbw}', '{suvbw}g/ml', 'g/ml{suv}']);

/**
 * The unit and scale of a PET image: SUVbw if it can be computed, else activity concentration in Bq/mL, else arbitrary.
 *
 * - Units (0054,1001) BQML: activity, converted to SUVbw if weight, dose and times are known.
 * - GML: SUV already, by body weight unless SUV Type (0054,1006) differs.
 * - CNTS: Philips' private factor to SUVbw (7053,1000), or to activity (7053,1009).
 * - Without Units, as in enhanced PET: the Real World Value Mapping whose unit is one of these.
 *
 * @throws PromptsegError `instance-unreadable`
 */
export function readPetUnit(frame: Dataset): ScaledUnit {
  const { scale, lacks, notes } = statedScale(frame, false);
  const stated = frame.string('x00541001') ?? '';
  const units = stated.toUpperCase();
  if (lacks.slope && scaledUnits.has(units))
    return arbitrary(scale, [...notes, 'Without a slope the PET values have no unit.']);
  switch (units) {
    case 'BQML':
      return fromActivity(frame, scale, notes);
    case 'GML':
      return fromUptake(frame, scale, notes);
    case 'CNTS':
      return fromPhilipsCounts(frame, scale, notes);
    case '':
      return fromRealWorldValues(frame) ?? arbitrary(scale, [...notes, notActivity('missing')]);
    default:
      return arbitrary(scale, [...notes, notActivity(printable(stated))]);
  }
}

function fromActivity(frame: Dataset, scale: LinearScale, notes: readonly string[]): ScaledUnit {
  const uptake = uptakeScale(frame);
  if (uptake.factor === undefined) {
    const note = `PET activity was not converted to SUVbw, for ${uptake.missing}.`;
    return { unit: 'Bq/mL', scale, notes: [...notes, note] };
  }
  const { factor } = uptake;
  return { unit: 'SUVbw', scale: times(scale, factor), uptakeFactor: factor, notes: [...notes, ...uptake.notes] };
}

function fromUptake(frame: Dataset, scale: LinearScale, notes: readonly string[]): ScaledUnit {
  const type = frame.string('x00541006');
  if (type?.toUpperCase() === 'BW') return { unit: 'SUVbw', scale, notes };
  if (type === undefined) {
    const note = 'The PET values are SUV of no stated type; they were taken as SUV by body weight.';
    return { unit: 'SUVbw', scale, notes: [...notes, note] };
  }
  return arbitrary(scale, [...notes, `The PET values are SUV of the type ${printable(type)}, not by body weight.`]);
}

function fromPhilipsCounts(frame: Dataset, scale: LinearScale, notes: readonly string[]): ScaledUnit {
  const isPhilips = frame.string('x70530010') === 'Philips PET Private Group';
  const uptakeFactor = isPhilips ? frame.numberIfSound('x70531000') : undefined;
  if (uptakeFactor !== undefined && uptakeFactor > 0) {
    const note = "PET counts were converted to SUVbw with Philips' private scale factor.";
    return { unit: 'SUVbw', scale: times(scale, uptakeFactor), notes: [...notes, note] };
  }
  const activityFactor = isPhilips ? frame.numberIfSound('x70531009') : undefined;
  if (activityFactor !== undefined && activityFactor > 0) {
    const note = "PET counts were converted to activity with Philips' private scale factor.";
    return fromActivity(frame, times(scale, activityFactor), [...notes, note]);
  }
  return arbitrary(scale, [...notes, notActivity('CNTS')]);
}

/**
 * By the Real World Value Mapping macro (PS3.3 section C.7.6.16.2.11), which maps stored values and bypasses Rescale
 * Slope; ignored if there is a Modality LUT.
 */
function fromRealWorldValues(frame: Dataset): ScaledUnit | undefined {
  if (hasModalityLut(frame)) return undefined;
  const mappings = frame.items('x00409096').flatMap((mapping) => {
    const code = mapping.items('x004008ea')[0]?.string('x00080100')?.toLowerCase();
    const slope = mapping.numberIfSound('x00409225');
    return code === undefined || slope === undefined
      ? []
      : [{ code, scale: { slope, intercept: mapping.numberIfSound('x00409224') ?? 0 } }];
  });
  const uptake = mappings.find(({ code }) => uptakeCodes.has(code));
  if (uptake !== undefined) {
    return {
      unit: 'SUVbw',
      scale: uptake.scale,
      notes: ['SUVbw was read from the Real World Value Mapping of the images.'],
    };
  }
  const activity = mappings.find(({ code }) => activityCodes.has(code));
  if (activity === undefined) return undefined;
  return fromActivity(frame, activity.scale, ['Activity was read from the Real World Value Mapping of the images.']);
}

const arbitrary = (scale: LinearScale, notes: readonly string[]): ScaledUnit => ({ unit: 'arbitrary', scale, notes });

const times = ({ slope, intercept }: LinearScale, factor: number): LinearScale => ({
  slope: slope * factor,
  intercept: intercept * factor,
});

const notActivity = (units: string): string => `The PET values are not activity concentrations: Units is ${units}.`;
