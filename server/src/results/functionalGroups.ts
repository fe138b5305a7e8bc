import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { SingleImage } from '../values/singleImage.js';
import type { SourceImage, Volume } from '../values/volume.js';
import { codeItem, codes } from './code.js';
import {
  type Encoded,
  encodeAlike,
  encodeElements,
  encodeSequence,
  encodeText,
  encodeUnsignedLongs,
} from './encodeElements.js';
import { imagePositionPatient, sharedGeometry } from './frameGeometry.js';
import type { StoredFrame } from './storedFrames.js';

export const perFrameFunctionalGroupsSequence = 0x52009230;
export const frameContentSequence = 0x00209111;
export const dimensionIndexValues = 0x00209157;

/**
 * The dimensions that index the frames, the slowest first (PS3.3 section C.7.6.17): segment, unless a frame holds all
 * of them, then position. A single frame with neither is the first of its stack.
 */
export function multiFrameDimensions(
  dimensionOrganizationUID: string,
  { framesHaveOneSegment, framesHavePlace }: { framesHaveOneSegment: boolean; framesHavePlace: boolean },
): NaturalizedDataset {
  const segment = {
    DimensionOrganizationUID: dimensionOrganizationUID,
    DimensionIndexPointer: 0x0062000b, // Referenced Segment Number
    FunctionalGroupPointer: 0x0062000a, // Segment Identification Sequence
    DimensionDescriptionLabel: 'Referenced Segment Number',
  };
  const position = {
    DimensionOrganizationUID: dimensionOrganizationUID,
    DimensionIndexPointer: 0x00200032, // Image Position (Patient)
    FunctionalGroupPointer: 0x00209113, // Plane Position Sequence
    DimensionDescriptionLabel: 'Image Position (Patient)',
  };
  const placeInStack = {
    DimensionOrganizationUID: dimensionOrganizationUID,
    DimensionIndexPointer: 0x00209057, // In-Stack Position Number
    FunctionalGroupPointer: 0x00209111, // Frame Content Sequence
    DimensionDescriptionLabel: 'In-Stack Position Number',
  };
  const dimensions = [...(framesHaveOneSegment ? [segment] : []), ...(framesHavePlace ? [position] : [])];
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: dimensionOrganizationUID }],
    DimensionIndexSequence: dimensions.length > 0 ? dimensions : [placeInStack],
  };
}

/**
 * The item of Shared Functional Groups Sequence (5200,9229) for slices of a volume. @throws PromptsegError
 * `result-not-encodable`
 */
export function sharedFunctionalGroups(volume: Volume): NaturalizedDataset {
  const { pixelSpacing, sliceThickness, spacingBetweenSlices, imageOrientationPatient } = sharedGeometry(volume);
  return {
    PlaneOrientationSequence: [{ ImageOrientationPatient: imageOrientationPatient }],
    PixelMeasuresSequence: [
      {
        SliceThickness: sliceThickness,
        ...(spacingBetweenSlices !== undefined && { SpacingBetweenSlices: spacingBetweenSlices }),
        PixelSpacing: pixelSpacing,
      },
    ],
  };
}

/**
 * Per-Frame Functional Groups Sequence (5200,9230), encoded: what all frames of a slice or of a segment share is
 * encoded once.
 *
 * The index of a position counts, from 1, the slices that any segment touches.
 */
export function encodePerFrameFunctionalGroups(frames: readonly StoredFrame[], source: Volume | SingleImage): Encoded {
  const slices = [...new Set(frames.map(({ slice }) => slice))].sort((a, b) => a - b);
  const positionIndices = new Map(slices.map((slice, index) => [slice, index + 1]));
  const derivations = memoize(encodeDerivations(source.sourceImages));
  const hasPlace = 'frameOfReferenceUID' in source;
  const positions = hasPlace ? memoize(encodePositions(source)) : undefined;
  const identifications = memoize((segmentNumber) => encodeElements(segmentIdentification(segmentNumber)));

  const items = frames.map(({ slice, segmentNumber }) => {
    const inStack = segmentNumber === undefined && !hasPlace;
    const indices = [
      ...(segmentNumber === undefined ? [] : [segmentNumber]),
      ...(hasPlace || inStack ? [positionIndices.get(slice)!] : []),
    ];
    const content = encodeUnsignedLongs(dimensionIndexValues, indices);
    return [
      derivations(slice),
      ...encodeSequence(frameContentSequence, [inStack ? [encodeElements(placeInStack), content] : [content]]),
      ...(positions === undefined ? [] : [positions(slice)]),
      ...(segmentNumber === undefined ? [] : [identifications(segmentNumber)]),
    ];
  });
  return encodeSequence(perFrameFunctionalGroupsSequence, items);
}

/**
 * Derivation Image Sequence (0008,9124): the frame was segmented from this image, pixel for pixel.
 * @param frameNumbers instead of that of the image
 */
export function derivation(
  { sopClassUID, sopInstanceUID, frameNumber }: SourceImage,
  frameNumbers: number | readonly number[] | undefined = frameNumber,
): NaturalizedDataset {
  const sourceImage = {
    ReferencedSOPClassUID: sopClassUID,
    ReferencedSOPInstanceUID: sopInstanceUID,
    ...(frameNumbers !== undefined && { ReferencedFrameNumber: frameNumbers }),
    SpatialLocationsPreserved: 'YES',
    PurposeOfReferenceCodeSequence: [codeItem(codes.sourceImage)],
  };
  return {
    DerivationImageSequence: [
      { SourceImageSequence: [sourceImage], DerivationCodeSequence: [codeItem(codes.segmentation)] },
    ],
  };
}

/** Encodes {@link derivation} of any of the images. */
function encodeDerivations(images: readonly SourceImage[]): (slice: number) => Uint8Array {
  const references = ({ sopClassUID, sopInstanceUID, frameNumber }: SourceImage): Encoded => [
    encodeText(0x00081150, 'UI', sopClassUID),
    encodeText(0x00081155, 'UI', sopInstanceUID),
    ...(frameNumber === undefined ? [] : [encodeText(0x00081160, 'IS', String(frameNumber))]),
  ];
  const encode = encodeAlike(derivation(images[0]!), references(images[0]!), 2);
  return (slice) => encode(references(images[slice]!));
}

/** Encodes Plane Position Sequence (0020,9113) of any slice. */
function encodePositions(volume: Volume): (slice: number) => Uint8Array {
  const position = (slice: number): Encoded => [
    encodeText(0x00200032, 'DS', imagePositionPatient(volume, slice).join('\\')),
  ];
  const first = { PlanePositionSequence: [{ ImagePositionPatient: imagePositionPatient(volume, 0) }] };
  const encode = encodeAlike(first, position(0), 1);
  return (slice) => encode(position(slice));
}

/** For the one frame of a label map on a single image. */
const placeInStack: NaturalizedDataset = { StackID: '1', InStackPositionNumber: 1 };

export const segmentIdentification = (segmentNumber: number): NaturalizedDataset => ({
  SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segmentNumber }],
});

/** Encodes each index once. */
export function memoize(encode: (index: number) => Uint8Array): (index: number) => Uint8Array {
  const encoded = new Map<number, Uint8Array>();
  return (index) => {
    const known = encoded.get(index) ?? encode(index);
    encoded.set(index, known);
    return known;
  };
}
