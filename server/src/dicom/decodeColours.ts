import { PromptsegError } from '../platform/errors.js';
import { compressedFrame, decodeCodestream } from './decodeCodestream.js';
import { decodeFrame } from './decodeFrame.js';
import type { DicomInstance } from './dicomInstance.js';
import { type DecodableEncoding, decodeSound, pixelData, pixelEncoding, unsupportedPixels } from './frameFormat.js';
import { type LookUpTable, lookUp, readLookUpTable } from './lookUpTable.js';
import { nativeFrame } from './nativeFrame.js';
import { decodeRle } from './rle.js';

// In Jest's VM contexts every look-up of a global is slow.
const { max, min, round } = Math;

/** The values of Photometric Interpretation (0028,0004) that {@link decodeColours} supports. */
export const colourInterpretations: readonly string[] = [
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
  'PALETTE COLOR',
];

/**
 * The colours of one frame: red, green and blue of columns × rows pixels, 8 bits each, row by row, for any supported
 * Photometric Interpretation, Planar Configuration and transfer syntax.
 *
 * @param frameIndex from 0
 * @throws PromptsegError `photometric-unsupported`; `pixel-format-unsupported` for more than 8 bits per colour;
 * `transfer-syntax-unsupported`; `instance-unreadable` if the pixel data are missing, truncated or damaged
 */
export async function decodeColours(instance: DicomInstance, frameIndex = 0): Promise<Uint8Array> {
  const { photometricInterpretation: photometric, samplesPerPixel } = instance;
  const isPalette = photometric === 'PALETTE COLOR';
  if (!colourInterpretations.includes(photometric) || samplesPerPixel !== (isPalette ? 1 : 3))
    throw new PromptsegError(
      'photometric-unsupported',
      `A colour image with ${samplesPerPixel} samples per pixel has an unknown Photometric Interpretation.`,
    );
  if (isPalette) return throughPalette(instance, frameIndex);
  if (instance.bitsAllocated !== 8) throw unsupportedPixels(instance, `${instance.bitsAllocated}-bit colour`);
  const encoding = pixelEncoding(instance);
  return decodeSound(instance, frameIndex, async () => {
    const colours = await decodeSamples(instance, encoding, frameIndex);
    return isLuminanceAndColour(photometric, encoding) ? toRgb(colours) : colours;
  });
}

/**
 * Whether decoded samples are Y, CB and CR. Decoders of baseline JPEG and JPEG 2000 return RGB.
 */
const isLuminanceAndColour = (photometric: string, encoding: DecodableEncoding): boolean =>
  encoding !== 'jpeg' && (photometric === 'YBR_FULL' || photometric === 'YBR_FULL_422');

async function decodeSamples(
  instance: DicomInstance,
  encoding: DecodableEncoding,
  frameIndex: number,
): Promise<Uint8Array> {
  const pixels = instance.rows * instance.columns;
  if (encoding === 'native') return decodeNative(instance, frameIndex, pixels);
  // `decodeRle` takes the three segments for the bytes of one sample, the most significant first: blue, green, red.
  if (encoding === 'rle') return reversed(decodeRle(compressedFrame(instance, frameIndex), pixels, 3));
  const { samples, precision } = await decodeCodestream(instance, encoding, frameIndex);
  if (!(samples instanceof Uint8Array)) throw unsupportedPixels(instance, `${precision}-bit colour`);
  return samples;
}

function decodeNative(instance: DicomInstance, frameIndex: number, pixels: number): Uint8Array {
  const isHalved = instance.photometricInterpretation === 'YBR_FULL_422';
  const bytes = nativeFrame(instance, pixelData(instance), frameIndex, (isHalved ? 2 : 3) * pixels);
  if (isHalved) return fromHalvedColour(bytes);
  // Planar Configuration (0028,0006): 1 if the planes follow each other.
  return instance.number('x00280006') === 1 ? interleaved(bytes, pixels) : bytes;
}

/** Two pixels share their colour: Y1 Y2 CB CR (PS3.3 section C.7.6.3.1.2). */
function fromHalvedColour(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array((bytes.length / 2) * 3);
  for (let from = 0, to = 0; from + 3 < bytes.length; from += 4, to += 6) {
    for (const [pixel, place] of [
      [0, to],
      [1, to + 3],
    ] as const) {
      whole[place] = bytes[from + pixel]!;
      whole[place + 1] = bytes[from + 2]!;
      whole[place + 2] = bytes[from + 3]!;
    }
  }
  return whole;
}

function interleaved(planes: Uint8Array, pixels: number): Uint8Array {
  const colours = new Uint8Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++)
    for (let n = 0; n < pixels; n++) colours[3 * n + channel] = planes[channel * pixels + n]!;
  return colours;
}

/** Reverses in place. */
function reversed(colours: Uint8Array): Uint8Array {
  for (let n = 0; n < colours.length; n += 3) {
    const last = colours[n]!;
    colours[n] = colours[n + 2]!;
    colours[n + 2] = last;
  }
  return colours;
}

/** ITU-R BT.601 with the full range (PS3.3 section C.7.6.3.1.2, YBR_FULL). */
function toRgb(ybr: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(ybr.length);
  const byte = (value: number): number => min(255, max(0, round(value)));
  for (let n = 0; n < ybr.length; n += 3) {
    const [y, b, r] = [ybr[n]!, ybr[n + 1]! - 128, ybr[n + 2]! - 128];
    rgb[n] = byte(y + 1.402 * r);
    rgb[n + 1] = byte(y - 0.344136 * b - 0.714136 * r);
    rgb[n + 2] = byte(y + 1.772 * b);
  }
  return rgb;
}

const palettes = [
  { descriptor: 'x00281101', data: 'x00281201', colour: 'red' },
  { descriptor: 'x00281102', data: 'x00281202', colour: 'green' },
  { descriptor: 'x00281103', data: 'x00281203', colour: 'blue' },
] as const;

/**
 * Palette Color Lookup Tables (PS3.3 section C.7.6.3.1.5), not segmented ones. Of 16-bit entries the upper 8 bits are
 * used.
 */
async function throughPalette(instance: DicomInstance, frameIndex: number): Promise<Uint8Array> {
  const indices = await decodeFrame(instance, frameIndex);
  const isSigned = instance.pixelRepresentation === 1;
  const tables = palettes.map(({ colour, ...tags }) => {
    const table = readLookUpTable(instance, tags, isSigned, `An image has a palette for ${colour}`);
    return { table, shift: usedBits(table) - 8 };
  });
  const colours = new Uint8Array(3 * indices.length);
  for (const [channel, { table, shift }] of tables.entries())
    for (let n = 0; n < indices.length; n++) colours[3 * n + channel] = lookUp(table, indices[n]!) >> shift;
  return colours;
}

/** Some writers declare 16 bits and use 8. */
const usedBits = ({ values, bits }: LookUpTable): number =>
  values.reduce((a, b) => max(a, b), 0) < 256 ? 8 : max(8, bits);
