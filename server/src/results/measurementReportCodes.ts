import type { VoxelUnit } from '../values/volume.js';
import type { Code } from './code.js';

/** Concept names of a measurement report, TID 1500 and the templates that it includes (PS3.16). */
export const concepts = {
  imagingMeasurementReport: { value: '126000', scheme: 'DCM', meaning: 'Imaging Measurement Report' },
  language: { value: '121049', scheme: 'DCM', meaning: 'Language of Content Item and Descendants' },
  observerType: { value: '121005', scheme: 'DCM', meaning: 'Observer Type' },
  deviceObserverUID: { value: '121012', scheme: 'DCM', meaning: 'Device Observer UID' },
  deviceObserverName: { value: '121013', scheme: 'DCM', meaning: 'Device Observer Name' },
  deviceObserverManufacturer: { value: '121014', scheme: 'DCM', meaning: 'Device Observer Manufacturer' },
  deviceObserverModelName: { value: '121015', scheme: 'DCM', meaning: 'Device Observer Model Name' },
  procedureReported: { value: '121058', scheme: 'DCM', meaning: 'Procedure reported' },
  comment: { value: '121106', scheme: 'DCM', meaning: 'Comment' },
  imagingMeasurements: { value: '126010', scheme: 'DCM', meaning: 'Imaging Measurements' },
  measurementGroup: { value: '125007', scheme: 'DCM', meaning: 'Measurement Group' },
  trackingIdentifier: { value: '112039', scheme: 'DCM', meaning: 'Tracking Identifier' },
  trackingUID: { value: '112040', scheme: 'DCM', meaning: 'Tracking Unique Identifier' },
  findingCategory: { value: '276214006', scheme: 'SCT', meaning: 'Finding category' },
  finding: { value: '121071', scheme: 'DCM', meaning: 'Finding' },
  findingSite: { value: '363698007', scheme: 'SCT', meaning: 'Finding Site' },
  laterality: { value: '272741003', scheme: 'SCT', meaning: 'Laterality' },
  referencedSegment: { value: '121191', scheme: 'DCM', meaning: 'Referenced Segment' },
  sourceSeries: { value: '121232', scheme: 'DCM', meaning: 'Source series for segmentation' },
  derivation: { value: '121401', scheme: 'DCM', meaning: 'Derivation' },
  measurementMethod: { value: '370129005', scheme: 'SCT', meaning: 'Measurement Method' },
  timePoint: { value: 'C2348792', scheme: 'UMLS', meaning: 'Time Point' },
  timePointOrder: { value: '126073', scheme: 'DCM', meaning: 'Time Point Order' },
  temporalOffset: { value: '128740', scheme: 'DCM', meaning: 'Longitudinal Temporal Offset from Event' },
  temporalEventType: { value: '128741', scheme: 'DCM', meaning: 'Longitudinal Temporal Event Type' },
} as const satisfies Record<string, Code>;

/** Values of codes. */
export const values = {
  english: { value: 'en', scheme: 'RFC5646', meaning: 'English' },
  device: { value: '121007', scheme: 'DCM', meaning: 'Device' },
  /** CID 280 */
  baseline: { value: '121079', scheme: 'DCM', meaning: 'Baseline' },
  /** CID 7464 */
  mean: { value: '373098007', scheme: 'SCT', meaning: 'Mean' },
  /** CID 7464 */
  standardDeviation: { value: '386136009', scheme: 'SCT', meaning: 'Standard Deviation' },
  /** CID 7474 */
  sumOfVoxels: { value: '126030', scheme: 'DCM', meaning: 'Sum of segmented voxel method for volume' },
  /** No standard code says that the line stays within one slice. */
  withinOneSlice: { value: 'within-slice', scheme: '99PROMPTSEG', meaning: 'Longest line within one source slice' },
} as const satisfies Record<string, Code>;

/** What is measured (CID 218). */
export const quantities = {
  volume: { value: '118565006', scheme: 'SCT', meaning: 'Volume' },
  /** CID 7470 */
  longAxis: { value: '103339001', scheme: 'SCT', meaning: 'Long Axis' },
  /** CID 7470 */
  shortAxis: { value: '103340004', scheme: 'SCT', meaning: 'Short Axis' },
  /** No standard code: 126030 is a method for the volume, not the number. */
  voxelCount: { value: 'voxel-count', scheme: '99PROMPTSEG', meaning: 'Voxel Count' },
} as const satisfies Record<string, Code>;

/** UCUM. */
export const units = {
  millilitre: { value: 'mL', scheme: 'UCUM', meaning: 'mL' },
  millimetre: { value: 'mm', scheme: 'UCUM', meaning: 'mm' },
  day: { value: 'd', scheme: 'UCUM', meaning: 'day' },
  none: { value: '1', scheme: 'UCUM', meaning: 'no units' },
} as const satisfies Record<string, Code>;

/** What the voxels of a source measure (CID 7180), and its unit (CID 83, 84, 85). */
export function voxelQuantity(unit: VoxelUnit, modality: string): { readonly quantity: Code; readonly unit: Code } {
  switch (unit) {
    case 'HU':
      return {
        quantity: { value: '112031', scheme: 'DCM', meaning: 'Attenuation Coefficient' },
        unit: { value: "[hnsf'U]", scheme: 'UCUM', meaning: 'Hounsfield unit' },
      };
    case 'SUVbw':
      return {
        quantity: { value: '126401', scheme: 'DCM', meaning: 'SUVbw' },
        unit: { value: 'g/ml{SUVbw}', scheme: 'UCUM', meaning: 'Standardized Uptake Value body weight' },
      };
    case 'Bq/mL':
      return {
        quantity: { value: '110821', scheme: 'DCM', meaning: 'Nuclear Medicine Tomographic Activity' },
        unit: { value: 'Bq/ml', scheme: 'UCUM', meaning: 'Becquerels/milliliter' },
      };
    case 'arbitrary':
      return {
        quantity:
          modality === 'MR'
            ? { value: '110852', scheme: 'DCM', meaning: 'MR signal intensity' }
            : { value: 'pixel-value', scheme: '99PROMPTSEG', meaning: 'Pixel Value' },
        unit: units.none,
      };
  }
}

/** Procedure reported (CID 100). */
export function procedureOf(modality: string): Code {
  const procedures: Readonly<Record<string, Code>> = {
    CT: { value: '25045-6', scheme: 'LN', meaning: 'CT unspecified body region' },
    MR: { value: '25056-3', scheme: 'LN', meaning: 'MRI unspecified body region' },
    PT: { value: '44136-0', scheme: 'LN', meaning: 'PET unspecified body region' },
  };
  return procedures[modality] ?? { value: '363679005', scheme: 'SCT', meaning: 'Imaging procedure' };
}
