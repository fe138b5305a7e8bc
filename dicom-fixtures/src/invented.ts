import { uidFromName } from './uidFromName.js';
import type { Attributes } from './writePart10.js';

/** Patient, study, series and equipment: invented, and marked so. @param instance unique within the series */
export const invented = (name: string, study: string, instance: number): Attributes => ({
  SOPInstanceUID: uidFromName(`${study}/${name}/${instance}`),
  StudyDate: '20260101',
  StudyTime: '120000',
  ContentDate: '20260101',
  ContentTime: '120000',
  AccessionNumber: '',
  Manufacturer: 'Promptseg dicom-fixtures',
  ReferringPhysicianName: '',
  StudyDescription: 'Synthetic test data',
  SeriesDescription: `Synthetic ${name}`,
  PatientName: 'Phantom^Synthetic',
  PatientID: 'PHANTOM-1',
  PatientBirthDate: '',
  PatientSex: 'O',
  StudyInstanceUID: uidFromName(`${study}/study`),
  SeriesInstanceUID: uidFromName(`${study}/${name}/series`),
  StudyID: '1',
  SeriesNumber: 1,
});
