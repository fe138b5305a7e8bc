import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import { onSlide, type SlideRegion } from '../values/slide.js';
import { decimalString } from './decimalString.js';
import { type Encoded, encodeElements, encodeSequence, encodeUnsignedLongs } from './encodeElements.js';
import {
  derivation,
  dimensionIndexValues,
  frameContentSequence,
  memoize,
  perFrameFunctionalGroupsSequence,
  segmentIdentification,
} from './functionalGroups.js';
import type { StoredFrame } from './storedFrames.js';
import { type TilePlace, tilesOf } from './tiledMasks.js';

/**
 * What a segmentation says of the slide as a whole (PS3.3 sections C.8.12.4, C.8.20.2 and C.7.6.17.3): it has the total
 * pixel matrix of the level that was read, and TILED_SPARSE frames on it, because most tiles of a slide are empty.
 */
export function describeMatrix({ slide, header }: SlideRegion): NaturalizedDataset {
  return {
    FrameOfReferenceUID: slide.frameOfReferenceUID,
    PositionReferenceIndicator: 'SLIDE_CORNER',
    DimensionOrganizationType: 'TILED_SPARSE',
    ImageOrientationSlide: slide.orientation.map(decimalString),
    TotalPixelMatrixColumns: slide.columns,
    TotalPixelMatrixRows: slide.rows,
    TotalPixelMatrixFocalPlanes: 1,
    TotalPixelMatrixOriginSequence: [
      {
        XOffsetInSlideCoordinateSystem: decimalString(slide.origin[0]),
        YOffsetInSlideCoordinateSystem: decimalString(slide.origin[1]),
      },
    ],
    ...specimenOf(header),
  };
}

/** The Specimen module (PS3.3 section C.7.6.22): which glass, and which specimens are on it. */
function specimenOf({ ContainerIdentifier, SpecimenDescriptionSequence }: NaturalizedDataset): NaturalizedDataset {
  const items = itemsOf(SpecimenDescriptionSequence).flatMap(({ SpecimenIdentifier, SpecimenUID }) =>
    isText(SpecimenIdentifier) && isText(SpecimenUID) && /^[0-9.]{1,64}$/.test(SpecimenUID)
      ? [
          {
            SpecimenIdentifier,
            IssuerOfTheSpecimenIdentifierSequence: [],
            SpecimenUID,
            SpecimenPreparationSequence: [],
          },
        ]
      : [],
  );
  if (!isText(ContainerIdentifier) || items.length === 0) return {};
  return {
    ContainerIdentifier,
    IssuerOfTheContainerIdentifierSequence: [],
    ContainerTypeCodeSequence: [],
    SpecimenDescriptionSequence: items,
  };
}

const itemsOf = (value: unknown): readonly NaturalizedDataset[] =>
  (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'object' && item !== null);

/** A value of LO: one text of at most 64 characters. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !/[\p{Cc}\\]/u.test(value) && Array.from(value).length <= 64;

/** Segment, unless a frame holds all of them; then the row and the column of the total pixel matrix. */
export function tileDimensions(DimensionOrganizationUID: string, framesHaveOneSegment: boolean): NaturalizedDataset {
  const dimension = (pointer: number, group: number, label: string): NaturalizedDataset => ({
    DimensionOrganizationUID,
    DimensionIndexPointer: pointer,
    FunctionalGroupPointer: group,
    DimensionDescriptionLabel: label,
  });
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID }],
    DimensionIndexSequence: [
      ...(framesHaveOneSegment ? [dimension(0x0062000b, 0x0062000a, 'Referenced Segment Number')] : []),
      dimension(0x0048021f, planePositionSlideSequence, 'Row Position'),
      dimension(0x0048021e, planePositionSlideSequence, 'Column Position'),
    ],
  };
}

const planePositionSlideSequence = 0x0048021a;

/** The item of Shared Functional Groups Sequence (5200,9229): Pixel Measures. */
export const sharedTileGroups = ({ slide }: SlideRegion): NaturalizedDataset => ({
  PixelMeasuresSequence: [
    {
      // Sections are a few micrometres thick; for a level that does not say, highdicom also takes the pixel spacing.
      SliceThickness: decimalString(slide.sliceThickness ?? slide.betweenRows),
      PixelSpacing: [decimalString(slide.betweenRows), decimalString(slide.betweenColumns)],
    },
  ],
});

/**
 * Per-Frame Functional Groups Sequence (5200,9230) of tiles, encoded: place in the total pixel matrix and on the slide
 * (Plane Position (Slide), PS3.3 section C.8.12.6.1), the source's frames, the segment.
 * @param frames their `slice` is the index of a tile of {@link tilesOf}
 */
export function encodeTileFunctionalGroups(frames: readonly StoredFrame[], region: SlideRegion): Encoded {
  const places = tilesOf(region);
  const index = (axis: 0 | 1): ReadonlyMap<number, number> => {
    const values = [...new Set(frames.map(({ slice }) => places[slice]![axis]))].sort((a, b) => a - b);
    return new Map(values.map((value, n) => [value, n + 1]));
  };
  const [columns, rows] = [index(0), index(1)];
  const derivations = memoize((tile) => encodeElements(derivationOf(region, places[tile]!)));
  const positions = memoize((tile) => encodeElements(planePosition(region, places[tile]!)));
  const identifications = memoize((segmentNumber) => encodeElements(segmentIdentification(segmentNumber)));
  const items = frames.map(({ slice, segmentNumber }) => {
    const [column, row] = places[slice]!;
    const indices = [...(segmentNumber === undefined ? [] : [segmentNumber]), rows.get(row)!, columns.get(column)!];
    // Ascending by tag: (0008,9124), (0020,9111), (0048,021A), (0062,000A).
    return [
      derivations(slice),
      ...encodeSequence(frameContentSequence, [[encodeUnsignedLongs(dimensionIndexValues, indices)]]),
      positions(slice),
      ...(segmentNumber === undefined ? [] : [identifications(segmentNumber)]),
    ];
  });
  return encodeSequence(perFrameFunctionalGroupsSequence, items);
}

/** The frames of the source that the tile touches; of a TILED_FULL one it is always one. */
function derivationOf({ sourceImages, tiles, slide }: SlideRegion, [column, row]: TilePlace): NaturalizedDataset {
  const touched = tiles.filter(
    (tile) =>
      tile.column < column + slide.tileColumns &&
      tile.row < row + slide.tileRows &&
      tile.column + slide.tileColumns > column &&
      tile.row + slide.tileRows > row,
  );
  const numbers = touched.map(({ frameNumber }) => frameNumber).sort((a, b) => a - b);
  return derivation(sourceImages[0]!, numbers.length > 0 ? numbers : undefined);
}

function planePosition({ slide }: SlideRegion, [column, row]: TilePlace): NaturalizedDataset {
  const [x, y] = onSlide(slide, column, row);
  return {
    PlanePositionSlideSequence: [
      {
        ColumnPositionInTotalImagePixelMatrix: column + 1,
        RowPositionInTotalImagePixelMatrix: row + 1,
        XOffsetInSlideCoordinateSystem: decimalString(x),
        YOffsetInSlideCoordinateSystem: decimalString(y),
        ZOffsetInSlideCoordinateSystem: '0',
      },
    ],
  };
}
