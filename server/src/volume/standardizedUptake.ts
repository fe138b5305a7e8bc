import type { Dataset } from '../dicom/dataset.js';
import { decayTime } from './petTimes.js';

/** How activity concentrations (Bq/mL) become SUVbw, or why they cannot. */
export type UptakeScale =
  | { readonly factor: number; readonly notes: readonly string[] }
  | { readonly factor?: undefined; readonly missing: string };

/** Smallest plausible dose in Bq, below which a number cannot be in Bq: human doses are about 10 to 1,000 MBq. */
const smallestDose = 1e5;
/** Ten times the largest dose of a therapy. */
const largestDose = 1e11;
/** In kg; a larger number is a weight in grams. */
const largestWeight = 700;
/**
 * In Bq per kg of weight: a smaller dose is stated in kBq. Patients are given 50,000 (total-body scanners) and more,
 * mice a thousand times as much.
 */
const smallestDosePerWeight = 2e4;
/** In seconds: Rb-82 has 75, O-15 122, I-124 four days; other numbers are minutes, hours or milliseconds. */
const halfLives = { least: 60, most: 1e6 } as const;
const enhancedPetImage = '1.2.840.10008.5.1.4.1.1.130';

/**
 * The factor from activity concentration (Bq/mL) to SUVbw (g/mL): the patient's weight in g over the dose in Bq that
 * was left at the time to which the image is decay corrected.
 *
 * After the vendor-neutral pseudo-code of QIBA's FDG-PET profile. With Decay Correction ADMIN that time is the
 * injection; with START see
 * {@link decayTime}.
 */
export function uptakeScale(frame: Dataset): UptakeScale {
  const missing = (what: string): UptakeScale => ({ missing: what });
  const weight = frame.numberIfSound('x00101030') ?? 0;
  if (!(weight > 0)) return missing("the patient's weight is not known");
  if (weight > largestWeight) return missing("the patient's weight is not believable");
  const [injection, ...others] = frame.items('x00540016');
  if (others.length > 0) return missing('several injections are stated');
  const dose = doseInBecquerel(frame, injection);
  if (!(dose >= smallestDose && dose <= largestDose)) return missing('the injected dose is not known in Bq');
  if (dose < smallestDosePerWeight * weight) return missing('the injected dose is too small for the weight');
  if (!isCorrected(frame)) return missing('the images are not said to be corrected for attenuation and decay');

  const note = (until: string): string =>
    `PET activity was converted to SUVbw with the patient's weight and the injected dose, ${until}.`;
  if (frame.string('x00541102')?.toUpperCase() === 'ADMIN') {
    return { factor: (weight * 1000) / dose, notes: [note('for the values are decay corrected to the injection')] };
  }
  const halfLife = injection?.numberIfSound('x00181075') ?? 0;
  if (!(halfLife > 0)) return missing('the half-life is not known');
  if (halfLife < halfLives.least || halfLife > halfLives.most) return missing('the half-life is not believable');
  const decayed = decayTime(frame, injection!, halfLife);
  if ('missing' in decayed) return missing(decayed.missing);
  const left = dose * 2 ** (-decayed.seconds / halfLife);
  const notes = [note(`decayed from the injection to ${decayed.until}`), ...decayed.notes];
  return { factor: (weight * 1000) / left, notes };
}

/**
 * Radionuclide Total Dose (0018,1074), 0 if unknown: in Bq (PS3.3 section C.8.9.2), in Enhanced PET in MBq (section
 * C.8.22.4). In Enhanced PET a number that must be Bq is accepted as Bq; in a classic image a number that must be MBq
 * is not accepted.
 */
function doseInBecquerel(frame: Dataset, injection: Dataset | undefined): number {
  const stated = injection?.numberIfSound('x00181074') ?? 0;
  return frame.string('x00080016') === enhancedPetImage && stated < smallestDose ? stated * 1e6 : stated;
}

/**
 * By Corrected Image (0028,0051) and Decay Correction (0054,1102), in enhanced PET by Attenuation Corrected and Decay
 * Corrected.
 */
function isCorrected(frame: Dataset): boolean {
  if (frame.string('x00189758') !== undefined) {
    return frame.string('x00189758') === 'YES' && frame.string('x00189759') === 'YES';
  }
  const corrections = frame.strings('x00280051').map((each) => each.toUpperCase());
  const decayCorrection = frame.string('x00541102')?.toUpperCase() ?? '';
  return ['ATTN', 'DECY'].every((each) => corrections.includes(each)) && ['START', 'ADMIN'].includes(decayCorrection);
}
