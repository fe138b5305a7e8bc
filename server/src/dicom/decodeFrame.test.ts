import loadOpenjph from '@cornerstonejs/codec-openjph/wasmjs';
import { describe, expect, it } from '@jest/globals';
import { decodeFrame } from './decodeFrame.js';
import { parseInstance } from './dicomInstance.js';
import {
  element,
  encapsulatedPart10,
  imagePart10,
  part10,
  type TestElement,
  testSopInstanceUID,
} from './part10.testSupport.js';
import { explicitVRBigEndian, explicitVRLittleEndian } from './transferSyntaxes.js';

const rleLossless = '1.2.840.10008.1.2.5';
const jpegBaseline = '1.2.840.10008.1.2.4.50';

function decode(file: Uint8Array, frame?: number) {
  return decodeFrame(parseInstance(file), frame);
}

function rejection(code: string, details: object = {}) {
  return expect.objectContaining({ code, details: expect.objectContaining(details) });
}

/** One RLE frame of 16-bit samples: the segments as given. */
function rleFrame(...segments: readonly (readonly number[])[]): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length, 0);
  segments.reduce((offset, segment, i) => header.writeUInt32LE(offset, 4 + 4 * i) && offset + segment.length, 64);
  return Buffer.concat([header, ...segments.map((segment) => Buffer.from(segment))]);
}

describe('decodeFrame of native pixels', () => {
  const image = { rows: 1, columns: 4 };

  it.each([explicitVRLittleEndian, explicitVRBigEndian])('reads signed 16 bit (%s)', async (transferSyntaxUID) => {
    const pixelData = [-2, -1, 0, 32767];
    const pixels = await decode(imagePart10(transferSyntaxUID, { ...image, pixelRepresentation: 1, pixelData }));
    expect(pixels).toEqual(Int16Array.from(pixelData));
  });

  it('does not copy aligned pixels', async () => {
    const file = new Uint8Array(imagePart10(explicitVRLittleEndian, { ...image, pixelData: [1, 2, 3, 4] }));
    expect((await decode(file)).buffer).toBe(file.buffer);
  });

  it('reads pixels that are at an odd address', async () => {
    const file = imagePart10(explicitVRLittleEndian, { ...image, pixelData: [1, 2, 3, 65535] });
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    expect(await decode(shifted.subarray(1))).toEqual(Uint16Array.of(1, 2, 3, 65535));
  });

  it('drops what is above Bits Stored and extends the sign from there', async () => {
    const stored = { ...image, bitsStored: 12, pixelData: [0xf001, 0x0fff, 0x8800, 0x07ff] };
    expect(await decode(imagePart10(explicitVRLittleEndian, stored))).toEqual(
      Uint16Array.of(0x001, 0xfff, 0x800, 0x7ff),
    );
    const signed = imagePart10(explicitVRLittleEndian, { ...stored, pixelRepresentation: 1 });
    expect(await decode(signed)).toEqual(Int16Array.of(1, -1, -2048, 2047));
  });

  it('takes the bits below High Bit', async () => {
    const file = imagePart10(explicitVRLittleEndian, {
      ...image,
      bitsStored: 12,
      highBit: 15,
      pixelRepresentation: 1,
      pixelData: [0x001f, 0xfff0, 0x8000, 0x7ff5],
    });
    expect(await decode(file)).toEqual(Int16Array.of(1, -1, -2048, 2047));
  });

  it('reads 8 and 32 bit', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 255, 0, 0, 0, 128);
    const narrow = imagePart10(explicitVRLittleEndian, { rows: 2, columns: 4, bitsAllocated: 8, pixelData: bytes });
    expect(await decode(narrow)).toEqual(bytes);
    const wide = { rows: 1, columns: 2, bitsAllocated: 32, pixelRepresentation: 1, pixelData: bytes };
    expect(await decode(imagePart10(explicitVRLittleEndian, wide))).toEqual(Int32Array.of(-16580095, -2147483648));
  });

  it('reads 8 bit in big endian words, in a frame that begins within one too', async () => {
    const pixelData = [0x0201, 0x0403, 0x0605]; // 1 to 6: the first pixel of each word in its lower byte
    const file = imagePart10(explicitVRBigEndian, { rows: 1, columns: 3, frames: 2, bitsAllocated: 8, pixelData });
    expect(await decode(file, 0)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await decode(file, 1)).toEqual(Uint8Array.of(4, 5, 6));
  });

  it('reads the frame asked for', async () => {
    const file = imagePart10(explicitVRLittleEndian, { rows: 1, columns: 2, frames: 3, pixelData: [1, 2, 3, 4, 5, 6] });
    expect(await decode(file, 1)).toEqual(Uint16Array.of(3, 4));
    expect(await decode(file, 2)).toEqual(Uint16Array.of(5, 6));
    await expect(decode(file, 3)).rejects.toEqual(rejection('instance-unreadable', { frame: 4 }));
    await expect(decode(file, -1)).rejects.toEqual(rejection('instance-unreadable'));
  });

  it('refuses pixel data shorter than the image, and none', async () => {
    const short = imagePart10(explicitVRLittleEndian, { ...image, pixelData: [1, 2, 3] });
    await expect(decode(short)).rejects.toEqual(
      rejection('instance-unreadable', { sopInstanceUID: testSopInstanceUID }),
    );
    const none = short.subarray(0, short.length - 12 - 6);
    await expect(decode(none)).rejects.toEqual(rejection('instance-unreadable'));
  });

  it('refuses images that contradict themselves', async () => {
    for (const contradiction of [{ rows: 0 }, { bitsStored: 17 }, { bitsStored: 12, highBit: 10 }, { highBit: 16 }]) {
      const file = imagePart10(explicitVRLittleEndian, { ...image, pixelData: [1, 2, 3, 4], ...contradiction });
      await expect(decode(file)).rejects.toEqual(rejection('instance-unreadable'));
    }
  });

  it('refuses colour and odd sample sizes', async () => {
    for (const unsupported of [{ samplesPerPixel: 3 }, { bitsAllocated: 1 }, { bitsAllocated: 64 }]) {
      const file = imagePart10(explicitVRLittleEndian, { ...image, pixelData: [1, 2, 3, 4], ...unsupported });
      await expect(decode(file)).rejects.toEqual(rejection('pixel-format-unsupported'));
    }
  });
});

describe('decodeFrame of compressed pixels', () => {
  const image = { rows: 1, columns: 4 };
  // 0x0102 four times: a run for the high bytes, literals for the low ones.
  const frame = rleFrame([0xfd, 0x01], [0x03, 0x02, 0x02, 0x02, 0x02, 0x00]);
  const other = rleFrame([0xfd, 0x00], [0xfd, 0x07]);

  it('reads RLE Lossless, signed and of several frames', async () => {
    expect(await decode(encapsulatedPart10(rleLossless, image, [frame]))).toEqual(Uint16Array.of(258, 258, 258, 258));
    const two = encapsulatedPart10(rleLossless, { ...image, frames: 2, pixelRepresentation: 1 }, [frame, other]);
    expect(await decode(two, 1)).toEqual(Int16Array.of(7, 7, 7, 7));
  });

  it('joins the fragments of a frame, also by the Basic Offset Table', async () => {
    const halves = [frame.subarray(0, 30), frame.subarray(30)];
    const joined = Uint16Array.of(258, 258, 258, 258);
    expect(await decode(encapsulatedPart10(rleLossless, image, halves))).toEqual(joined);
    const table = [0, 8 + 30 + 8 + frame.length - 30];
    const two = encapsulatedPart10(rleLossless, { ...image, frames: 2 }, [...halves, other], table);
    expect(await decode(two, 0)).toEqual(joined);
    expect(await decode(two, 1)).toEqual(Uint16Array.of(7, 7, 7, 7));
  });

  it('refuses frames that cannot be separated', async () => {
    const file = encapsulatedPart10(rleLossless, { ...image, frames: 2 }, [frame, frame, other]);
    await expect(decode(file)).rejects.toEqual(rejection('instance-unreadable'));
    const badTable = encapsulatedPart10(rleLossless, { ...image, frames: 2 }, [frame, frame, other], [0, 5]);
    await expect(decode(badTable, 1)).rejects.toEqual(rejection('instance-unreadable'));
    await expect(decode(encapsulatedPart10(rleLossless, image, []))).rejects.toEqual(rejection('instance-unreadable'));
  });

  it.each([
    ['cut short', frame.subarray(0, 68)],
    ['of one segment too few', rleFrame([0xfd, 0x01])],
    ['with a run beyond the frame', rleFrame([0xfc, 0x01], [0xfd, 0x02])],
    ['with a literal beyond the segment', rleFrame([0xfd, 0x01], [0x03, 0x02])],
    ['without a header', Buffer.alloc(2)],
  ])('refuses an RLE frame %s', async (_, broken) => {
    await expect(decode(encapsulatedPart10(rleLossless, image, [broken]))).rejects.toEqual(
      rejection('instance-unreadable', { frame: 1 }),
    );
  });

  it.each([
    [Int16Array, 16],
    [Uint16Array, 12],
    [Int16Array, 12],
  ] as const)('reads High-Throughput JPEG 2000 (%p of %d bits)', async (Pixels, bitsStored) => {
    const isSigned = Pixels === Int16Array;
    const lowest = isSigned ? -(2 ** (bitsStored - 1)) : 0;
    const pixels = new Pixels(Array.from({ length: 64 * 48 }, (_, i) => ((i * 7919) % 2 ** bitsStored) + lowest));
    const { HTJ2KEncoder } = await loadOpenjph({ print: () => {}, printErr: () => {} });
    const encoder = new HTJ2KEncoder();
    const format = {
      width: 64,
      height: 48,
      bitsPerSample: bitsStored,
      componentCount: 1,
      isSigned,
      isUsingColorTransform: false,
    };
    encoder.getDecodedBuffer(format).set(new Uint8Array(pixels.buffer));
    encoder.encode();
    const large = { rows: 48, columns: 64, bitsStored, pixelRepresentation: isSigned ? 1 : 0 };
    const encoded = new Uint8Array(encoder.getEncodedBuffer());
    expect(await decode(encapsulatedPart10('1.2.840.10008.1.2.4.201', large, [encoded]))).toEqual(pixels);
  });

  it('refuses a transfer syntax it cannot decode, by name', async () => {
    const h265 = encapsulatedPart10('1.2.840.10008.1.2.4.107', image, [frame]);
    await expect(decode(h265)).rejects.toMatchObject({
      code: 'transfer-syntax-unsupported',
      message: 'Images in HEVC/H.265 Main Profile / Level 5.1 (1.2.840.10008.1.2.4.107) cannot be decoded.',
    });
    const unknown = encapsulatedPart10('1.2.3.9', image, [frame]);
    await expect(decode(unknown)).rejects.toMatchObject({ code: 'transfer-syntax-unsupported' });
  });

  it('refuses a codestream of another size than the image before it is decoded', async () => {
    // SOI, SOF0 of 65535 × 65535.
    const hostile = Buffer.from('ffd8ffc0000b08ffffffff01011100ffd9', 'hex');
    const file = encapsulatedPart10(jpegBaseline, { ...image, bitsAllocated: 8 }, [hostile]);
    await expect(decode(file)).rejects.toMatchObject({
      code: 'instance-unreadable',
      cause: expect.objectContaining({ message: 'a codestream of 65535 × 65535 × 1 of 8 bits' }),
    });
  });

  it.each(['50', '57', '70', '80', '81', '90', '91', '201', '202', '203'])(
    'refuses garbage in 1.2.840.10008.1.2.4.%s',
    async (last) => {
      for (const garbage of [Buffer.alloc(64), Buffer.alloc(64, 0xff), Buffer.from('ffd8ffda0000', 'hex')]) {
        const file = encapsulatedPart10(`1.2.840.10008.1.2.4.${last}`, image, [garbage]);
        await expect(decode(file)).rejects.toEqual(rejection('instance-unreadable'));
      }
    },
  );
});

describe('an image without public pixel data', () => {
  const description: readonly TestElement[] = [
    ['00280002', 'US', [1]],
    ['00280010', 'US', [32]],
    ['00280011', 'US', [32]],
    ['00280100', 'US', [16]],
  ];

  it('with pixels in a private element says so', async () => {
    const file = part10(explicitVRLittleEndian, [
      ['07A10010', 'LO', 'ELSCINT1'],
      ['07A1100A', 'OB', Buffer.alloc(900)],
    ]);
    const withSize = Buffer.concat([file, ...description.map((each) => element(each))]);
    await expect(decodeFrame(parseInstance(withSize))).rejects.toMatchObject({
      code: 'transfer-syntax-unsupported',
      message: expect.stringContaining("(07a1,100a), in a compression that only the manufacturer's software can read"),
    });
  });

  it('and nothing in its place is damaged', async () => {
    const file = part10(explicitVRLittleEndian, description);
    await expect(decodeFrame(parseInstance(file))).rejects.toMatchObject({ code: 'instance-unreadable' });
  });
});
