import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { codeItem } from './code.js';
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

const secondaryCaptureImageStorage = '1.2.840.10008.5.1.4.1.1.7';

/** Purposes of reference (CID 7201, CID 7202). */
const purposes = {
  source: { value: '121322', scheme: 'DCM', meaning: 'Source image for image processing operation' },
  segmentation: { value: '121321', scheme: 'DCM', meaning: 'Source of segmentation' },
} as const;

export interface SecondaryCaptureInput extends Omit<ResultDescription, 'identifiers'> {
  /** The stored segmentation that the picture shows; the UIDs are derived from its own. */
  readonly segmentation: { readonly sopClassUID: string; readonly sopInstanceUID: string };
  readonly picture: {
    readonly width: number;
    readonly height: number;
    /** Red, green and blue, row by row. */
    readonly rgb: Uint8Array;
  };
}

/**
 * Encodes a picture of a result as a colour Secondary Capture (PS3.3 section A.8.1), for viewers that show no
 * segmentation. It refers to the source images and to the segmentation (General Reference, section C.12.4). Equal input
 * gives equal bytes.
 */
export function encodeSecondaryCapture(input: SecondaryCaptureInput): EncodedCompanion {
  const { source, segmentation, picture } = input;
  const { width, height, rgb } = picture;
  const identifiers = {
    seriesInstanceUID: derivedUID(segmentation.sopInstanceUID, 'series of secondary-capture'),
    sopInstanceUID: derivedUID(segmentation.sopInstanceUID, 'secondary-capture'),
  };
  const meta = fileMetaInformation(secondaryCaptureImageStorage, identifiers.sopInstanceUID, explicitVRLittleEndian);
  const part10 = encodePart10(meta, {
    ...resultModules({ ...input, identifiers }, { sopClassUID: secondaryCaptureImageStorage, modality: 'OT' }),
    ...operatorOf(input),
    ...privateCodingSchemes([], input),
    ConversionType: 'WSD',
    // Empty: which parts of the body are shown is in the pixels only. Absent, it would claim an unpaired one.
    Laterality: '',
    PatientOrientation: '',
    ImageType: ['DERIVED', 'SECONDARY'],
    ImageComments: 'Research use only',
    BurnedInAnnotation: 'NO',
    DerivationDescription: 'Three planes of the images with a segmentation by text prompt over them, and its volumes',
    SourceImageSequence: referencedInstances(source).map((image) => ({
      ...image,
      PurposeOfReferenceCodeSequence: [codeItem(purposes.source)],
    })),
    ReferencedInstanceSequence: [
      {
        ReferencedSOPClassUID: segmentation.sopClassUID,
        ReferencedSOPInstanceUID: segmentation.sopInstanceUID,
        PurposeOfReferenceCodeSequence: [codeItem(purposes.segmentation)],
      },
    ],
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: height,
    Columns: width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: evenValue(rgb),
  });
  return { part10, sopClassUID: secondaryCaptureImageStorage, ...identifiers };
}
