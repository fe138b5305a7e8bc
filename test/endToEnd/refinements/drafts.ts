import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Draft, DraftMask, DraftsView, NewDraft } from '../../../server/contract/drafts.js';
import type { LassoPrompt, RegionPrompt, ScribblePrompt } from '../../../server/contract/imagePrompts.js';
import type { Job } from '../../../server/contract/job.js';
import type { Problem } from '../../../server/contract/problem.js';
import { naturalizeHeader } from '../../../server/src/dicom/naturalizeHeader.js';
import { maskOfSegment } from '../../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../../server/src/results/readSegmentation.js';
import type { Vector3 } from '../../../server/src/values/affine.js';
import { countBits, emptyBits, getBit } from '../../../server/src/values/maskBits.js';
import { eventually } from '../../support/eventually.js';
import { call, storedResult, submit, waitFor, workersOf } from '../productClient.js';
import { bitsOf, click, indexOf, lungs, numberOfStored, original, placeOf, product, series, volume } from './lungs.js';

let originalLung: Uint8Array;

const storedBits = async (job: Job): Promise<Uint8Array> =>
  maskOfSegment(readSegmentation(await storedResult(product, job)), 1, volume.grid).bits;

/** The whole mask as the block says it is. */
function drawn({ block }: DraftMask, before = originalLung): Uint8Array {
  const bits = before.slice();
  if (block === undefined) return bits;
  const { first, size } = block;
  const cut = Buffer.from(block.bits, 'base64');
  for (let n = 0; n < size[0] * size[1] * size[2]; n++) {
    const [i, j] = [n % size[0], Math.floor(n / size[0]) % size[1]];
    const at = indexOf([first[0] + i, first[1] + j, first[2] + Math.floor(n / (size[0] * size[1]))]);
    if (getBit(cut, n)) bits[at >>> 3]! |= 1 << (at & 7);
    else bits[at >>> 3]! &= ~(1 << (at & 7));
  }
  return bits;
}

/** Voxels along a line through the first lung: in it, and just beside it. */
function places(): { inside: Vector3; beside: Vector3 } {
  const [columns, rows, slices] = volume.grid.size;
  const lines = Array.from({ length: rows * slices }, (_, line) => ({
    line,
    inside: Array.from({ length: columns }, (_, i) => i).filter((i) => getBit(originalLung, line * columns + i)),
  }));
  const { line, inside } = lines.reduce((a, b) => (b.inside.length > a.inside.length ? b : a));
  const [j, k] = [line % rows, Math.floor(line / rows)];
  return { inside: [inside[Math.floor(inside.length / 2)]!, j, k], beside: [inside.at(-1)! + 4, j, k] };
}

export async function begun(): Promise<Draft> {
  const corrects = { job: lungs.id, segmentNumber: 1 };
  const { status, body } = await call<Draft>(product, 'POST', '/drafts', { corrects });
  expect(status).toBe(201);
  return body;
}
export const add = (id: string, made: RegionPrompt) => call<Draft>(product, 'POST', `/drafts/${id}/clicks`, made);
export const maskOf = async (id: string): Promise<DraftMask> =>
  (await call<DraftMask>(product, 'GET', `/drafts/${id}/mask`)).body;
const discard = async (id: string): Promise<number> =>
  (await fetch(`${product.url}/api/v1/drafts/${id}`, { method: 'DELETE' })).status;

export function describeDrafts(): void {
  beforeAll(() => {
    originalLung = bitsOf(original, 1);
  });

  describe('a draft', () => {
    it('shows what its clicks change, undoes them, and is stored as it was shown', async () => {
      const { inside, beside } = places();
      const { id } = await begun();
      expect(await maskOf(id)).toEqual({ version: 1 });
      const listed = (study: string) => call<DraftsView>(product, 'GET', `/drafts?study=${study}`);
      expect((await listed(lungs.request.studyInstanceUID)).body.drafts).toMatchObject([
        { id, version: 1, clicks: [] },
      ]);
      expect((await listed('1.2.3')).body).toEqual({ drafts: [] });

      await add(id, click(inside, false));
      const one = await maskOf(id);
      expect(getBit(drawn(one), indexOf(inside))).toBe(false);
      const { images, first, size } = one.block!;
      expect(images).toEqual(
        volume.sourceImages.slice(first[2], first[2] + size[2]).map(({ sopInstanceUID }) => ({ sopInstanceUID })),
      );

      await add(id, click(beside, true));
      const two = await maskOf(id);
      expect(getBit(drawn(two), indexOf(beside))).toBe(true);
      const undone = await call<Draft>(product, 'DELETE', `/drafts/${id}/clicks/last`);
      expect(undone.body).toMatchObject({ clicks: [{ part: false }], version: 4 });
      expect(drawn(await maskOf(id))).toEqual(drawn(one));
      await add(id, click(beside, true));
      expect(drawn(await maskOf(id))).toEqual(drawn(two));

      const { status, body } = await call<Job>(product, 'POST', `/drafts/${id}/accept`);
      expect(status).toBe(202);
      const job = await waitFor(product, body.id);
      expect(job).toMatchObject({ state: 'completed', refinement: { clicks: [{ part: false }, { part: true }] } });
      expect(await storedBits(job)).toEqual(drawn(two));
      expect(await storedBits(lungs)).toEqual(originalLung);
      const gone = await call<Problem>(product, 'GET', `/drafts/${id}`);
      expect([gone.status, gone.body.code]).toEqual([404, 'draft-not-found']);
    });

    it('takes scribbles and lassos, which are exact on their slice, and is stored as it was shown', async () => {
      const { inside, beside } = places();
      const { id } = await begun();
      const { frameOfReferenceUID } = volume;
      const [i, j, k] = inside;
      const square = [
        [i - 2.5, j - 2.5],
        [i + 2.5, j - 2.5],
        [i + 2.5, j + 2.5],
        [i - 2.5, j + 2.5],
      ].map(([column, row]): Vector3 => placeOf([column!, row!, k]));
      const lasso: LassoPrompt = { kind: 'lasso', outline: square, part: false, frameOfReferenceUID };
      const line = [placeOf(beside), placeOf([beside[0], beside[1] + 2, beside[2]])];
      const scribble: ScribblePrompt = { kind: 'scribble', line, part: true, frameOfReferenceUID };
      await add(id, lasso);
      const one = drawn(await maskOf(id));
      const [columns, rows] = volume.grid.size;
      const isInside = (column: number, row: number) => Math.abs(column - i) <= 2 && Math.abs(row - j) <= 2;
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          const at = indexOf([column, row, k]);
          expect(getBit(one, at)).toBe(getBit(originalLung, at) && !isInside(column, row));
        }
      const { body } = await add(id, scribble);
      expect(body.clicks).toEqual([lasso, scribble]);
      const two = drawn(await maskOf(id));
      expect(getBit(two, indexOf(beside))).toBe(true);
      const undone = await call<Draft>(product, 'DELETE', `/drafts/${id}/clicks/last`);
      expect(undone.body.clicks).toEqual([lasso]);
      expect(drawn(await maskOf(id))).toEqual(one);
      await add(id, scribble);
      const accepted = await call<Job>(product, 'POST', `/drafts/${id}/accept`);
      const job = await waitFor(product, accepted.body.id);
      expect(job).toMatchObject({ state: 'completed', refinement: { clicks: [lasso, scribble] } });
      expect(job.notes).toContain(
        'One scribble and one lasso of a person corrected segment 1 of the result: 1 on what is part of it, 1 on ' +
          'what is not.',
      );
      expect(await storedBits(job)).toEqual(two);
      expect(naturalizeHeader(await storedResult(product, job))).toMatchObject({
        ContentDescription: 'Research use only. Corrected by clicks and strokes.',
        DerivationDescription:
          'Corrected by clicks and strokes of a person, from the segmentation in Source Image Sequence',
      });
    });

    it('is the same after a click that was undone in another order, and on another draft', async () => {
      const { inside, beside } = places();
      const [a, b] = [await begun(), await begun()];
      for (const made of [click(beside, true), click(inside, false)]) await add(a.id, made);
      await add(b.id, click(inside, false));
      await maskOf(b.id);
      await call(product, 'DELETE', `/drafts/${b.id}/clicks/last`);
      for (const made of [click(beside, true), click(inside, false)]) await add(b.id, made);
      const [first, second] = [await maskOf(a.id), await maskOf(b.id)];
      expect(countBits(drawn(first))).not.toBe(countBits(originalLung));
      expect(drawn(second)).toEqual(drawn(first));
      for (const { id } of [a, b]) expect(await discard(id)).toBe(204);
    });

    it('is the same after the process that computes it was killed', async () => {
      const { inside, beside } = places();
      const { id } = await begun();
      for (const made of [click(inside, false), click(beside, true)]) await add(id, made);
      const before = await maskOf(id);
      for (const pid of await workersOf(product)) process.kill(pid, 'SIGKILL');
      // A request may still reach the process that is about to end.
      await eventually(() => maskOf(id)).toEqual(before);
      expect(await discard(id)).toBe(204);
    });

    it('of two that add clicks at once keeps both; of two that accept at once, one job is made', async () => {
      const { inside, beside } = places();
      const { id } = await begun();
      await Promise.all([add(id, click(inside, false)), add(id, click(beside, true))]);
      const { body } = await call<Draft>(product, 'GET', `/drafts/${id}`);
      expect(body.clicks.map(({ part }) => part).sort()).toEqual([false, true]);
      const before = await numberOfStored();
      const accepted = await Promise.all(
        [1, 2].map(() => call<Job & Problem>(product, 'POST', `/drafts/${id}/accept`)),
      );
      const jobs = accepted.filter(({ status }) => status === 202);
      expect(jobs.length).toBeGreaterThan(0);
      for (const { status, body: other } of accepted)
        if (status !== 202) expect(['draft-not-found', 'draft-changed']).toContain(other.code);
      const ids = new Set(jobs.map(({ body: job }) => job.id));
      expect(ids.size).toBe(1);
      expect(await waitFor(product, [...ids][0]!)).toMatchObject({ state: 'completed' });
      expect(await numberOfStored()).toBe(before + 1);
    });

    it('is followed by everybody who looks at it, until it ends', async () => {
      const { inside } = places();
      const { id } = await begun();
      const response = await fetch(`${product.url}/api/v1/drafts/${id}/events`);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      const seen = async (what: RegExp): Promise<void> => {
        while (!what.test(text)) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`the stream ended after: ${text}`);
          text += value;
        }
      };
      await seen(/id: 1\nevent: draft\n/);
      await add(id, click(inside, false));
      await seen(/id: 2\nevent: draft\ndata: .*"part":false/);
      await discard(id);
      await seen(/event: end\n/);
    });
  });

  describe('a draft of something new', () => {
    const named = () => ({ ...series, name: 'left lung' });
    const begunNew = () => call<NewDraft>(product, 'POST', '/drafts', named());

    it('begins with nothing and a name, and is stored as it was shown, with the code of its name', async () => {
      const { inside, beside } = places();
      const nothing = emptyBits(8 * originalLung.length);
      const { status, body: draft } = await begunNew();
      expect([status, draft.target.name]).toEqual([201, 'Left lung']);
      expect(await maskOf(draft.id)).toEqual({ version: 1 });
      await add(draft.id, click(inside, true));
      const one = drawn(await maskOf(draft.id), nothing);
      expect(getBit(one, indexOf(inside))).toBe(true);
      await add(draft.id, click(beside, true));
      const two = drawn(await maskOf(draft.id), nothing);
      expect(countBits(two)).toBeGreaterThan(countBits(one));
      await call(product, 'DELETE', `/drafts/${draft.id}/clicks/last`);
      expect(drawn(await maskOf(draft.id), nothing)).toEqual(one);

      const job = await waitFor(product, (await call<Job>(product, 'POST', `/drafts/${draft.id}/accept`)).body.id);
      expect(job).toMatchObject({
        state: 'completed',
        refinement: { clicks: [{ part: true }] },
        findings: [{ status: 'found', segmentNumber: 1, target: { id: draft.target.id } }],
        notes: expect.arrayContaining(['One click of a person made this segment: 1 on what is part of it.']),
      });
      expect(job.refinement).not.toHaveProperty('corrects');
      expect(await storedBits(job)).toEqual(one);
      const { segments } = readSegmentation(await storedResult(product, job));
      expect(segments).toMatchObject([{ label: 'Left lung', algorithmType: 'SEMIAUTOMATIC' }]);
      expect(naturalizeHeader(await storedResult(product, job))).toMatchObject({
        ContentDescription: 'Research use only. Segmented by clicks of a person.',
        SegmentSequence: [
          {
            SegmentAlgorithmName: 'Promptseg regions by clicks',
            SegmentedPropertyTypeCodeSequence: [{ CodingSchemeDesignator: 'SCT' }],
          },
        ],
      });

      const again = await call<Job>(product, 'POST', '/refinements', { ...named(), clicks: [click(inside, true)] });
      expect(await storedBits(await waitFor(product, again.body.id))).toEqual(one);
    });

    it('stores nothing where the clicks mark nothing, and is refused without one name', async () => {
      const before = await numberOfStored();
      const { body: draft } = await begunNew();
      await add(draft.id, click(places().inside, false));
      const job = await waitFor(product, (await call<Job>(product, 'POST', `/drafts/${draft.id}/accept`)).body.id);
      expect(job).toMatchObject({
        state: 'completed',
        findings: [{ status: 'not-found', reason: 'The clicks mark nothing.' }],
      });
      expect(await numberOfStored()).toBe(before);
      const { body } = await call<Problem>(product, 'POST', '/drafts', { ...named(), name: 'lungs' });
      expect(body.code).toBe('name-ambiguous');
    });
  });

  describe('the neighbours of a segment', () => {
    it('stop it where only what is empty may be marked, and lose what an exclusive one grows into', async () => {
      const { studyInstanceUID, seriesInstanceUID } = lungs.request;
      const asked = await submit(product, { studyInstanceUID, seriesInstanceUID, prompts: ['body and left lung'] });
      const job = await waitFor(product, asked.body.id);
      const { segments } = readSegmentation(await storedResult(product, job));
      const [lung, body] = ['Left lung', 'Body'].map((label) => segments.find((each) => each.label === label)!.number);
      const masksOf = async (of: Job): Promise<Uint8Array[]> => {
        const stored = readSegmentation(await storedResult(product, of));
        return [lung!, body!].map((number) => maskOfSegment(stored, number, volume.grid).bits);
      };
      const [lungBefore, bodyBefore] = (await masksOf(job)) as [Uint8Array, Uint8Array];

      const corrects = { job: job.id, segmentNumber: lung! };
      const begun = await call<Draft>(product, 'POST', '/drafts', { corrects, neighbours: { policy: 'onlyEmpty' } });
      const { id } = begun.body;
      const { beside } = places();
      await add(id, click(beside, true));
      expect(getBit(bodyBefore, indexOf(beside))).toBe(true);
      expect(drawn(await maskOf(id), lungBefore)).toEqual(lungBefore);
      const path = `/drafts/${id}/neighbours`;
      const unknown = await call<Problem>(product, 'PUT', path, { policy: 'exclusive', locked: [9] });
      expect(unknown.body.code).toBe('segment-not-found');
      const changed = await call<Draft>(product, 'PUT', path, { policy: 'exclusive' });
      expect(changed.body).toMatchObject({ version: 3, neighbours: { policy: 'exclusive' } });
      const grown = drawn(await maskOf(id), lungBefore);
      expect(getBit(grown, indexOf(beside))).toBe(true);

      const accepted = await call<Job>(product, 'POST', `/drafts/${id}/accept`);
      const stored = await waitFor(product, accepted.body.id);
      expect(stored).toMatchObject({
        state: 'completed',
        refinement: { corrects, neighbours: { policy: 'exclusive' } },
      });
      const [lungAfter, bodyAfter] = await masksOf(stored);
      expect(lungAfter).toEqual(grown);
      expect(bodyAfter).toEqual(bodyBefore.map((byte, n) => byte & ~(grown[n]! & ~lungBefore[n]!)));
      expect(countBits(bodyAfter!)).toBeLessThan(countBits(bodyBefore));
    });
  });

  describe('what goes wrong with a draft', () => {
    it.each<[string, () => RegionPrompt, RegExp]>([
      ['outside of the images', () => click([-9, 3, 4], true), /outside of the images/],
      ['in another frame of reference', () => click([5, 5, 4], true, { frameOfReferenceUID: '1.2.3' }), /other images/],
      [
        'that is a lasso across slices',
        () => ({
          kind: 'lasso',
          outline: [placeOf([1, 1, 1]), placeOf([9, 1, 1]), placeOf([9, 9, 7])],
          part: true,
        }),
        /across slices/,
      ],
    ])('a click %s is named, cannot be stored, and can be undone', async (_, wrong, sentence) => {
      const { id } = await begun();
      await add(id, wrong());
      const { status, body } = await call<Problem>(product, 'GET', `/drafts/${id}/mask`);
      expect([status, body.code]).toEqual([422, 'click-unsuitable']);
      expect(body.detail).toMatch(sentence);
      const accepted = await call<Problem>(product, 'POST', `/drafts/${id}/accept`);
      expect([accepted.status, accepted.body.code]).toEqual([422, 'click-unsuitable']);
      await call(product, 'DELETE', `/drafts/${id}/clicks/last`);
      expect(await maskOf(id)).toEqual({ version: 3 });
      await discard(id);
    });

    it('accepting nothing, one that does not exist, and a segment that is not there are named', async () => {
      const { id } = await begun();
      const empty = await call<Problem>(product, 'POST', `/drafts/${id}/accept`);
      expect([empty.status, empty.body.code]).toEqual([409, 'draft-empty']);
      await discard(id);
      const twice = await call<Problem>(product, 'DELETE', `/drafts/${id}`);
      expect([twice.status, twice.body.code]).toEqual([404, 'draft-not-found']);
      const corrects = { job: lungs.id, segmentNumber: 9 };
      const { body } = await call<Problem>(product, 'POST', '/drafts', { corrects });
      expect(body.code).toBe('segment-not-found');
    });
  });
}
