import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { BoxPrompt } from '../../../server/contract/imagePrompts.js';
import type { Job } from '../../../server/contract/job.js';
import type { Problem } from '../../../server/contract/problem.js';
import { naturalizeHeader } from '../../../server/src/dicom/naturalizeHeader.js';
import { measureMask } from '../../../server/src/segmenter/measureMask.js';
import { apply, type Vector3 } from '../../../server/src/values/affine.js';
import { countBits, diceOfBits, emptyBits, getBit, setBit } from '../../../server/src/values/maskBits.js';
import { dciodvfy, itWithDciodvfy } from '../../conformance/outsideTools.js';
import { call, storedResult, waitFor, workersOf } from '../productClient.js';
import {
  bitsOf,
  identityOf,
  lungs,
  numberOfStored,
  original,
  product,
  refine,
  refined,
  series,
  stored,
  volume,
} from './lungs.js';

/** The voxels of one slice. */
function onSlice(bits: Uint8Array, slice: number): Uint8Array {
  const size = volume.grid.size[0] * volume.grid.size[1];
  const part = emptyBits(size);
  for (let n = 0; n < size; n++) if (getBit(bits, slice * size + n)) setBit(part, n);
  return part;
}

/** The middle slice of a lung and the box around it there, a voxel larger. */
export function aroundLung(number: number): { slice: number; box: BoxPrompt; first: Vector3; last: Vector3 } {
  const bits = bitsOf(original, number);
  const { first, last } = measureMask({ grid: volume.grid, bits }, volume).boundingBox;
  const slice = Math.round((first[2] + last[2]) / 2);
  const [columns, rows] = volume.grid.size;
  const middle = onSlice(bits, slice);
  const inside: [number, number][] = [];
  for (let j = 0; j < rows; j++)
    for (let i = 0; i < columns; i++) if (getBit(middle, i + columns * j)) inside.push([i, j]);
  const place = (pick: (...values: number[]) => number, axis: 0 | 1) => pick(...inside.map((each) => each[axis]));
  const from: Vector3 = [place(Math.min, 0) - 1, place(Math.min, 1) - 1, slice];
  const to: Vector3 = [place(Math.max, 0) + 1, place(Math.max, 1) + 1, slice];
  return { slice, first: from, last: to, box: boxBetween(from, to) };
}

const boxBetween = (a: Vector3, b: Vector3): BoxPrompt => ({
  kind: 'box',
  corners: [apply(volume.grid.voxelToLps, a), apply(volume.grid.voxelToLps, b)],
  frameOfReferenceUID: volume.frameOfReferenceUID,
});

export function describeBoxes(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-boxes-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  describe('a box with a name', () => {
    let made: Job;
    const lung = () => aroundLung(1);

    it('becomes a coded segment of what is in it, in the archive', async () => {
      const { slice, box } = lung();
      made = await refined({ ...series, name: 'linke Lunge', boxes: [box], throughSlices: false });
      expect(made).toMatchObject({
        state: 'completed',
        request: { prompts: ['linke Lunge'] },
        refinement: { boxes: [box], throughSlices: false },
        model: { id: 'lite-medsam' },
        findings: [{ status: 'found', segmentNumber: 1, target: { name: 'Left lung', laterality: 'left' } }],
      });
      expect(made.notes).toContain('One box that a person drew made this segment.');
      expect(made.notes.join(' ')).toMatch(/shown to the model in the window “lung”/);
      expect(made.notes.join(' ')).toMatch(/the model's own estimate of the fit is 0\.\d\d/);
      const bits = bitsOf(await stored(made), 1);
      expect(countBits(bits)).toBe(countBits(onSlice(bits, slice)));
      expect(diceOfBits(onSlice(bits, slice), onSlice(bitsOf(original, 1), slice))).toBeGreaterThan(0.85);
    });

    it('says in the object how it was made', async () => {
      const header = naturalizeHeader(await storedResult(product, made));
      expect(header).toMatchObject({
        ContentDescription: 'Research use only. Segmented in boxes drawn by a person.',
        SeriesDescription: 'Left lung',
        SegmentSequence: [
          { SegmentLabel: 'Left lung', SegmentAlgorithmType: 'SEMIAUTOMATIC', SegmentAlgorithmName: 'LiteMedSAM' },
        ],
      });
      expect(header).not.toHaveProperty('SourceImageSequence');
    });

    itWithDciodvfy('is conformant', async () => {
      const file = path.join(folder, 'made.dcm');
      writeFileSync(file, await storedResult(product, made));
      expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
    });

    it('goes on through the slices of the box, and is repeated to the same voxels', async () => {
      const { slice, first, last } = lung();
      const box = boxBetween([first[0], first[1], slice - 1], [last[0], last[1], slice + 1]);
      const through = await refined({ ...series, name: '"what I marked"', boxes: [box] });
      expect(through.findings).toMatchObject([
        { status: 'found', target: { name: 'what I marked', code: { scheme: '99PROMPTSEG' } } },
      ]);
      const bits = bitsOf(await stored(through), 1);
      for (let k = slice - 1; k <= slice + 1; k++)
        expect(diceOfBits(onSlice(bits, k), onSlice(bitsOf(original, 1), k))).toBeGreaterThan(0.8);
      const { body } = await call<Job>(product, 'POST', `/segmentations/${through.id}/rerun`);
      const again = await waitFor(product, body.id);
      expect(again.result!.sopInstanceUID).not.toBe(through.result!.sopInstanceUID);
      expect(bitsOf(await stored(again), 1)).toEqual(bits);
    });
  });

  describe('a box that corrects a result', () => {
    let corrected: Job;

    it('changes its segment on its slice alone, and names what it was made of', async () => {
      const { slice, first, last } = aroundLung(1);
      // The upper half of the lung on this slice.
      const half = boxBetween(first, [last[0], (first[1] + last[1]) / 2, slice]);
      corrected = await refined({ boxes: [half], throughSlices: false, corrects: { job: lungs.id, segmentNumber: 1 } });
      expect(corrected).toMatchObject({ state: 'completed', refinement: { corrects: { job: lungs.id } } });
      expect(corrected.notes).toContain('One box that a person drew corrected segment 1 of the result.');
      const after = await stored(corrected);
      const [before, now] = [bitsOf(original, 1), bitsOf(after, 1)];
      for (let k = 0; k < volume.grid.size[2]; k++)
        if (k !== slice) expect(onSlice(now, k)).toEqual(onSlice(before, k));
      expect(countBits(onSlice(now, slice))).toBeLessThan(0.8 * countBits(onSlice(before, slice)));
      expect(bitsOf(after, 2)).toEqual(bitsOf(original, 2));

      expect(identityOf(after)).toEqual(identityOf(original));
      expect(after.segments.map(({ algorithmType }) => algorithmType)).toEqual(['SEMIAUTOMATIC', 'AUTOMATIC']);
      expect(naturalizeHeader(await storedResult(product, corrected))).toMatchObject({
        ContentDescription: 'Research use only. Segmented, then corrected with boxes.',
        SourceImageSequence: [{ ReferencedSOPInstanceUID: lungs.result!.sopInstanceUID }],
        SegmentSequence: [
          { SegmentAlgorithmName: 'LiteMedSAM' },
          { SegmentAlgorithmName: 'Promptseg CT tissues (rule-based)' },
        ],
      });
      expect(await stored(lungs)).toEqual(original);
    });

    itWithDciodvfy('is conformant', async () => {
      const file = path.join(folder, 'corrected.dcm');
      writeFileSync(file, await storedResult(product, corrected));
      expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
    });

    it('can be corrected further', async () => {
      const { box } = aroundLung(2);
      const further = await refined({
        boxes: [box],
        throughSlices: false,
        corrects: { job: corrected.id, segmentNumber: 2 },
      });
      expect(naturalizeHeader(await storedResult(product, further))).toMatchObject({
        SourceImageSequence: [{ ReferencedSOPInstanceUID: corrected.result!.sopInstanceUID }],
      });
      expect(bitsOf(await stored(further), 1)).toEqual(bitsOf(await stored(corrected), 1));
    });
  });

  describe('what goes wrong', () => {
    const [columns, rows] = [() => volume.grid.size[0], () => volume.grid.size[1]];

    it.each<[string, () => BoxPrompt, RegExp]>([
      [
        'outside of the images',
        () => boxBetween([columns() + 5, 3, 4], [columns() + 20, 20, 4]),
        /outside of the images/,
      ],
      ['without an area', () => boxBetween([5, 5, 4], [5, 30, 4]), /encloses no area/],
      ['in another frame of reference', () => ({ ...aroundLung(1).box, frameOfReferenceUID: '1.2.3' }), /other images/],
      ['on an oblique plane', () => ({ ...aroundLung(1).box, normal: [0, 1, 1] }), /oblique/],
      ['beside all slices', () => boxBetween([5, 5, -40], [rows() - 5, 30, -40]), /outside of the images/],
    ])('a box %s fails its job with a sentence, and stores nothing', async (_, box, sentence) => {
      const before = await numberOfStored();
      const job = await refined({ ...series, name: 'liver', boxes: [box()] });
      expect(job).toMatchObject({
        state: 'failed',
        problem: { code: 'box-unsuitable', detail: expect.stringMatching(sentence) },
      });
      expect(await numberOfStored()).toBe(before);
    });

    it('in the request is named', async () => {
      const { status, body } = await refine({ ...series, name: 'liver', boxes: [] });
      expect([status, (body as unknown as Problem).code]).toEqual([400, 'request-invalid']);
    });

    it('with the worker loses nothing: the box runs again and is stored once', async () => {
      const before = await numberOfStored();
      const { slice, first, last } = aroundLung(2);
      const workers = await workersOf(product);
      const { body } = await refine({
        ...series,
        name: 'right lung',
        // On slices that the model has not looked at before, so that it is at work for a while.
        boxes: [boxBetween([first[0], first[1], slice + 4], [last[0], last[1], slice + 6])],
      });
      await waitFor(product, body.id, ['segmenting']);
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      const job = await waitFor(product, body.id);
      expect(job).toMatchObject({ state: 'completed', failedAttempts: [{ code: 'worker-lost' }] });
      expect(await numberOfStored()).toBe(before + 1);
    });
  });
}
