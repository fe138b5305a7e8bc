/** Damages Part 10 files as bad disks, bad software and bad people do. */
import dicomParser from 'dicom-parser';

/**
 * Where an element is in a file: its first byte, its value, its end.
 * @typedef {{ start: number, value: number, end: number, vr: string | undefined }} Place
 * @typedef {{ name: string, bytes: Buffer, places: readonly Place[] }} Seed
 * @typedef {import('./random.mjs').Random} Random
 */

/**
 * @param {string} name
 * @param {Buffer} bytes
 * @returns {Seed}
 */
export function seedOf(name, bytes) {
  /** @type {Place[]} */
  const places = [];
  const collect = (/** @type {import('dicom-parser').DataSet} */ dataSet) => {
    for (const { dataOffset, length, vr, items } of Object.values(dataSet.elements)) {
      const longHeader = vr !== undefined && /^(O[BDFLVW]|SQ|U[CNRTV]|SV)$/.test(vr);
      const end = Math.min(bytes.length, dataOffset + length);
      places.push({ start: dataOffset - (longHeader ? 12 : 8), value: dataOffset, end, vr });
      for (const item of items ?? []) if (item.dataSet !== undefined) collect(item.dataSet);
    }
  };
  try {
    collect(dicomParser.parseDicom(bytes));
  } catch {
    // A file that cannot be parsed is a seed all the same, for damage that needs no places.
  }
  return { name, bytes, places };
}

const lengths = [0, 1, 2, 3, 7, 0xff, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0xfffffffe, 0xffffffff];
const texts = [
  '',
  '0',
  '-1',
  '1e308',
  'NaN',
  '99999999999',
  '\\',
  '\\\\\\\\\\\\\\\\',
  '1\\2\\x',
  '\x1b$B',
  '\xff\xfe\0',
];
const valueRepresentations = ['SQ', 'UN', 'OB', 'OW', 'US', 'DS', 'FD', 'UT', 'OV', '??', '\0\0'];

/** @type {Readonly<Record<string, (bytes: Buffer, random: Random, seed: Seed, other: Seed) => Buffer>>} */
const damages = {
  flipBits(bytes, random) {
    for (let n = random.integer(8); n >= 0; n--) bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
    return bytes;
  },
  overwriteBytes(bytes, random) {
    const start = random.integer(bytes.length);
    return bytes.fill(
      random.pick([0, 0xff, 0x7f, 0x80, 0x20]),
      start,
      Math.min(bytes.length, start + 1 + random.integer(16)),
    );
  },
  truncate: (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  editLength(bytes, random, { places }) {
    if (places.length === 0) return bytes;
    const { value, start, end } = random.pick(places);
    const length = random.pick([
      ...lengths,
      end - value + 1,
      end - value - 1,
      bytes.length - value,
      bytes.length - value + 1,
    ]);
    if (value > bytes.length) return bytes;
    if (value - start === 12) bytes.writeUInt32LE(length >>> 0, value - 4);
    else bytes.writeUInt16LE(length & 0xffff, value - 2);
    return bytes;
  },
  editValue(bytes, random, { places }) {
    if (places.length === 0) return bytes;
    const { value, end } = random.pick(places);
    const filled = Buffer.alloc(Math.max(0, Math.min(end - value, 64)), 0x20);
    filled.write(random.pick(texts), 'latin1');
    if (random.integer(2) === 0) filled.fill(random.pick([0, 1, 0x7f, 0xff]));
    if (value <= bytes.length) filled.copy(bytes, value);
    return bytes;
  },
  swapVR(bytes, random, { places }) {
    const { start } = places.length === 0 ? { start: 0 } : random.pick(places);
    if (start + 6 <= bytes.length) bytes.write(random.pick(valueRepresentations), start + 4, 'latin1');
    return bytes;
  },
  moveElement(bytes, random, seed) {
    if (seed.places.length === 0) return bytes;
    const { start, end } = random.pick(seed.places);
    const target = random.pick(seed.places).start;
    const element = bytes.subarray(start, Math.min(end, start + 100_000));
    const without = random.integer(2) === 0 ? bytes : Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
    return Buffer.concat([without.subarray(0, target), element, without.subarray(target)]);
  },
  deleteElement(bytes, random, { places }) {
    if (places.length === 0) return bytes;
    const { start, end } = random.pick(places);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  splice(bytes, random, _seed, other) {
    const from = random.integer(other.bytes.length);
    const piece = other.bytes.subarray(from, from + random.integer(4096));
    const at = random.integer(bytes.length);
    const resumeAt = random.integer(2) === 0 ? at : at + piece.length;
    return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(resumeAt)]);
  },
  nest(bytes, random, { places }) {
    // A sequence in a sequence in a sequence, of undefined length.
    const level = Buffer.from('0800401153510000fffffffffeff00e0ffffffff', 'hex');
    const at = places.length === 0 ? bytes.length : random.pick(places).start;
    const levels = random.pick([3, 100, 3000, 30_000]);
    return Buffer.concat([bytes.subarray(0, at), ...Array(levels).fill(level), bytes.subarray(at)]);
  },
  manyElements(bytes, random, { places }) {
    const at = places.length === 0 ? bytes.length : random.pick(places).start;
    const element = random.pick(['feff00e000000000', '0800400053480000', 'feffdde000000000']);
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(element.repeat(random.pick([10, 20_000])), 'hex'),
      bytes.subarray(at),
    ]);
  },
};
const common = [
  'flipBits',
  'overwriteBytes',
  'editLength',
  'editValue',
  'editValue',
  'swapVR',
  'moveElement',
  'deleteElement',
];
const all = [...common, ...common, ...Object.keys(damages)];

/**
 * @param {readonly (readonly Seed[])[]} seeds Groups that are drawn from equally often.
 * @param {Random} random
 * @returns {{ description: string, bytes: Buffer }}
 */
export function damageInstance(seeds, random) {
  const seed = random.pick(random.pick(seeds));
  /** @type {Buffer} */
  let bytes = Buffer.from(seed.bytes);
  const applied = [];
  for (let n = random.integer(3); n >= 0 && bytes.length > 0; n--) {
    const name = random.pick(all);
    bytes = damages[name](bytes, random, seed, random.pick(random.pick(seeds)));
    applied.push(name);
  }
  return { description: `${seed.name}: ${applied.join(', ')}`, bytes };
}
