import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { copyBits } from '../../server/src/results/packFrames.js';
import { type ReadSegmentation, readSegmentation } from '../../server/src/results/readSegmentation.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { volumeOfFolder } from './encodeSeries.js';
import { itWithPython, readFramesWithHighdicom } from './outsideTools.js';

/** Labels of an NRRD file of shorts, columns fastest; the file's grid is that of the images. */
async function readLabels(file: string): Promise<Int16Array> {
  const bytes = await readFile(file);
  const headerEnd = bytes.indexOf('\n\n') + 2;
  const isCompressed = bytes.subarray(0, headerEnd).includes('encoding: gzip');
  const data = isCompressed ? gunzipSync(bytes.subarray(headerEnd)) : bytes.subarray(headerEnd);
  return new Int16Array(Uint8Array.from(data).buffer);
}

describeWithSharedData('segmentations that dcmqi made', ['seg_dcmqi'], ([folder]) => {
  const segmentations = path.join(folder!, 'data/segmentations');

  // frames of 23 × 38 pixels do not end at a byte
  it.each(['23x38x3', '24x38x3'])('%s is read as the labels that it was made from', async (name) => {
    const { grid } = await volumeOfFolder(path.join(segmentations, name, 'image'));
    const labels = await readLabels(path.join(segmentations, name, 'nrrd/label.nrrd'));
    const read = readSegmentation(await readFile(path.join(segmentations, name, 'seg/label.seg')));
    const { bits } = maskOfSegment(read, 1, grid);
    const found = Array.from(labels, (_, voxel) => (bits[voxel >> 3]! >> (voxel & 7)) & 1);
    expect(found).toEqual(Array.from(labels, (label) => (label === 0 ? 0 : 1)));
    expect(found).toContain(1);
  });

  it('overlapping segments keep their names and codes', async () => {
    const read = readSegmentation(await readFile(path.join(segmentations, 'partial_overlaps.dcm')));
    expect(read.segments.map(({ label, type }) => [label, type?.value])).toEqual([
      ['GREEN', '85756007'],
      ['ORANGE', '51114001'],
      ['PURPLE', '20982000'],
      ['LIGHT_BLUE', '79654002'],
      ['DARK_BLUE', '29092000'],
    ]);
  });
});

describeWithSharedData(
  'segmentations of other makers',
  ['seg_dcmqi', 'seg_highdicom', 'pet_wholebody_with_seg'],
  (folders) => {
    const [dcmqi, highdicom, pet] = folders as [string, string, string];
    const files = [
      ...[
        'sr-example/seg.dcm',
        'segmentations/liver.dcm',
        'segmentations/partial_overlaps.dcm',
        'segmentations/24x38x3/seg/label.seg',
        'segmentations/23x38x3/seg/label.seg',
        'segmentations/sparse-labelmap-noppv.dcm',
        'segmentations/sparse-labelmap-ppv5.dcm',
      ].map((name) => path.join(dcmqi, 'data', name)),
      ...[
        'cr_binary',
        'ct_binary',
        'ct_binary_overlap',
        'ct_binary_single_frame',
        'ct_binary_fractional',
        'ct_true_fractional',
        'sm_control',
        'sm_control_labelmap',
        'sm_control_labelmap_palette_color',
        'sm_dots',
        'sm_numbers',
      ].map((name) => path.join(highdicom, 'data/test_files', `seg_image_${name}.dcm`)),
      path.join(pet, 'SEG/3DSlicer/tumor_User1_Manual_Trial1.dcm'),
    ];

    itWithPython('are the same frame by frame for highdicom and for us', async () => {
      const expected = await readFramesWithHighdicom(files);
      expect(new Set(expected.map(({ type }) => type))).toEqual(new Set(['BINARY', 'FRACTIONAL', 'LABELMAP']));
      for (const [index, file] of files.entries()) {
        const read = readSegmentation(await readFile(file));
        expect({
          file: path.basename(file),
          type: read.pixels.type,
          segments: read.segments.map(({ number, label }) => [number, label]),
          frames: read.frames.map(({ segmentNumber }, frame) => ({
            segment: segmentNumber ?? null,
            sha256: createHash('sha256').update(storedFrame(read, frame)).digest('hex'),
          })),
        }).toEqual({ file: path.basename(file), ...expected[index] });
      }
    });

    it('that 3D Slicer made of a PET are on the slices of the images that their frames refer to', async () => {
      const { grid, sourceImages } = await volumeOfFolder(path.join(pet, 'PET'));
      const read = readSegmentation(await readFile(files.at(-1)!));
      const frameBits = read.rows * read.columns;
      for (const { number } of read.segments) {
        const expected = new Uint8Array((frameBits * sourceImages.length) / 8);
        read.frames.forEach((frame, index) => {
          if (frame.segmentNumber !== number) return;
          const [source] = frame.sourceImages;
          const slice = sourceImages.findIndex(({ sopInstanceUID }) => sopInstanceUID === source?.sopInstanceUID);
          if (read.pixels.type === 'BINARY')
            copyBits(read.pixels.bits, index * frameBits, expected, slice * frameBits, frameBits);
        });
        expect(expected.some((byte) => byte !== 0)).toBe(true);
        expect(Buffer.compare(maskOfSegment(read, number, grid).bits, expected)).toBe(0);
      }
    });

    it('name the segment that is padding in a label map', async () => {
      const read = readSegmentation(await readFile(path.join(dcmqi, 'data/segmentations/sparse-labelmap-ppv5.dcm')));
      expect(read.pixels).toMatchObject({ type: 'LABELMAP', background: 5 });
    });

    it('are refused where they do not describe their frames, as those of slides need not', async () => {
      const file = path.join(highdicom, 'data/test_files/seg_image_sm_dots_tiled_full.dcm');
      const part10 = await readFile(file);
      expect(() => readSegmentation(part10)).toThrow(expect.objectContaining({ code: 'segmentation-unreadable' }));
    });
  },
);

/** The pixels of one frame, of a BINARY segmentation as bits from the first of a byte on. */
function storedFrame({ pixels, rows, columns }: ReadSegmentation, frame: number): Uint8Array {
  const [first, end] = [frame * rows * columns, (frame + 1) * rows * columns];
  if (pixels.type === 'FRACTIONAL') return pixels.values.subarray(first, end);
  if (pixels.type === 'LABELMAP') return new Uint8Array(pixels.labels.slice(first, end).buffer);
  const packed = new Uint8Array(Math.ceil((rows * columns) / 8));
  copyBits(pixels.bits, first, packed, 0, rows * columns);
  return packed;
}
