/** Sound files for the fuzzer to damage. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import loadOpenjph from '@cornerstonejs/codec-openjph/wasmjs';
import { createImage } from '../../dicom-fixtures/dist/createImage.js';
import { createMultiFrame } from '../../dicom-fixtures/dist/createMultiFrame.js';
import { createSeries } from '../../dicom-fixtures/dist/createSeries.js';
import { seedOf } from './damageInstance.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
/** Larger files would be damaged in their pixels most of the time. */
const maximumBytes = 200_000;

/**
 * Our own small images of every kind and compression, and small ones of the shared data if these are unpacked.
 *
 * @param {{ shared: boolean }} options
 * @returns {Promise<import('./damageInstance.mjs').Seed[][]>} Groups: our single-frame images, multi-frame images
 * and single images, and those of others.
 */
export async function collectSeeds({ shared }) {
  const singleFrame = [];
  const multiFrame = [];
  for (const modality of /** @type {const} */ (['CT', 'MR', 'PT'])) {
    for (const compression of /** @type {const} */ (['none', 'rle', 'jpeg-ls', 'jpeg-2000'])) {
      const options = {
        name: 'fuzz',
        modality,
        compression,
        grid: { size: [41, 35, 3], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
        valueAt: (/** @type {number} */ i, /** @type {number} */ j, /** @type {number} */ k) => i + 10 * j + 100 * k,
      };
      const [slice] = await createSeries(options);
      singleFrame.push(seedOf(`${modality} ${compression}`, Buffer.from(slice)));
      if (compression === 'none') {
        singleFrame.push(seedOf(`${modality} htj2k`, await withHtj2k(Buffer.from(slice), options.grid.size)));
      }
      multiFrame.push(seedOf(`enhanced ${modality} ${compression}`, Buffer.from(await createMultiFrame(options))));
    }
  }
  const others = shared ? sharedSeeds() : [];
  return [singleFrame, multiFrame, await singleImageSeeds(), others].filter((seeds) => seeds.length > 0);
}

/** Gray with look-up tables, and colours of every kind. */
async function singleImageSeeds() {
  const size = { columns: 41, rows: 35 };
  /** @type {(i: number, j: number) => readonly [number, number, number]} */
  const colourAt = (i, j) => [5 * i, 6 * j, i + j];
  const gray = { grayAt: (/** @type {number} */ i, /** @type {number} */ j) => 60 * i + j, bitsStored: 12 };
  const table = { LUTDescriptor: [600, 0, 12], LUTData: Uint16Array.from({ length: 600 }, (_, n) => 6 * n).buffer };
  const attributes = {
    PhotometricInterpretation: 'MONOCHROME1',
    PixelPaddingValue: 0,
    ImagerPixelSpacing: [0.1, 0.1],
    VOILUTSequence: [{ ...table, _vrMap: { LUTDescriptor: 'US' } }],
  };
  const made = /** @type {const} */ (['RGB', 'planes of RGB', 'YBR_FULL', 'YBR_FULL_422', 'PALETTE COLOR']).map(
    (as) => ({ kind: /** @type {const} */ ('US'), pixels: { colourAt, as } }),
  );
  const options = [
    { kind: /** @type {const} */ ('DX'), pixels: gray, attributes },
    { kind: /** @type {const} */ ('CR'), pixels: gray, compression: /** @type {const} */ ('rle') },
    ...made,
    { ...made[0], kind: /** @type {const} */ ('ES'), compression: /** @type {const} */ ('jpeg-baseline') },
    { ...made[4], kind: /** @type {const} */ ('OP'), compression: /** @type {const} */ ('rle') },
  ];
  return Promise.all(
    options.map(async (each) => {
      const image = await createImage({ name: 'fuzz', ...size, ...each });
      return seedOf(`${each.kind} ${each.compression ?? ''}`, Buffer.from(image));
    }),
  );
}

/**
 * An uncompressed slice of signed 16 bits in High-Throughput JPEG 2000, which the generators do not write.
 *
 * @param {Buffer} file
 * @param {readonly number[]} size
 */
async function withHtj2k(file, [width = 0, height = 0]) {
  const { HTJ2KEncoder } = await loadOpenjph({ print() {}, printErr() {} });
  const encoder = new HTJ2KEncoder();
  const format = { width, height, bitsPerSample: 16, componentCount: 1, isSigned: true, isUsingColorTransform: false };
  encoder.getDecodedBuffer(format).set(file.subarray(-2 * width * height));
  encoder.encode();
  const frame = Buffer.from(encoder.getEncodedBuffer());
  const fragment = frame.length % 2 === 0 ? frame : Buffer.concat([frame, Buffer.alloc(1)]);
  const item = Buffer.from('feff00e000000000', 'hex');
  item.writeUInt32LE(fragment.length, 4);
  const [uid, newUid] = ['1.2.840.10008.1.2.1\0', '1.2.840.10008.1.2.4.201\0'].map((text) =>
    Buffer.from(text, 'latin1'),
  );
  const at = file.indexOf(uid);
  const meta = Buffer.concat([file.subarray(0, at), newUid]);
  meta.writeUInt16LE(newUid.length, at - 2);
  return Buffer.concat([
    meta,
    file.subarray(at + uid.length, file.length - 2 * width * height - 12),
    Buffer.from('e07f10004f420000fffffffffeff00e000000000', 'hex'),
    item,
    fragment,
    Buffer.from('feffdde000000000', 'hex'),
  ]);
}

function sharedSeeds() {
  const folders = ['edge', 'mr_enhanced', 'seg_dcmqi', 'seg_highdicom'].map((name) =>
    path.join(repository, '.cache/shared-data', name),
  );
  const files = folders.filter((folder) => existsSync(folder)).flatMap(filesIn);
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    const isSeed = bytes.length > 132 && bytes.length <= maximumBytes && bytes.toString('latin1', 128, 132) === 'DICM';
    return isSeed ? [seedOf(path.basename(file), bytes)] : [];
  });
}

/** @param {string} folder */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
