import type { NaturalizedDataset } from '../dicom/naturalizedDataset.js';
import type { SourceImage, Volume } from '../volume/volume.js';
import { codeItem, codes } from './code.js';
import { type Encoded, encodeElements, encodeSequence, encodeUnsignedLongs } from './encodeElements.js';
import { imagePositionPatient, sharedGeometry } from './frameGeometry.js';
import type { FrameOfMask } from './packFrames.js';

const perFrameFunctionalGroupsSequence = 0x52009230;
const frameContentSequence = 0x00209111;
const dimensionIndexValues = 0x00209157;

/** The dimensions that frames are indexed by, first varying slowest (PS3.3 section C.7.6.17): segment, then position. */
export function multiFrameDimensions(dimensionOrganizationUID: string): NaturalizedDataset {
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimensionOrganizationUID }],
    DimensionIndexSequence: [
      {
        DimensionOrganizationUID: dimensionOrganizationUID,
        DimensionIndexPointer: 0x0062000b, // Referenced Segment Number
        FunctionalGroupPointer: 0x0062000a, // Segment Identification Sequence
        DimensionDescriptionLabel: 'Referenced Segment Number',
      },
      {
        DimensionOrganizationUID: dimensionOrganizationUID,
        DimensionIndexPointer: 0x00200032, // Image Position (Patient)
        FunctionalGroupPointer: 0x00209113, // Plane Position Sequence
        DimensionDescriptionLabel: 'Image Position (Patient)',
      },
    ],
  };
}

/** The item of Shared Functional Groups Sequence (5200,9229). @throws PromptsegError `result-not-encodable` */
export function sharedFunctionalGroups(volume: Volume): NaturalizedDataset {
  const { pixelSpacing, spacingBetweenSlices, imageOrientationPatient } = sharedGeometry(volume);
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: imageOrientationPatient }],
    PixelMeasuresSequence: [
      { SliceThickness: spacingBetweenSlices, SpacingBetweenSlices: spacingBetweenSlices, PixelSpacing: pixelSpacing },
    ],
  };
}

/**
 * Per-Frame Functional Groups Sequence (5200,9230), encoded: what all frames of a slice or of a segment have in common is encoded once.
 *
 * The index of a position counts, from 1, the slices that hold anything.
 * @param frames `mask` is the index of the segment, Segment Number less 1
 */
export function encodePerFrameFunctionalGroups(frames: readonly FrameOfMask[], volume: Volume): Encoded {
  const slices = [...new Set(frames.map(({ slice }) => slice))].sort((a, b) => a - b);
  const positionIndices = new Map(slices.map((slice, index) => [slice, index + 1]));
  const derivations = memoize((slice) => encodeElements(derivation(volume.sourceImages[slice]!)));
  const positions = memoize((slice) => encodeElements(planePosition(volume, slice)));
  const identifications = memoize((mask) => encodeElements(segmentIdentification(mask + 1)));

  const items = frames.map(({ mask, slice }) => [
    derivations(slice),
    ...encodeSequence(frameContentSequence, [
      [encodeUnsignedLongs(dimensionIndexValues, [mask + 1, positionIndices.get(slice)!])],
    ]),
    positions(slice),
    identifications(mask),
  ]);
  return encodeSequence(perFrameFunctionalGroupsSequence, items);
}

/** Derivation Image Sequence (0008,9124): the frame was segmented from this image, pixel for pixel. */
function derivation({ sopClassUID, sopInstanceUID, frameNumber }: SourceImage): NaturalizedDataset {
  const sourceImage = {
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
    ...(frameNumber !== undefined && { ReferencedFrameNumber: frameNumber }),
    SpatialLocationsPreserved: 'YES',
    PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
  };
  return {
    DerivationImageSequence: [
      { SourceImageSequence: [sourceImage], DerivationCodeSequence: [codeItem(codes.segmentation)] },
    ],
  };
}

const planePosition = (volume: Volume, slice: number): NaturalizedDataset => ({
  PlanePositionSequence: [{ ImagePositionPatient: imagePositionPatient(volume, slice) }],
});

const segmentIdentification = (segmentNumber: number): NaturalizedDataset => ({
  SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }],
});

function memoize(encode: (index: number) => Uint8Array): (index: number) => Uint8Array {
  const encoded = new Map<number, Uint8Array>();
  return (index) => {
    const known = encoded.get(index) ?? encode(index);
    encoded.set(index, known);
    return known;
  };
}
