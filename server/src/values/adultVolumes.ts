/** The range of a structure's volume that a published study of adults measured. */
export interface AdultVolume {
  /** mL of the whole structure; of one side where the structure is paired. */
  readonly least: number;
  readonly most: number;
  readonly isPaired: boolean;
  /** Short reference; in full in docs/use/results.md. */
  readonly source: string;
}

/**
 * By SNOMED CT code of the structure's type. Where a study gives mean and standard deviation, the range is the mean ± 2
 * SD, of women at the lower end and of men at the upper one if it gives both.
 */
export const adultVolumes: ReadonlyMap<string, AdultVolume> = new Map([
  // 1505 ± 385 mL in 2773 volunteers, MR
  ['10200004', { least: 735, most: 2275, isPaired: false, source: 'Kromrey 2018' }], // liver
  // 198 ± 88 mL in 212 patients, CT
  ['78961009', { least: 22, most: 374, isPaired: false, source: 'Caglar 2014' }], // spleen
  // 154 ± 33 mL in women, 202 ± 36 mL in men, MR
  ['64033007', { least: 88, most: 274, isPaired: true, source: 'Cheong 2007' }], // kidney
  // 72.4 ± 25.8 mL from 20 to 60 years of age, CT
  ['15776009', { least: 21, most: 124, isPaired: false, source: 'Saisho 2007' }], // pancreas
  // 104 ± 10 mL in women, 122 ± 16 mL in men, MR
  ['113305005', { least: 84, most: 154, isPaired: false, source: 'Escalona 1991' }], // cerebellum
  // From 1.73 to 5.68 mL in the studies that it reviews
  ['5366008', { least: 1.73, most: 5.68, isPaired: true, source: 'Honeycutt 1995' }], // hippocampus
]);
