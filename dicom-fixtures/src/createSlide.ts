import { encodeJpeg } from './encodeJpeg.js';
import { invented } from './invented.js';
import { uidFromName } from './uidFromName.js';
import { type Attributes, writePart10 } from './writePart10.js';

/** A synthetic whole slide. The same options give the same bytes. */
export interface SlideOptions {
  /** Names the series, and the study unless it is named. */
  readonly name: string;
  readonly study?: string;
  /** Size of the finest level, in pixels; each further one has half as many columns and rows, rounded up. */
  readonly columns: number;
  readonly rows: number;
  readonly levels: number;
  /** Distance of pixels of the finest level, in mm. */
  readonly spacing: number;
  readonly tile: { readonly columns: number; readonly rows: number };
  /** Red, green and blue at a place, in pixels of the finest level (fractions on coarser ones). */
  readonly colourAt: (column: number, row: number) => readonly [red: number, green: number, blue: number];
  /** TILED_FULL if absent. */
  readonly organization?: 'TILED_FULL' | 'TILED_SPARSE';
  /** Of TILED_SPARSE: whether a tile of a level is there; all are if absent. */
  readonly hasTile?: (level: number, tileColumn: number, tileRow: number) => boolean;
  readonly compression?: 'none' | 'jpeg-baseline';
  /** Centre of the first pixel on the slide, x and y in mm. */
  readonly origin?: readonly [x: number, y: number];
  /** Image Orientation (Slide); the usual one if absent: rows run along −y, columns along −x. */
  readonly orientation?: readonly number[];
  /** Attributes of an instance, by keyword, added or replaced; `undefined` removes one. */
  readonly attributes?: (level: number) => Attributes;
}

interface Tile {
  readonly column: number;
  readonly row: number;
}

/** The levels as Part 10 files, finest first (PS3.3 section A.32.8). */
export async function createSlide(options: SlideOptions): Promise<Uint8Array[]> {
  const levels: Uint8Array[] = [];
  for (let level = 0; level < options.levels; level++) levels.push(await createLevel(options, level));
  return levels;
}

async function createLevel(options: SlideOptions, level: number): Promise<Uint8Array> {
  const { name, study = name, tile, organization = 'TILED_FULL', compression = 'none', hasTile } = options;
  const scale = 2 ** level;
  const [columns, rows] = [Math.ceil(options.columns / scale), Math.ceil(options.rows / scale)];
  const spacing = options.spacing * scale;
  const tiles: Tile[] = [];
  for (let y = 0; y * tile.rows < rows; y++)
    for (let x = 0; x * tile.columns < columns; x++)
      if (organization === 'TILED_FULL' || (hasTile?.(level, x, y) ?? true))
        tiles.push({ column: x * tile.columns, row: y * tile.rows });
  const frames: Uint8Array[] = [];
  for (const each of tiles) frames.push(await pixelsOf(options, each, [columns, rows], scale));
  const isLossy = compression === 'jpeg-baseline';
  const attributes: Attributes = {
    ...invented(name, study, level + 1),
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.6',
    Modality: 'SM',
    InstanceNumber: level + 1,
    ImageType: ['DERIVED', 'PRIMARY', 'VOLUME', level === 0 ? 'NONE' : 'RESAMPLED'],
    AcquisitionDateTime: '20260101120000',
    AcquisitionDuration: 1,
    ManufacturerModelName: 'Synthetic',
    DeviceSerialNumber: '1',
    SoftwareVersions: '1',
    VolumetricProperties: 'VOLUME',
    BurnedInAnnotation: 'NO',
    LossyImageCompression: isLossy ? '01' : '00',
    ...(isLossy && { LossyImageCompressionRatio: 8, LossyImageCompressionMethod: 'ISO_10918_1' }),
    FrameOfReferenceUID: uidFromName(`${study}/${name}/frame of reference`),
    PositionReferenceIndicator: 'SLIDE_CORNER',
    SamplesPerPixel: 3,
    PhotometricInterpretation: isLossy ? 'YBR_FULL_422' : 'RGB',
    PlanarConfiguration: 0,
    Rows: tile.rows,
    Columns: tile.columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    NumberOfFrames: tiles.length,
    ...matrixOf(options, columns, rows, spacing),
    ...specimen(name, study),
    DimensionOrganizationType: organization,
    ...framesOf(options, tiles, spacing),
    ...options.attributes?.(level),
  };
  return writePart10(attributes, frames, compression);
}

/** RGB of one tile; beyond the matrix white, as glass is. */
async function pixelsOf(
  { tile, colourAt, compression }: SlideOptions,
  { column, row }: Tile,
  [columns, rows]: readonly [columns: number, rows: number],
  scale: number,
): Promise<Uint8Array> {
  const rgb = new Uint8Array(3 * tile.columns * tile.rows).fill(255);
  const within = { columns: Math.min(tile.columns, columns - column), rows: Math.min(tile.rows, rows - row) };
  // The centre of a coarse pixel is between the centres of the fine ones that it stands for.
  const fine = (position: number): number => scale * position + (scale - 1) / 2;
  for (let j = 0; j < within.rows; j++)
    for (let i = 0; i < within.columns; i++)
      rgb.set(colourAt(fine(column + i), fine(row + j)), 3 * (i + tile.columns * j));
  return compression === 'jpeg-baseline' ? encodeJpeg(rgb, tile.columns, tile.rows, 3) : rgb;
}

const usualOrientation = [0, -1, 0, -1, 0, 0];
const usualOrigin = [20, 40] as const;

function matrixOf(
  { orientation = usualOrientation, origin = usualOrigin }: SlideOptions,
  columns: number,
  rows: number,
  spacing: number,
): Attributes {
  return {
    ImagedVolumeWidth: columns * spacing,
    ImagedVolumeHeight: rows * spacing,
    ImagedVolumeDepth: 0.004,
    TotalPixelMatrixColumns: columns,
    TotalPixelMatrixRows: rows,
    TotalPixelMatrixFocalPlanes: 1,
    TotalPixelMatrixOriginSequence: [
      { XOffsetInSlideCoordinateSystem: origin[0], YOffsetInSlideCoordinateSystem: origin[1] },
    ],
    ImageOrientationSlide: orientation,
    SpecimenLabelInImage: 'NO',
    FocusMethod: 'AUTO',
    ExtendedDepthOfField: 'NO',
    NumberOfOpticalPaths: 1,
    OpticalPathSequence: [
      {
        OpticalPathIdentifier: '1',
        IlluminationTypeCodeSequence: [code('111744', 'DCM', 'Brightfield illumination')],
        IlluminationColorCodeSequence: [code('414298005', 'SCT', 'Full Spectrum')],
      },
    ],
  };
}

const code = (CodeValue: string, CodingSchemeDesignator: string, CodeMeaning: string): Attributes => ({
  CodeValue,
  CodingSchemeDesignator,
  CodeMeaning,
});

const specimen = (name: string, study: string): Attributes => ({
  ContainerIdentifier: 'SLIDE-1',
  IssuerOfTheContainerIdentifierSequence: [],
  ContainerTypeCodeSequence: [code('433466003', 'SCT', 'Microscope slide')],
  SpecimenDescriptionSequence: [
    {
      SpecimenIdentifier: 'SPECIMEN-1',
      SpecimenUID: uidFromName(`${study}/${name}/specimen`),
      IssuerOfTheSpecimenIdentifierSequence: [],
      SpecimenPreparationSequence: [],
    },
  ],
});

function framesOf(
  { organization, origin = usualOrigin, orientation = usualOrientation }: SlideOptions,
  tiles: readonly Tile[],
  spacing: number,
): Attributes {
  const shared = {
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [{ SliceThickness: 0.004, PixelSpacing: [spacing, spacing] }],
        OpticalPathIdentificationSequence: [{ OpticalPathIdentifier: '1' }],
        WholeSlideMicroscopyImageFrameTypeSequence: [{ FrameType: ['DERIVED', 'PRIMARY', 'VOLUME', 'NONE'] }],
      },
    ],
  };
  const DimensionOrganizationUID = uidFromName('tiles of a synthetic slide');
  const dimension = (DimensionIndexPointer: number): Attributes => ({
    DimensionOrganizationUID,
    DimensionIndexPointer,
    FunctionalGroupPointer: 0x0048021a,
  });
  const dimensions = {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID }],
    DimensionIndexSequence: [dimension(0x0048021f), dimension(0x0048021e)],
  };
  if (organization !== 'TILED_SPARSE') return { ...dimensions, ...shared };
  const along = (axis: 0 | 1, { column, row }: Tile): number =>
    origin[axis] + spacing * (column * orientation[axis]! + row * orientation[axis + 3]!);
  return {
    ...dimensions,
    ...shared,
    PerFrameFunctionalGroupsSequence: tiles.map((each) => ({
      FrameContentSequence: [{ DimensionIndexValues: [each.row + 1, each.column + 1] }],
      PlanePositionSlideSequence: [
        {
          ColumnPositionInTotalImagePixelMatrix: each.column + 1,
          RowPositionInTotalImagePixelMatrix: each.row + 1,
          XOffsetInSlideCoordinateSystem: along(0, each),
          YOffsetInSlideCoordinateSystem: along(1, each),
          ZOffsetInSlideCoordinateSystem: 0,
        },
      ],
    })),
  };
}
