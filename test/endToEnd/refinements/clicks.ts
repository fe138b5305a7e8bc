import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { ClickPrompt } from '../../../server/contract/imagePrompts.js';
import type { Job } from '../../../server/contract/job.js';
import type { Problem } from '../../../server/contract/problem.js';
import type { RefinementRequest } from '../../../server/contract/refinements.js';
import { naturalizeHeader } from '../../../server/src/dicom/naturalizeHeader.js';
import { measureMask } from '../../../server/src/segmenter/measureMask.js';
import type { Vector3 } from '../../../server/src/values/affine.js';
import { getBit } from '../../../server/src/values/maskBits.js';
import { dciodvfy, itWithDciodvfy } from '../../conformance/outsideTools.js';
import { call, storedResult, waitFor, workersOf } from '../productClient.js';
import {
  bitsOf,
  click,
  identityOf,
  indexOf,
  lungs,
  numberOfStored,
  original,
  placeOf,
  product,
  refine,
  refined,
  stored,
  volume,
} from './lungs.js';

/** A voxel in the middle of the first lung, and one just beside the lung. */
function places(): { inside: Vector3; beside: Vector3 } {
  const bits = bitsOf(original, 1);
  const { first, last } = measureMask({ grid: volume.grid, bits }, volume).boundingBox;
  const [j, k] = [Math.round((first[1] + last[1]) / 2), Math.round((first[2] + last[2]) / 2)];
  const line = Array.from({ length: volume.grid.size[0] }, (_, i) => i).filter((i) => getBit(bits, indexOf([i, j, k])));
  return { inside: [line[Math.floor(line.length / 2)]!, j, k], beside: [line.at(-1)! + 4, j, k] };
}

const correctedBy = (clicks: ClickPrompt[]): Promise<Job> =>
  refined({ clicks, corrects: { job: lungs.id, segmentNumber: 1 } });

export function describeClicks(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-clicks-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  describe('clicks on a result', () => {
    let corrected: Job;

    it('change its segment near them, and name what it was made of', async () => {
      const { inside, beside } = places();
      const clicks = [click(beside, true), click(inside, false)];
      corrected = await correctedBy(clicks);
      expect(corrected).toMatchObject({
        state: 'completed',
        refinement: { clicks, corrects: { job: lungs.id, segmentNumber: 1 } },
        model: { id: 'regions', reason: 'It takes clicks.' },
        findings: [
          { status: 'found', segmentNumber: 1, change: 'edited' },
          { status: 'found', segmentNumber: 2, change: 'unchanged' },
        ],
      });
      expect(corrected.notes).toContain(
        '2 clicks of a person corrected segment 1 of the result: 1 on what is part of it, 1 on what is not.',
      );
      const after = await stored(corrected);
      const now = bitsOf(after, 1);
      expect([getBit(now, indexOf(beside)), getBit(now, indexOf(inside))]).toEqual([true, false]);
      expect(bitsOf(after, 2)).toEqual(bitsOf(original, 2));
      expect(await stored(lungs)).toEqual(original);

      expect(identityOf(after)).toEqual(identityOf(original));
      expect(after.segments.map(({ algorithmType }) => algorithmType)).toEqual(['SEMIAUTOMATIC', 'AUTOMATIC']);
      expect(naturalizeHeader(await storedResult(product, corrected))).toMatchObject({
        ContentDescription: 'Research use only. Segmented, then corrected by clicks.',
        DerivationDescription: 'Corrected by clicks of a person, from the segmentation in Source Image Sequence',
        SourceImageSequence: [{ ReferencedSOPInstanceUID: lungs.result!.sopInstanceUID }],
        SegmentSequence: [{ SegmentAlgorithmName: 'Promptseg regions by clicks' }, {}],
      });
    });

    it('change nothing far from them, voxel for voxel', async () => {
      const [before, now] = [bitsOf(original, 1), bitsOf(await stored(corrected), 1)];
      const { inside, beside } = places();
      const farthest = (voxel: Vector3): number => {
        const [x, y, z] = placeOf(voxel);
        return Math.min(
          ...[inside, beside].map((near) => {
            const [a, b, c] = placeOf(near);
            return Math.hypot(x - a, y - b, z - c);
          }),
        );
      };
      const [columns, rows] = volume.grid.size;
      let [changed, reach] = [0, 0];
      for (let n = 0; n < 8 * before.length; n++) {
        if (getBit(before, n) === getBit(now, n)) continue;
        changed++;
        const voxel: Vector3 = [n % columns, Math.floor(n / columns) % rows, Math.floor(n / (columns * rows))];
        reach = Math.max(reach, farthest(voxel));
      }
      expect(changed).toBeGreaterThan(2);
      // `largestReach` of the model.
      expect(reach).toBeLessThanOrEqual(60);
    });

    itWithDciodvfy('are conformant', async () => {
      const file = path.join(folder, 'corrected.dcm');
      writeFileSync(file, await storedResult(product, corrected));
      expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
    });

    it('are made on the command line, on the corrected result too, and repeated to the same voxels', async () => {
      const { inside } = places();
      const command = path.resolve(import.meta.dirname, '../../../server/bin/promptseg.mjs');
      const options = [
        '--server',
        product.url,
        '--job',
        corrected.id,
        '--include',
        placeOf(inside).join(','),
        '--json',
      ];
      const { stdout } = await promisify(execFile)(process.execPath, [command, 'refine', ...options]);
      const further = JSON.parse(stdout) as Job;
      expect(naturalizeHeader(await storedResult(product, further))).toMatchObject({
        SourceImageSequence: [{ ReferencedSOPInstanceUID: corrected.result!.sopInstanceUID }],
      });
      const bits = bitsOf(await stored(further), 1);
      expect(getBit(bits, indexOf(inside))).toBe(true);
      const { body } = await call<Job>(product, 'POST', `/segmentations/${further.id}/rerun`);
      expect(bitsOf(await stored(await waitFor(product, body.id)), 1)).toEqual(bits);
    });
  });

  describe('what goes wrong', () => {
    it.each<[string, () => ClickPrompt, RegExp]>([
      ['outside of the images', () => click([-9, 3, 4], true), /outside of the images/],
      ['in another frame of reference', () => click([5, 5, 4], true, { frameOfReferenceUID: '1.2.3' }), /other images/],
    ])('a click %s fails its job with a sentence, and stores nothing', async (_, wrong, sentence) => {
      const before = await numberOfStored();
      const { inside } = places();
      expect(await correctedBy([click(inside, false), wrong()])).toMatchObject({
        state: 'failed',
        problem: { code: 'click-unsuitable', detail: expect.stringMatching(sentence) },
      });
      expect(await numberOfStored()).toBe(before);
    });

    it('clicks that leave the segment as it is store nothing', async () => {
      const before = await numberOfStored();
      const { inside } = places();
      expect(await correctedBy([click(inside, true)])).toMatchObject({
        state: 'failed',
        problem: { code: 'edit-without-change', detail: 'The clicks leave the segment as it is.' },
      });
      expect(await numberOfStored()).toBe(before);
    });

    it('no clicks, too many, and clicks on something new are named', async () => {
      const { inside } = places();
      const corrects = { job: lungs.id, segmentNumber: 1 };
      const many = Array.from({ length: 201 }, () => click(inside, true));
      for (const request of [
        { clicks: [], corrects },
        { clicks: many, corrects },
        { clicks: [click(inside, true)], name: 'liver' },
      ]) {
        const { status, body } = await refine(request as unknown as RefinementRequest);
        expect([status, (body as unknown as Problem).code]).toEqual([400, 'request-invalid']);
      }
    });

    it('two hundred clicks at once become one segment', async () => {
      const { inside, beside } = places();
      const clicks = Array.from({ length: 200 }, (_, n) => click(n % 3 === 0 ? beside : inside, n % 3 === 0));
      const job = await correctedBy(clicks);
      expect(job).toMatchObject({ state: 'completed', refinement: { clicks: { length: 200 } } });
    });

    it('with the worker loses nothing: the clicks run again and are stored once', async () => {
      const before = await numberOfStored();
      const { inside, beside } = places();
      const workers = await workersOf(product);
      const clicks = [click(inside, false), click(beside, true), click(inside, true)];
      const { body } = await refine({ clicks, corrects: { job: lungs.id, segmentNumber: 1 } });
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      const job = await waitFor(product, body.id);
      expect(job).toMatchObject({ state: 'completed' });
      expect(await numberOfStored()).toBe(before + 1);
    });
  });
}
