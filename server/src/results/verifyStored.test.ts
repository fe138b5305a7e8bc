import { describe, expect, it } from '@jest/globals';
import dcmjs from 'dcmjs';
import { encodeSegmentation, type SegmentationInput } from './encodeSegmentation.js';
import { makeInput, makeTarget, makeVolume, random, randomGrid, randomMask } from './syntheticSegments.js';
import { verifyStored } from './verifyStored.js';

const { DicomMessage } = dcmjs.data;

const next = random(21);
const grid = randomGrid(next, [7, 9, 4]);
const volume = makeVolume(grid);
const masks = [randomMask(grid, next, () => true), randomMask(grid, next, (slice) => slice < 2)];
const input = makeInput(volume, masks);
const sent = encodeSegmentation(input).part10;

/** What another writer makes of it: dcmjs reads it and writes it again, without our explicit lengths. */
function rewritten(): Uint8Array {
  const file = DicomMessage.readFile(sent.buffer.slice(sent.byteOffset, sent.byteOffset + sent.length) as ArrayBuffer);
  return new Uint8Array(file.write());
}

const differing = (readBack: Uint8Array): Promise<unknown> =>
  verifyStored(sent, readBack).then(
    () => [],
    (error) => {
      expect(error).toMatchObject({ code: 'store-not-verified' });
      return (error as { details: { differing?: unknown } }).details.differing;
    },
  );
const encodedWith = (changes: Partial<SegmentationInput>) => encodeSegmentation({ ...input, ...changes }).part10;

describe('verifyStored', () => {
  it('accepts equal bytes', async () => {
    expect(await differing(Uint8Array.from(sent))).toEqual([]);
  });

  it('accepts the same object in other bytes', async () => {
    const other = rewritten();
    expect(Buffer.compare(other, sent)).not.toBe(0);
    expect(await differing(other)).toEqual([]);
  });

  it('accepts padding and coerced patient attributes', async () => {
    expect(
      await differing(encodedWith({ source: { ...volume, header: { ...volume.header, PatientID: 'COERCED' } } })),
    ).toEqual([]);
  });

  it('sees one changed pixel', async () => {
    const [first, second] = masks;
    const bits = Uint8Array.from(first!.bits);
    bits[0]! ^= 4;
    const segments = [
      { ...input.segments[0]!, mask: { grid, bits } },
      { ...input.segments[1]!, mask: second! },
    ];
    expect(await differing(encodedWith({ segments }))).toEqual(['pixels']);
  });

  it('sees the last pixel, but not the padding behind it', async () => {
    // 6 frames of 63 pixels are 378 bits: the last byte of the file holds the last 2, and 6 bits of padding
    const withChangedLastByte = (bit: number) => {
      const changed = rewritten();
      changed[changed.length - 1]! ^= 1 << bit;
      return changed;
    };
    expect(await differing(withChangedLastByte(1))).toEqual(['pixels']);
    expect(await differing(withChangedLastByte(2))).toEqual([]);
  });

  it.each([
    [
      'another label',
      { segments: input.segments.map(({ mask }) => ({ mask, target: makeTarget('other') })) },
      ['segments'],
    ],
    [
      'another instance',
      { identifiers: { ...input.identifiers, sopInstanceUID: '2.25.9' } },
      ['sopInstanceUID', 'segments'],
    ],
    ['another series', { identifiers: { ...input.identifiers, seriesInstanceUID: '2.25.9' } }, ['seriesInstanceUID']],
    ['another study', { source: { ...volume, studyInstanceUID: '2.25.9' } }, ['studyInstanceUID']],
    ['another source series', { source: { ...volume, seriesInstanceUID: '2.25.9' } }, ['referencedSeries']],
    [
      'other source images',
      { source: { ...volume, sourceImages: [...volume.sourceImages].reverse() } },
      ['frames', 'referencedSeries'],
    ],
  ])('sees %s', async (_what, changes, expected) => {
    expect(await differing(encodedWith(changes))).toEqual(expected);
  });

  it('sees fewer frames', async () => {
    expect(await differing(encodedWith({ segments: [input.segments[0]!] }))).toEqual(['segments', 'frames', 'pixels']);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['half of it', sent.subarray(0, sent.length / 2)],
    ['an error page', Buffer.from('<html>502 Bad Gateway</html>')],
  ])('does not accept %s', async (_what, readBack) => {
    await expect(verifyStored(sent, readBack)).rejects.toMatchObject({ code: 'store-not-verified' });
  });
});
