/** A storage SOP class whose instances become slices. */
export interface ServedSopClass {
  readonly modality: 'CT' | 'MR' | 'PT';
  /** Whether an instance holds many slices, each described by functional groups (PS3.3 section C.7.6.16). */
  readonly isMultiFrame: boolean;
}

const served: ReadonlyMap<string, ServedSopClass> = new Map([
  ['1.2.840.10008.5.1.4.1.1.2', { modality: 'CT', isMultiFrame: false }],
  ['1.2.840.10008.5.1.4.1.1.2.1', { modality: 'CT', isMultiFrame: true }],
  ['1.2.840.10008.5.1.4.1.1.2.2', { modality: 'CT', isMultiFrame: true }],
  ['1.2.840.10008.5.1.4.1.1.4', { modality: 'MR', isMultiFrame: false }],
  ['1.2.840.10008.5.1.4.1.1.4.1', { modality: 'MR', isMultiFrame: true }],
  ['1.2.840.10008.5.1.4.1.1.4.4', { modality: 'MR', isMultiFrame: true }],
  ['1.2.840.10008.5.1.4.1.1.128', { modality: 'PT', isMultiFrame: false }],
  ['1.2.840.10008.5.1.4.1.1.128.1', { modality: 'PT', isMultiFrame: true }],
  ['1.2.840.10008.5.1.4.1.1.130', { modality: 'PT', isMultiFrame: true }],
]);

/** Other common image storage SOP classes (PS3.4 table B.5-1), for messages. */
const others: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10008.5.1.4.1.1.1', 'Computed Radiography Image'],
  ['1.2.840.10008.5.1.4.1.1.1.1', 'Digital X-Ray Image'],
  ['1.2.840.10008.5.1.4.1.1.1.1.1', 'Digital X-Ray Image for processing'],
  ['1.2.840.10008.5.1.4.1.1.1.2', 'Digital Mammography X-Ray Image'],
  ['1.2.840.10008.5.1.4.1.1.1.2.1', 'Digital Mammography X-Ray Image for processing'],
  ['1.2.840.10008.5.1.4.1.1.1.3', 'Digital Intra-Oral X-Ray Image'],
  ['1.2.840.10008.5.1.4.1.1.3.1', 'Ultrasound Multi-frame Image'],
  ['1.2.840.10008.5.1.4.1.1.4.2', 'MR Spectroscopy'],
  ['1.2.840.10008.5.1.4.1.1.4.3', 'Enhanced MR Color Image (multi-frame)'],
  ['1.2.840.10008.5.1.4.1.1.6.1', 'Ultrasound Image'],
  ['1.2.840.10008.5.1.4.1.1.6.2', 'Enhanced Ultrasound Volume (multi-frame)'],
  ['1.2.840.10008.5.1.4.1.1.7', 'Secondary Capture Image'],
  ['1.2.840.10008.5.1.4.1.1.7.1', 'Multi-frame Single Bit Secondary Capture Image'],
  ['1.2.840.10008.5.1.4.1.1.7.2', 'Multi-frame Grayscale Byte Secondary Capture Image'],
  ['1.2.840.10008.5.1.4.1.1.7.3', 'Multi-frame Grayscale Word Secondary Capture Image'],
  ['1.2.840.10008.5.1.4.1.1.7.4', 'Multi-frame True Color Secondary Capture Image'],
  ['1.2.840.10008.5.1.4.1.1.12.1', 'X-Ray Angiographic Image'],
  ['1.2.840.10008.5.1.4.1.1.12.1.1', 'Enhanced XA Image'],
  ['1.2.840.10008.5.1.4.1.1.12.2', 'X-Ray Radiofluoroscopic Image'],
  ['1.2.840.10008.5.1.4.1.1.13.1.1', 'X-Ray 3D Angiographic Image (multi-frame)'],
  ['1.2.840.10008.5.1.4.1.1.13.1.3', 'Breast Tomosynthesis Image (multi-frame)'],
  ['1.2.840.10008.5.1.4.1.1.20', 'Nuclear Medicine Image (multi-frame)'],
  ['1.2.840.10008.5.1.4.1.1.30', 'Parametric Map (multi-frame)'],
  ['1.2.840.10008.5.1.4.1.1.66.4', 'Segmentation'],
  ['1.2.840.10008.5.1.4.1.1.66.7', 'Label Map Segmentation'],
  ['1.2.840.10008.5.1.4.1.1.77.1.1', 'VL Endoscopic Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.1.1', 'Video Endoscopic Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.2', 'VL Microscopic Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.4', 'VL Photographic Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.5.1', 'Ophthalmic Photography 8 Bit Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.5.2', 'Ophthalmic Photography 16 Bit Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.5.4', 'Ophthalmic Tomography Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.6', 'VL Whole Slide Microscopy Image'],
  ['1.2.840.10008.5.1.4.1.1.77.1.7', 'Dermoscopic Photography Image'],
  ['1.2.840.10008.5.1.4.1.1.481.1', 'RT Image'],
  ['1.2.840.10008.5.1.4.1.1.481.2', 'RT Dose'],
]);

/** A storage SOP class of single images. */
export interface SingleImageSopClass {
  /** The modality of an instance that does not state another of {@link singleImageModalities}. */
  readonly modality: SingleImageModality;
  /** Whether functional groups describe its frames, of which it may hold only one. */
  readonly hasFunctionalGroups?: true;
}

/**
 * Modality (0008,0060) of series of single images: projections, photographs, and single slices without a position in
 * the patient.
 */
export const singleImageModalities = ['CR', 'DX', 'MG', 'US', 'OP', 'OPT', 'ES', 'XC', 'DMS'] as const;
export type SingleImageModality = (typeof singleImageModalities)[number];

export const isSingleImageModality = (modality: string | undefined): modality is SingleImageModality =>
  singleImageModalities.some((known) => known === modality);

/** VL Whole Slide Microscopy Image Storage (PS3.4 table B.5-1), and the modality of its series. */
export const wholeSlideStorage = '1.2.840.10008.5.1.4.1.1.77.1.6';
export const slideModality = 'SM';

/** Whether a series of this modality has no volume: single images, or regions of a slide. */
export const hasNoVolume = (modality: string | undefined): boolean =>
  modality === slideModality || isSingleImageModality(modality);

const singleImages: ReadonlyMap<string, SingleImageSopClass> = new Map<string, SingleImageSopClass>([
  ['1.2.840.10008.5.1.4.1.1.1', { modality: 'CR' }],
  ['1.2.840.10008.5.1.4.1.1.1.1', { modality: 'DX' }],
  ['1.2.840.10008.5.1.4.1.1.1.2', { modality: 'MG' }],
  ['1.2.840.10008.5.1.4.1.1.3', { modality: 'US' }], // retired, as the second next
  ['1.2.840.10008.5.1.4.1.1.3.1', { modality: 'US' }],
  ['1.2.840.10008.5.1.4.1.1.6', { modality: 'US' }],
  ['1.2.840.10008.5.1.4.1.1.6.1', { modality: 'US' }],
  ['1.2.840.10008.5.1.4.1.1.77.1.1', { modality: 'ES' }],
  ['1.2.840.10008.5.1.4.1.1.77.1.4', { modality: 'XC' }],
  ['1.2.840.10008.5.1.4.1.1.77.1.5.1', { modality: 'OP' }],
  ['1.2.840.10008.5.1.4.1.1.77.1.5.2', { modality: 'OP' }],
  ['1.2.840.10008.5.1.4.1.1.77.1.5.4', { modality: 'OPT', hasFunctionalGroups: true }],
  ['1.2.840.10008.5.1.4.1.1.77.1.7', { modality: 'DMS' }],
]);

/** Secondary Capture Image Storage; the UIDs of its multi-frame kinds go on from there (PS3.4 table B.5-1). */
export const isSecondaryCapture = (sopClassUID: string): boolean =>
  /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/.test(sopClassUID);

/** undefined if instances of the SOP class cannot be read as single images */
export const singleImageSopClass = (sopClassUID: string): SingleImageSopClass | undefined =>
  singleImages.get(sopClassUID);

/** undefined if instances of the SOP class cannot be read as slices */
export const servedSopClass = (sopClassUID: string): ServedSopClass | undefined => served.get(sopClassUID);

/**
 * The name of a SOP class that is not served, for a message; an unknown UID is reduced to the characters that a UID may
 * contain.
 */
export const nameOfSopClass = (sopClassUID: string): string =>
  others.get(sopClassUID) ?? `SOP class ${sopClassUID.replace(/[^0-9.]/g, '').slice(0, 64)}`;
