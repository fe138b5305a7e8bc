import dcmjs from 'dcmjs';
import type { DicomJson } from '#contract/dicomJson.js';
import { deriveAttributes } from './deriveAttributes.js';
import type { SeriesDescription } from './seriesDescription.js';

/** Attributes of a test instance by keyword. Text with backslashes has several values, as in a file. */
export type TestAttributes = Readonly<Record<string, string | number | readonly (number | DicomJson)[]>>;

/** A dataset in the DICOM JSON model. */
export function datasetOf(attributes: TestAttributes): DicomJson {
  const entries = Object.entries(attributes).map(([keyword, value]) => {
    const entry = dcmjs.data.DicomMetaDictionary.nameMap[keyword];
    if (entry === undefined) throw new Error(`no such keyword: ${keyword}`);
    const values = typeof value === 'string' ? value.split('\\') : [value].flat();
    const named = entry.vr === 'PN' ? values.map((name) => ({ Alphabetic: name })) : values;
    return [entry.tag.replace(/[(),]/g, ''), { vr: entry.vr, Value: named }];
  });
  return Object.fromEntries(entries);
}

export const axialHead: TestAttributes = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.4',
  Modality: 'MR',
  ImageType: 'ORIGINAL\\PRIMARY\\M\\NORM',
  SeriesDescription: 'T1 MPRAGE sag',
  BodyPartExamined: 'HEAD',
  MRAcquisitionType: '3D',
  Rows: 256,
  Columns: 256,
  PixelSpacing: [1, 1],
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  StudyInstanceUID: '1.2.3',
  SeriesInstanceUID: '1.2.3.4',
  FrameOfReferenceUID: '1.2.3.5',
  SliceThickness: 1.2,
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
};

/** Instances at positions along z, mm. */
export const slicesAt = (places: readonly number[], attributes: TestAttributes = axialHead): readonly DicomJson[] =>
  places.map((z, index) =>
    datasetOf({
      ...attributes,
      InstanceNumber: index + 1,
      ImagePositionPatient: [0, 0, z],
      SOPInstanceUID: `1.2.${index + 1}`,
    }),
  );

export const evenly = (count: number, step: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index * step);

export function descriptionOf(
  attributes: TestAttributes = axialHead,
  instances: readonly DicomJson[] = slicesAt(evenly(20, 1.2), attributes),
  isOurs = false,
): SeriesDescription {
  const dataset = instances[0] ?? {};
  return {
    studyInstanceUID: '1.2.3',
    seriesInstanceUID: '1.2.3.4',
    modality: String(attributes.Modality ?? ''),
    description: String(attributes.SeriesDescription ?? ''),
    attributes: dataset,
    derived: deriveAttributes(instances),
    sopInstanceUIDs: instances.map((_, index) => `1.2.${index + 1}`),
    isOurs,
  };
}
