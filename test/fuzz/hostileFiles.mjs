/**
 * Builds hostile files and reads each as a series would be, one after another in one process. Prints the outcomes and
 * the peak memory of the process as JSON. Run by hostileFiles.test.ts with a bounded heap.
 */
import { deflateRawSync } from 'node:zlib';
import { createMultiFrame } from '../../dicom-fixtures/dist/createMultiFrame.js';
import { createSeries } from '../../dicom-fixtures/dist/createSeries.js';
import { PromptsegError } from '../../server/dist/platform/errors.js';
import { assembleVolume } from '../../server/dist/volume/assembleVolume.js';

const options = {
  name: 'hostile',
  modality: /** @type {const} */ ('CT'),
  grid: { size: [64, 64, 1], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] },
  valueAt: (/** @type {number} */ i) => i,
};
const pixelDataTag = Buffer.from('e07f1000', 'hex');
const itemTag = 'feff00e0';

/** @type {Readonly<Record<string, () => Promise<Buffer>>>} */
const files = {
  'millions of elements': async () => Buffer.concat([await headOfSlice(), repeat('3000100043530000', 4_200_000)]),
  'millions of items': async () =>
    Buffer.concat([await headOfSlice(), longElement('08004011', 'SQ', repeat(`${itemTag}00000000`, 4_200_000))]),
  'millions of fragments': async () =>
    Buffer.concat([
      await headOfSlice(),
      Buffer.from('e07f10004f420000ffffffff', 'hex'),
      repeat(`${itemTag}00000000`, 4_200_000),
    ]),
  'half a million nested sequences': async () =>
    Buffer.concat([await headOfSlice(), repeat(`0800401153510000ffffffff${itemTag}ffffffff`, 500_000)]),
  'a deflate bomb of 256 MiB': async () => Buffer.concat([deflatedMeta(), deflateRawSync(Buffer.alloc(2 ** 28))]),
  'a length beyond the file': async () => {
    const file = await slice({});
    file.writeUInt32LE(0xfffffff0, file.lastIndexOf(pixelDataTag) + 8);
    return file;
  },
  'a text of 128 MiB of separators': async () => {
    const file = await slice({ ImageType: undefined });
    const at = file.lastIndexOf(pixelDataTag);
    const text = longElement('08000800', 'UT', Buffer.alloc(2 ** 27, '\\'));
    return Buffer.concat([file.subarray(0, at), text, file.subarray(at)]);
  },
  'rows and columns beyond the pixels': () => slice({ Rows: 30_000, Columns: 30_000 }),
  'rows and columns beyond an RLE frame': () => slice({ Rows: 30_000, Columns: 30_000 }, 'rle'),
  'rows and columns beyond a JPEG-LS frame': () => slice({ Rows: 5000, Columns: 5000 }, 'jpeg-ls'),
  'rows and columns beyond any limit': () => slice({ Rows: 65_535, Columns: 65_535 }),
  'a JPEG-LS frame beyond rows and columns': () => edited('jpeg-ls', 'fff7', 5, 'ffffffff'),
  'a JPEG 2000 frame beyond rows and columns': () => edited('jpeg-2000', 'ff51', 6, '7fffffff7fffffff'),
  'a JPEG 2000 frame of tiles of one pixel': () => edited('jpeg-2000', 'ff51', 22, '0000000100000001'),
  'two billion frames': () => multiFrame({ NumberOfFrames: 2_147_483_647 }),
  'a negative number of frames': () => multiFrame({ NumberOfFrames: -3 }),
  'more frames than are described': () => multiFrame({ NumberOfFrames: 2 }),
};

const results = [];
for (const [name, build] of Object.entries(files)) results.push({ name, ...(await read(await build())) });
process.stdout.write(JSON.stringify(results));

/** @param {Buffer} bytes */
async function read(bytes) {
  const outcome = await assembleVolume(only(bytes), { signal: new AbortController().signal }).then(
    () => 'read',
    (error) => (error instanceof PromptsegError ? error.code : String(error)),
  );
  return { outcome, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
}

/** @param {Uint8Array} part10 */
async function* only(part10) {
  yield part10;
}

/**
 * @param {object} attributes
 * @param {'none' | 'rle' | 'jpeg-ls' | 'jpeg-2000'} [compression]
 */
async function slice(attributes, compression = 'none') {
  const [file] = await createSeries({ ...options, compression, attributes: () => attributes });
  return Buffer.from(file);
}

/** @param {object} attributes */
async function multiFrame(attributes) {
  return Buffer.from(await createMultiFrame({ ...options, attributes }));
}

/** All of a slice before its pixel data. */
async function headOfSlice() {
  const file = await slice({});
  return file.subarray(0, file.lastIndexOf(pixelDataTag));
}

/**
 * A compressed slice whose codestream is edited some bytes behind a marker.
 *
 * @param {'jpeg-ls' | 'jpeg-2000'} compression
 * @param {string} marker
 * @param {number} offset
 * @param {string} hex
 */
async function edited(compression, marker, offset, hex) {
  const file = await slice({}, compression);
  const at = file.indexOf(Buffer.from(marker, 'hex'), file.lastIndexOf(pixelDataTag));
  Buffer.from(hex, 'hex').copy(file, at + offset);
  return file;
}

/**
 * @param {string} hex
 * @param {number} count
 */
function repeat(hex, count) {
  return Buffer.alloc((hex.length / 2) * count, Buffer.from(hex, 'hex'));
}

/**
 * An element of Explicit VR Little Endian whose length has four bytes.
 *
 * @param {string} tag As it is written, in hexadecimal digits.
 * @param {string} vr
 * @param {Buffer} value
 */
function longElement(tag, vr, value) {
  const head = Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from(`${vr}\0\0\0\0\0\0`, 'latin1')]);
  head.writeUInt32LE(value.length, 8);
  return Buffer.concat([head, value]);
}

/** Preamble and file meta information of a deflated file. */
function deflatedMeta() {
  const uid = Buffer.from('1.2.840.10008.1.2.1.99', 'latin1');
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from(`DICM\x02\x00\x10\x00UI${String.fromCharCode(uid.length)}\0`, 'latin1'),
    uid,
  ]);
}
