import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { decodeFrame } from '../../server/src/dicom/decodeFrame.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { naturalizeHeader } from '../../server/src/dicom/naturalizeHeader.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import { readSliceImages } from '../../server/src/volume/sliceImage.js';
import { describeWithSharedData } from '../support/sharedData.js';

describeWithSharedData('decoding the files of DICOM working group 4', ['edge'], ([edge]) => {
  const wg04 = path.join(edge!, 'wg04');
  const decode = (name: string) => decodeFrame(parseInstance(readFileSync(path.join(wg04, name))));

  it.each(['CT1', 'MR1', 'MR4', 'NM1'])('%s is bit-exact in every lossless syntax', async (image) => {
    const reference = await decode(`REF/${image}_UNC`);
    for (const syntax of ['J2KR', 'JLSL', 'JPLL', 'RLE']) {
      const decoded = await decode(`${syntax}/${image}_${syntax}`);
      expect(decoded.constructor).toBe(reference.constructor);
      expect(Buffer.from(decoded.buffer).equals(bytesOf(reference))).toBe(true);
    }
  });

  it.each(['CT1', 'MR1', 'MR4', 'NM1'])('%s in near-lossless JPEG-LS is within its NEAR of 4', async (image) => {
    const reference = await decode(`REF/${image}_UNC`);
    const decoded = await decode(`JLSN/${image}_JLSN`);
    const largest = Array.from(reference, (value, i) => Math.abs(value - decoded[i]!)).reduce((a, b) => Math.max(a, b));
    expect(largest).toBe(4);
  });

  // Not NM1: it is compressed 160:1 and is mostly noise.
  it.each(['CT1', 'MR1', 'MR4'])('%s in lossy JPEG 2000 looks like the reference', async (image) => {
    const reference = await decode(`REF/${image}_UNC`);
    expect(correlation(await decode(`J2KI/${image}_J2KI`), reference)).toBeGreaterThan(0.99);
  });

  it('decodes frames that are asked for at once as it does one by one', async () => {
    const names = ['J2KR/CT1_J2KR', 'J2KR/MR1_J2KR', 'JLSL/CT1_JLSL', 'JLSL/MR1_JLSL'];
    const together = await Promise.all(names.map(decode));
    for (const [i, name] of names.entries())
      expect(bytesOf(together[i]!).equals(bytesOf(await decode(name)))).toBe(true);
  });

  it('names 12-bit JPEG as what it cannot decode', async () => {
    await expect(decode('JPLY/MR1_JPLY')).rejects.toMatchObject({
      code: 'transfer-syntax-unsupported',
      message: 'Images in JPEG Extended (Process 2 & 4) (1.2.840.10008.1.2.4.51) with 12 bits cannot be decoded.',
    });
  });
});

describeWithSharedData('the same CT image in the transfer syntaxes of Cornerstone', ['edge'], ([edge]) => {
  const folder = path.join(edge!, 'cornerstone3d/packages/dicomImageLoader/testImages');
  const decode = (name: string) =>
    decodeFrame(parseInstance(readFileSync(path.join(folder, `CTImage.dcm_${name}.dcm`))));

  it.each([
    'LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2',
    'DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99',
    'BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2',
    'JPEGProcess14TransferSyntax_1.2.840.10008.1.2.4.57',
    'JPEGProcess14SV1TransferSyntax_1.2.840.10008.1.2.4.70',
    'JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80',
    'JPEG2000LosslessOnlyTransferSyntax_1.2.840.10008.1.2.4.90',
    'RLELosslessTransferSyntax_1.2.840.10008.1.2.5',
  ])('%s', async (name) => {
    const reference = await decode('LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1');
    expect(bytesOf(await decode(name)).equals(bytesOf(reference))).toBe(true);
  });
});

describeWithSharedData('the same multi-frame MR image in the transfer syntaxes of pydicom', ['edge'], ([edge]) => {
  const read = (name: string) => parseInstance(readFileSync(path.join(edge!, 'pydicom_data/data_store/data', name)));

  it.each(['emri_small_big_endian', 'emri_small_RLE', 'emri_small_jpeg_2k_lossless', 'emri_small_jpeg_ls_lossless'])(
    '%s',
    async (name) => {
      const reference = read('emri_small.dcm');
      const compressed = read(`${name}.dcm`);
      expect(compressed.numberOfFrames).toBe(10);
      for (let frame = 0; frame < 10; frame++) {
        const expected = bytesOf(await decodeFrame(reference, frame));
        expect(bytesOf(await decodeFrame(compressed, frame)).equals(expected)).toBe(true);
      }
    },
  );
});

describeWithSharedData('damaged codestreams', ['edge'], ([edge]) => {
  const wg04 = path.join(edge!, 'wg04');

  it.each(['J2KR', 'JLSL', 'JPLL', 'RLE'])('%s: pixels or an error, and the next image decodes', async (syntax) => {
    const file = readFileSync(path.join(wg04, syntax, `NM1_${syntax}`));
    const { dataOffset } = parseInstance(file).element('x7fe00010')!;
    let state = 3;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let n = 0; n < 25; n++) {
      const damaged = Buffer.from(file);
      const start = dataOffset + 16 + random(n % 2 === 0 ? 200 : file.length - dataOffset - 40);
      for (let k = 0; k < 4; k++) damaged[start + random(16)] = random(256);
      const result = await decodeFrame(parseInstance(damaged)).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toBeInstanceOf(PromptsegError);
    }
    const reference = await decodeFrame(parseInstance(readFileSync(path.join(wg04, 'REF/NM1_UNC'))));
    expect(bytesOf(await decodeFrame(parseInstance(file))).equals(bytesOf(reference))).toBe(true);
  });
});

describeWithSharedData('a codestream that is cut short', ['edge'], ([edge]) => {
  const jpegBaseline = 'CTImage.dcm_JPEGProcess1TransferSyntax_1.2.840.10008.1.2.4.50.dcm';
  const files = [
    ...['J2KR/CT1_J2KR', 'J2KI/CT1_J2KI', 'JLSL/CT1_JLSL', 'JPLL/CT1_JPLL', 'RLE/CT1_RLE'].map(
      (name) => `wg04/${name}`,
    ),
    `cornerstone3d/packages/dicomImageLoader/testImages/${jpegBaseline}`,
  ];

  it.each(files)('%s is refused, wherever its end is missing', async (name) => {
    const file = readFileSync(path.join(edge!, name));
    const { position, length } = parseInstance(file).element('x7fe00010')!.fragments!.at(-1)!;
    for (const part of [0.5, 0.9, 0.99]) {
      const kept = 2 * Math.floor((length * part) / 2);
      const cut = Buffer.concat([file.subarray(0, position + kept), file.subarray(position + length)]);
      cut.writeUInt32LE(kept, position - 4);
      await expect(decodeFrame(parseInstance(cut))).rejects.toMatchObject({ code: 'instance-unreadable' });
    }
  });
});

describeWithSharedData('multi-frame images of others', ['edge', 'mr_enhanced'], ([edge, enhanced]) => {
  const slicesOf = (...file: string[]) => readSliceImages(parseInstance(readFileSync(path.join(...file))));
  const pydicom = path.join(edge!, 'pydicom_data/data_store/data');

  it.each([
    ['Philips/IM_0027_fMAP.dcm', 64],
    ['Siemens/XA10/6_1.dcm', 6],
    ['Siemens/XA10/6_4.dcm', 6],
  ])('%s becomes %d slices', (file, frames) => {
    const slices = slicesOf(enhanced!, 'In', file);
    expect(slices.map(({ frameNumber }) => frameNumber)).toEqual(Array.from({ length: frames }, (_, n) => n + 1));
    expect(slices[0]!.name).toMatch(/^Frame 1 of image [14]$/);
  });

  it.each([
    ['eCT_Supplemental.dcm', 'image-kind-unsupported', 'Frame 1 of image 1 is a colour map'],
    ['emri_small.dcm', 'instance-unreadable', 'holds 10 frames but describes 0 of them'],
    ['emri_small_big_endian.dcm', 'instance-unreadable', 'holds 10 frames but describes 0 of them'],
    ['parametric_map_float.dcm', 'sop-class-unsupported', 'Parametric Map (multi-frame)'],
    ['liver.dcm', 'sop-class-unsupported', 'Segmentation'],
  ])('%s is refused as %s', (file, code, words) => {
    expect(() => slicesOf(pydicom, file)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});

describeWithSharedData('files of every kind, broken ones too', ['edge'], ([edge]) => {
  const files = readdirSync(edge!, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

  it.each(files.map((file) => [path.relative(edge!, file), file]))(
    '%s is read or refused with a code',
    async (_, file) => {
      const part10 = readFileSync(file);
      for (const read of [async () => naturalizeHeader(part10), async () => decodeFrame(parseInstance(part10))]) {
        const failure = await read().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure !== undefined) expect(failure).toBeInstanceOf(PromptsegError);
      }
    },
  );
});

function bytesOf(values: ArrayBufferView): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
