import { implicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { PromptsegError } from '../platform/errors.js';
import { column, norm } from '../values/affine.js';
import type { Mask } from '../values/mask.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { codeItem, longString, personName, shortText } from './code.js';
import { type Contour, outlinesOfSlice } from './contours.js';
import { decimalString } from './decimalString.js';
import { recommendedDisplayCIELabValue } from './displayColour.js';
import { type Encoded, encodePart10 } from './encodeElements.js';
import { encodeImplicitElements, implicitElement, implicitText, itemTag } from './encodeImplicitElements.js';
import { imageReferences } from './imageReferences.js';
import {
  derivedUID,
  type EncodedCompanion,
  fileMetaInformation,
  operatorOf,
  type ResultDescription,
  resultModules,
} from './resultModules.js';
import { softcopyDisplay } from './softcopyDisplay.js';

const presentationStateStorage = '1.2.840.10008.5.1.4.1.1.11.1';

/** CID 7201 */
const segmentationPurpose = { value: '121321', scheme: 'DCM', meaning: 'Source of segmentation' } as const;

/**
 * About 40 MB of Graphic Data, far beyond what a viewer draws. 104 targets with two outlines in each of 300 slices have
 * 62,400 outlines.
 */
const maximumPoints = 5_000_000;
const maximumOutlines = 250_000;
/** Number of Graphic Points (0070,0021) has 16 bits. */
const maximumPointsOfOutline = 65_535;

/** As many names as fit below one another at the left edge of the display. */
const maximumNames = 30;
const lineHeight = 0.03;

/** The layer of the words that every image has. */
const layerOfWords = 'PROMPTSEG';

export interface PresentationStateInput extends Omit<ResultDescription, 'identifiers'> {
  /** The stored segmentation that the outlines are of; the UIDs are derived from its own. */
  readonly segmentation: { readonly sopClassUID: string; readonly sopInstanceUID: string };
  /** At least one, in the order of the segments. */
  readonly segments: readonly {
    readonly segmentNumber: number;
    readonly name: string;
    /** Red, green and blue, 0–255 each. */
    readonly colour: readonly [number, number, number];
    /** One slice per source image of the volume. */
    readonly mask: Mask;
  }[];
}

/**
 * Encodes the outlines of masks as a Grayscale Softcopy Presentation State (PS3.3 section A.33.1), for viewers that
 * show no segmentation: closed polylines along the sides of the pixels, in pixels of their image, where (0, 0) is the
 * upper left corner of the first pixel (section C.10.5.1.2). Each structure has a graphic layer with its colour and its
 * name. The images keep their windows. Equal input gives equal bytes.
 *
 * Implicit VR Little Endian, because an outline may need more than the 64 KiB that Explicit VR allows for its numbers.
 *
 * @throws PromptsegError `result-not-encodable` for more than 250,000 outlines, 5 million points or 65,535 points of
 * one outline; that of {@link softcopyDisplay}
 */
export function encodePresentationState(input: PresentationStateInput): EncodedCompanion {
  const { sopInstanceUID } = input.segmentation;
  const identifiers = {
    seriesInstanceUID: derivedUID(sopInstanceUID, 'series of presentation-state'),
    sopInstanceUID: derivedUID(sopInstanceUID, 'presentation-state'),
  };
  const meta = fileMetaInformation(presentationStateStorage, identifiers.sopInstanceUID, implicitVRLittleEndian);
  const { PresentationLUTShape, ...display } = softcopyDisplay(input.source);
  // Graphic Annotation Sequence has the lowest tag of its group.
  const part10 = Buffer.concat([
    encodePart10(meta, { ...describeSource({ ...input, identifiers }), ...display }),
    ...encodeAnnotations(input),
    encodeImplicitElements({ ...describePresentation(input), PresentationLUTShape }),
  ]);
  return { part10, sopClassUID: presentationStateStorage, ...identifiers };
}

/** Patient, study, series, equipment, and Presentation State Relationship (PS3.3 section C.11.11). */
function describeSource(input: PresentationStateInput & Pick<ResultDescription, 'identifiers'>): NaturalizedDataset {
  const { source, segmentation } = input;
  const {
    ContentDate: _date,
    ContentTime: _time,
    ...modules
  } = resultModules(input, { sopClassUID: presentationStateStorage, modality: 'PR' });
  return {
    ...modules,
    ...operatorOf(input),
    // Empty: which parts of the body are shown is in the images. Absent, it would claim an unpaired one.
    Laterality: '',
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: source.seriesInstanceUID, ReferencedImageSequence: imageReferences(source.sourceImages) },
    ],
    ReferencedInstanceSequence: [
      {
        ReferencedSOPClassUID: segmentation.sopClassUID,
        ReferencedSOPInstanceUID: segmentation.sopInstanceUID,
        PurposeOfReferenceCodeSequence: [codeItem(segmentationPurpose)],
      },
    ],
  };
}

/** Displayed Area, Graphic Layer and Presentation State Identification (sections C.10.4, C.10.7, C.11.10). */
function describePresentation(input: PresentationStateInput): NaturalizedDataset {
  const { source, segments, operator } = input;
  const [columns, rows] = source.grid.size;
  const [betweenColumns, betweenRows] = [0, 1].map((axis) => norm(column(source.grid.voxelToLps, axis as 0 | 1)));
  const { ContentDate, ContentTime } = resultModules(
    { ...input, identifiers: { seriesInstanceUID: '', sopInstanceUID: '' } },
    { sopClassUID: presentationStateStorage, modality: 'PR' },
  );
  return {
    DisplayedAreaSelectionSequence: [
      {
        DisplayedAreaTopLeftHandCorner: [1, 1],
        DisplayedAreaBottomRightHandCorner: [columns, rows],
        PresentationSizeMode: 'SCALE TO FIT',
        PresentationPixelSpacing: [decimalString(betweenRows!), decimalString(betweenColumns!)],
      },
    ],
    GraphicLayerSequence: [
      ...segments.map(({ segmentNumber, name, colour }, index) => ({
        GraphicLayer: layerOf(segmentNumber),
        GraphicLayerOrder: index + 1,
        GraphicLayerRecommendedDisplayGrayscaleValue: 65535,
        GraphicLayerDescription: longString(name),
        GraphicLayerRecommendedDisplayCIELabValue: recommendedDisplayCIELabValue(colour),
      })),
      {
        GraphicLayer: layerOfWords,
        GraphicLayerOrder: segments.length + 1,
        GraphicLayerRecommendedDisplayGrayscaleValue: 65535,
        GraphicLayerDescription: 'Research use only',
      },
    ],
    ContentLabel: 'PROMPTSEG',
    ContentDescription: 'Research use only. Outlines of a segmentation by text prompt',
    PresentationCreationDate: ContentDate,
    PresentationCreationTime: ContentTime,
    ContentCreatorName: operator === undefined ? '' : personName(operator.name),
  };
}

const layerOf = (segmentNumber: number): string => `SEGMENT ${segmentNumber}`;

/** Graphic Annotation Sequence (0070,0001), PS3.3 section C.10.5: an item per structure and image that shows it. */
function encodeAnnotations({ source, segments }: PresentationStateInput): Encoded {
  const images = source.sourceImages.map((image) =>
    encodeImplicitElements({ ReferencedImageSequence: imageReferences([image]) }),
  );
  let [points, numberOfOutlines] = [0, 0];
  const items = segments.flatMap(({ segmentNumber, name, mask }, index) => {
    const layer = implicitText(0x00700002, layerOf(segmentNumber));
    const label = index < maximumNames ? [wordsAt(index + 1, name)] : [];
    return images.flatMap((image, slice) => {
      const outlines = outlinesOfSlice(mask, slice);
      if (outlines.length === 0) return [];
      numberOfOutlines += outlines.length;
      for (const { length } of outlines) {
        points += length + 1;
        if (length >= maximumPointsOfOutline) throw tooManyOutlines();
      }
      if (points > maximumPoints || numberOfOutlines > maximumOutlines) throw tooManyOutlines();
      const item = implicitElement(itemTag, [
        image,
        ...layer,
        ...label,
        ...implicitElement(0x00700009, outlines.flatMap(encodePolyline)),
      ]);
      // One array each instead of a dozen small ones.
      return [Buffer.concat(item)];
    });
  });
  // Of every image, since it names none.
  const ofAll = implicitElement(itemTag, [...implicitText(0x00700002, layerOfWords), wordsAt(0, 'Research use only')]);
  return implicitElement(0x00700001, [...items, ...ofAll]);
}

const tooManyOutlines = (): PromptsegError =>
  new PromptsegError(
    'result-not-encodable',
    'The targets have more outlines than a presentation state can reasonably hold.',
    { details: { maximumPoints, maximumOutlines, maximumPointsOfOutline } },
  );

/** Text Object Sequence (0070,0008) with one line at the left edge of the display; line 0 is the uppermost. */
function wordsAt(line: number, words: string): Uint8Array {
  const top = 0.02 + line * lineHeight;
  return encodeImplicitElements({
    TextObjectSequence: [
      {
        BoundingBoxAnnotationUnits: 'DISPLAY',
        UnformattedTextValue: shortText(words),
        BoundingBoxTopLeftHandCorner: [0.01, top],
        BoundingBoxBottomRightHandCorner: [0.5, top + lineHeight],
        BoundingBoxTextHorizontalJustification: 'LEFT',
      },
    ],
  });
}

/** One item of Graphic Object Sequence (0070,0009): a closed line, whose last point is its first. */
function encodePolyline(outline: Contour): Encoded {
  const data = Buffer.alloc(8 * (outline.length + 1));
  [...outline, outline[0]!].forEach(([x, y], point) => {
    data.writeFloatLE(x + 0.5, 8 * point);
    data.writeFloatLE(y + 0.5, 8 * point + 4);
  });
  return implicitElement(itemTag, [
    ...implicitText(0x00700005, 'PIXEL'),
    ...implicitElement(0x00700020, [unsigned16(2)]),
    ...implicitElement(0x00700021, [unsigned16(outline.length + 1)]),
    ...implicitElement(0x00700022, [data]),
    ...implicitText(0x00700023, 'POLYLINE'),
    ...implicitText(0x00700024, 'N'),
  ]);
}

function unsigned16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
