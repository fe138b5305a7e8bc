import { encodeJpeg } from './encodeJpeg.js';
import { encodeRle, rleSegments } from './encodeRle.js';
import { invented } from './invented.js';
import { type Attributes, writePart10 } from './writePart10.js';

// Looked up once: Jest's VM contexts make each look-up of the global Math slow.
const { max, min, round } = Math;

/** A synthetic single image. The same options give the same bytes. */
export interface ImageOptions {
  /** Names the series; images with the same name and study form one series. */
  readonly name: string;
  /** Names the study and patient. */
  readonly study?: string;
  readonly kind: keyof typeof kinds;
  readonly columns: number;
  readonly rows: number;
  /** Instance Number; default 1. */
  readonly number?: number;
  readonly pixels:
    | {
        /** Stored value of a pixel. */
        readonly grayAt: (i: number, j: number) => number;
        /** Bits Stored: 8 (the default) or, in words of 16 bits, more. */
        readonly bitsStored?: number;
      }
    | {
        /** Red, green and blue of a pixel, 0–255. */
        readonly colourAt: (i: number, j: number) => Colour;
        /** How they are written, default RGB. Baseline JPEG is always written as YBR_FULL_422. */
        readonly as?: 'RGB' | 'planes of RGB' | 'YBR_FULL' | 'YBR_FULL_422' | 'PALETTE COLOR';
      };
  /** Baseline JPEG for grey or colours (lossy); RLE Lossless for all except subsampled colours. */
  readonly compression?: 'none' | 'rle' | 'jpeg-baseline';
  /** Attributes by keyword, added or replaced; `undefined` removes one. */
  readonly attributes?: Attributes;
}

export type Colour = readonly [red: number, green: number, blue: number];

const projection = { ImageType: ['DERIVED', 'PRIMARY'], PresentationIntentType: 'FOR PRESENTATION' };
const picture = { ImageType: ['ORIGINAL', 'PRIMARY'] };

/** SOP class, modality, and relevant attributes that the IOD requires beyond the common modules. */
const kinds = {
  CR: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1', Modality: 'CR', ImageType: ['DERIVED', 'PRIMARY'] },
  DX: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.1', Modality: 'DX', ...projection },
  MG: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.1.2', Modality: 'MG', ...projection },
  US: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.6.1', Modality: 'US', ...picture },
  'US loop': { SOPClassUID: '1.2.840.10008.5.1.4.1.1.3.1', Modality: 'US', ...picture },
  ES: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.1', Modality: 'ES', ...picture },
  XC: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.4', Modality: 'XC', ...picture },
  OP: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.5.1', Modality: 'OP', NumberOfFrames: 1, ...picture },
  OPT: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.5.4', Modality: 'OPT', NumberOfFrames: 1, ...picture },
  DMS: { SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.7', Modality: 'DMS', ...picture },
} as const;

/** One image as a Part 10 file. */
export async function createImage(options: ImageOptions): Promise<Uint8Array> {
  const { kind, name, study = name, number = 1, columns, rows, compression = 'none' } = options;
  const { pixelData, description } = await pixelsOf(options);
  const attributes: Attributes = {
    ...kinds[kind],
    ...invented(name, study, number),
    InstanceNumber: number,
    PatientOrientation: '',
    Rows: rows,
    Columns: columns,
    PixelRepresentation: 0,
    ...description,
    ...options.attributes,
  };
  return writePart10(attributes, [pixelData], compression);
}

async function pixelsOf({ pixels, columns, rows, compression = 'none' }: ImageOptions) {
  if ('grayAt' in pixels) {
    const { grayAt, bitsStored = 8 } = pixels;
    const Samples = bitsStored > 8 ? Uint16Array : Uint8Array;
    const samples = Samples.from(eachPixel(columns, rows, grayAt));
    const bytes = new Uint8Array(samples.buffer);
    const description = { ...gray(bitsStored), PhotometricInterpretation: 'MONOCHROME2' };
    if (compression === 'jpeg-baseline') return { pixelData: await encodeJpeg(bytes, columns, rows, 1), description };
    const order = bitsStored > 8 ? rleSegments.gray16 : rleSegments.gray8;
    return { pixelData: compression === 'rle' ? encodeRle(bytes, columns, order) : bytes, description };
  }
  const { colourAt, as = 'RGB' } = pixels;
  const rgb = eachPixel(columns, rows, colourAt);
  if (compression === 'jpeg-baseline')
    return {
      pixelData: await encodeJpeg(Uint8Array.from(rgb.flat()), columns, rows, 3),
      description: { ...colours, PhotometricInterpretation: 'YBR_FULL_422', LossyImageCompression: '01' },
    };
  if (as === 'PALETTE COLOR') return throughPalette(rgb, columns, compression);
  const written = as.startsWith('YBR') ? rgb.map(toYbr) : rgb;
  const description = {
    ...colours,
    PhotometricInterpretation: as === 'planes of RGB' ? 'RGB' : as,
    PlanarConfiguration: as === 'planes of RGB' || compression === 'rle' ? 1 : 0,
  };
  if (as === 'YBR_FULL_422') return { pixelData: halved(written), description };
  const interleaved = Uint8Array.from(written.flat());
  if (compression === 'rle') return { pixelData: encodeRle(interleaved, columns, rleSegments.colour), description };
  const planes = () => [0, 1, 2].flatMap((channel) => written.map((colour) => colour[channel]!));
  return { pixelData: as === 'planes of RGB' ? Uint8Array.from(planes()) : interleaved, description };
}

const eachPixel = <T>(columns: number, rows: number, at: (i: number, j: number) => T): T[] =>
  Array.from({ length: columns * rows }, (_, n) => at(n % columns, Math.floor(n / columns)));

const gray = (bitsStored: number): Attributes => ({
  SamplesPerPixel: 1,
  BitsAllocated: bitsStored > 8 ? 16 : 8,
  BitsStored: bitsStored,
  HighBit: bitsStored - 1,
});

const colours: Attributes = { SamplesPerPixel: 3, PlanarConfiguration: 0, BitsAllocated: 8, BitsStored: 8, HighBit: 7 };

/** YBR_FULL (PS3.3 section C.7.6.3.1.2). */
function toYbr([r, g, b]: Colour): Colour {
  const byte = (value: number): number => min(255, max(0, round(value)));
  return [
    byte(0.299 * r + 0.587 * g + 0.114 * b),
    byte(-0.168736 * r - 0.331264 * g + 0.5 * b + 128),
    byte(0.5 * r - 0.418688 * g - 0.081312 * b + 128),
  ];
}

/** Y1 Y2 CB CR: the colours of the first of two pixels. */
const halved = (ybr: readonly Colour[]): Uint8Array =>
  Uint8Array.from(ybr.flatMap(([y, b, r], n) => (n % 2 === 1 ? [] : [y, ybr[n + 1]?.[0] ?? y, b, r])));

/** At most 256 colours, in tables of 16 bits. */
function throughPalette(rgb: readonly Colour[], columns: number, compression: 'none' | 'rle') {
  const known = new Map(rgb.map((colour) => [colour.join(), colour]));
  const order = [...known.keys()];
  const indices = Uint8Array.from(rgb, (colour) => order.indexOf(colour.join()));
  const table = (channel: 0 | 1 | 2) => Uint16Array.from([...known.values()], (colour) => colour[channel] * 257).buffer;
  const descriptor = [order.length, 0, 16];
  return {
    pixelData: compression === 'rle' ? encodeRle(indices, columns, rleSegments.gray8) : indices,
    description: {
      ...gray(8),
      PhotometricInterpretation: 'PALETTE COLOR',
      RedPaletteColorLookupTableDescriptor: descriptor,
      GreenPaletteColorLookupTableDescriptor: descriptor,
      BluePaletteColorLookupTableDescriptor: descriptor,
      RedPaletteColorLookupTableData: table(0),
      GreenPaletteColorLookupTableData: table(1),
      BluePaletteColorLookupTableData: table(2),
    },
  };
}
