/**
 * Modalities of objects that are derived from images or contain none: results, reports, plans, waveforms (PS3.3 section
 * C.7.3.1.1.1).
 */
const results = 'SEG RTSTRUCT SR KO PR REG FID RWV PMAP ANN M3D';
const others = 'RTPLAN RTDOSE RTRECORD RTIMAGE PLAN DOC AU ECG SMR OAM SRF STAIN';
const modalities: ReadonlySet<string> = new Set(`${results} ${others}`.split(' '));

/** Whether series of this modality contain nothing that any model could segment. */
export const holdsNoImages = (modality: string): boolean => modalities.has(modality.toUpperCase());
