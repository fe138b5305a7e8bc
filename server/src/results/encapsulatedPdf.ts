import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { codeItem } from './code.js';
import { contentDateAndTime } from './contentDateAndTime.js';
import { encodePart10, evenValue } from './encodeElements.js';
import {
  derivedUID,
  type EncodedCompanion,
  fileMetaInformation,
  operatorOf,
  privateCodingSchemes,
  type ResultDescription,
  referencedInstances,
  resultModules,
} from './resultModules.js';

const encapsulatedPdfStorage = '1.2.840.10008.5.1.4.1.1.104.1';

/** Of the root of TID 1500, which has the same figures. */
const documentTitle = { value: '126000', scheme: 'DCM', meaning: 'Imaging Measurement Report' } as const;

export interface EncapsulatedPdfInput extends Omit<ResultDescription, 'identifiers'> {
  /** The stored segmentation that the report is about; the UIDs are derived from its own. */
  readonly segmentation: { readonly sopClassUID: string; readonly sopInstanceUID: string };
  readonly pdf: Uint8Array;
}

/**
 * Encodes a report as Encapsulated PDF (PS3.3 section A.45.1), for viewers that show no segmentation. It refers to the
 * source images and to the segmentation (Encapsulated Document module, section C.24.2). Equal input gives equal bytes.
 */
export function encodeEncapsulatedPdf(input: EncapsulatedPdfInput): EncodedCompanion {
  const { source, segmentation, pdf, createdAt } = input;
  const identifiers = {
    seriesInstanceUID: derivedUID(segmentation.sopInstanceUID, 'series of report'),
    sopInstanceUID: derivedUID(segmentation.sopInstanceUID, 'report'),
  };
  const meta = fileMetaInformation(encapsulatedPdfStorage, identifiers.sopInstanceUID, explicitVRLittleEndian);
  const [date, time] = contentDateAndTime(createdAt, source.header.TimezoneOffsetFromUTC);
  const part10 = encodePart10(meta, {
    ...resultModules({ ...input, identifiers }, { sopClassUID: encapsulatedPdfStorage, modality: 'DOC' }),
    ...operatorOf(input),
    ...privateCodingSchemes([], input),
    ConversionType: 'WSD',
    AcquisitionDateTime: `${date}${time}`,
    BurnedInAnnotation: 'NO',
    SourceInstanceSequence: [
      ...referencedInstances(source),
      { ReferencedSOPClassUID: segmentation.sopClassUID, ReferencedSOPInstanceUID: segmentation.sopInstanceUID },
    ],
    DocumentTitle: 'Segmentation report. Research use only.',
    ConceptNameCodeSequence: [codeItem(documentTitle)],
    VerificationFlag: 'UNVERIFIED',
    MIMETypeOfEncapsulatedDocument: 'application/pdf',
    EncapsulatedDocumentLength: pdf.length,
    // A PDF may end with anything after its end mark.
    EncapsulatedDocument: evenValue(pdf),
  });
  return { part10, sopClassUID: encapsulatedPdfStorage, ...identifiers };
}
