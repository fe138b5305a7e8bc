import { geometry, identity, pixelDescription, type SeriesOptions, storedValues } from './createSeries.js';
import { encodePixelData } from './encodePixelData.js';
import { type Attributes, withDecimalStrings, writePart10 } from './writePart10.js';

/** A series in one instance: an enhanced multi-frame image, one frame per slice. */
export interface MultiFrameOptions extends Omit<SeriesOptions, 'attributes'> {
  /** Whether it is a legacy converted enhanced image; the default is an enhanced one. */
  readonly legacyConverted?: boolean;
  /** Attributes of the whole instance, by keyword, added or replaced. */
  readonly attributes?: Attributes;
  /**
   * Functional groups shared by all frames, by keyword of their sequence, added or replaced; `undefined` removes one.
   */
  readonly shared?: Attributes;
  /** The same for frame k alone. */
  readonly perFrame?: (k: number) => Attributes;
}

const sopClassUIDs = {
  CT: { enhanced: '1.2.840.10008.5.1.4.1.1.2.1', legacyConverted: '1.2.840.10008.5.1.4.1.1.2.2' },
  MR: { enhanced: '1.2.840.10008.5.1.4.1.1.4.1', legacyConverted: '1.2.840.10008.5.1.4.1.1.4.4' },
  PT: { enhanced: '1.2.840.10008.5.1.4.1.1.130', legacyConverted: '1.2.840.10008.5.1.4.1.1.128.1' },
} as const;

/**
 * An enhanced CT, MR or PET image (PS3.3 section C.7.6.16): orientation and pixel spacing shared, position and
 * rescaling per frame. Attributes that the IODs require beyond geometry and pixels are left out: it is for tests of
 * readers.
 */
export async function createMultiFrame(options: MultiFrameOptions): Promise<Uint8Array> {
  const { grid, modality, bitsStored = 16, compression = 'none', legacyConverted = false } = options;
  const [columns, rows, slices] = grid.size;
  const series: SeriesOptions = { ...options, attributes: () => ({}) };
  const frames = Array.from({ length: slices }, (_, k) => k);
  const pixelData = await Promise.all(
    frames.map((k) => encodePixelData({ columns, rows, samples: storedValues(series, k), bitsStored }, compression)),
  );
  const { ImageOrientationPatient, PixelSpacing, SliceThickness } = withDecimalStrings(geometry(grid, 0));
  const attributes: Attributes = {
    ...identity(series, 0),
    SOPClassUID: sopClassUIDs[modality][legacyConverted ? 'legacyConverted' : 'enhanced'],
    ImageType: ['DERIVED', 'PRIMARY', 'VOLUME', 'NONE'],
    PixelPresentation: 'MONOCHROME',
    ...pixelDescription(series),
    NumberOfFrames: slices,
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient }],
        PixelMeasuresSequence: [{ PixelSpacing, SliceThickness }],
        ...options.shared,
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map((k) => ({
      FrameContentSequence: [{ StackID: '1', InStackPositionNumber: k + 1 }],
      PlanePositionSequence: [{ ImagePositionPatient: withDecimalStrings(geometry(grid, k)).ImagePositionPatient }],
      PixelValueTransformationSequence: [
        {
          RescaleIntercept: options.intercept?.(k) ?? 0,
          RescaleSlope: options.slope?.(k) ?? 1,
          RescaleType: modality === 'CT' ? 'HU' : 'US',
        },
      ],
      ...options.perFrame?.(k),
    })),
    ...options.attributes,
  };
  return writePart10(attributes, pixelData, compression);
}
