import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { BoxPrompt, ClickPrompt, RegionPrompt } from '#contract/imagePrompts.js';
import type { Job } from '#contract/job.js';
import type { NewSegmentByClicksRequest, RefinementRequest } from '#contract/refinements.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { loadModelPackages, type ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { acceptRefinement, refinementRequestOf } from './acceptRefinement.js';

const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const box: BoxPrompt = {
  kind: 'box',
  corners: [
    [0, 0, 0],
    [20, 20, 0],
  ],
};
const archiveOf = (modality: string) =>
  ({
    findSeries: async () => ({ ...series, modality, description: '', numberOfInstances: 9 }),
  }) as unknown as Archive;

const jobId = '0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11';
const target = {
  id: 'liver',
  name: 'Liver',
  code: { value: '10200004', scheme: 'SCT', meaning: 'Liver' },
  displayColour: [1, 2, 3],
};
const stored = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.9', sopInstanceUID: '1.2.9.1' };
const jobOf = (changes: object = {}) =>
  ({
    id: jobId,
    state: 'completed',
    request: { ...series, prompts: ['liver'], stack: 'phase-2' },
    findings: [{ status: 'not-found' }, { status: 'found', segmentNumber: 1, target }],
    result: { ...stored, seriesDescription: 'Liver', alsoStored: [] },
    ...changes,
  }) as unknown as Job;

let library: ModelLibrary;
beforeAll(async () => {
  library = await loadModelPackages(path.resolve(import.meta.dirname, '../../../models'));
});

const accept = (request: RefinementRequest, modality = 'CT', job: Job = jobOf()) =>
  acceptRefinement(request, archiveOf(modality), library, async (id) => {
    if (id === job.id) return job;
    throw new PromptsegError('job-not-found', 'There is no job with this id.');
  });
const liver: RefinementRequest = { ...series, name: 'liver', boxes: [box] };
const correction: RefinementRequest = { boxes: [box], corrects: { job: jobId, segmentNumber: 1 } };

describe('boxes that make a new segment', () => {
  it('become a job with the code of the name, and a model that takes boxes', async () => {
    const { request, refinement, targets, model, understood, numberOfInstances } = await accept({
      ...liver,
      throughSlices: false,
      destinations: ['research'],
    });
    expect(request).toEqual({ ...series, prompts: ['liver'], destinations: ['research'] });
    expect(refinement).toEqual({ boxes: [box], throughSlices: false });
    expect(targets).toMatchObject([{ name: 'Liver', code: { scheme: 'SCT', value: '10200004' } }]);
    expect(model.manifest.id).toBe('lite-medsam');
    expect(understood.targets).toMatchObject([{ name: 'Liver' }]);
    expect(numberOfInstances).toBe(9);
  });

  it('are refused where there is no volume, no model, or nothing to be probable', async () => {
    await expect(accept(liver, 'DX')).rejects.toMatchObject({ code: 'volume-needed' });
    await expect(accept(liver, 'SR')).rejects.toMatchObject({ code: 'series-without-images' });
    await expect(accept(liver, 'NM')).rejects.toMatchObject({
      code: 'modality-not-served',
      message: 'The series is of modality NM; models that take boxes serve CT, MR, PT.',
    });
    await expect(accept({ ...liver, model: 'head' })).rejects.toMatchObject({
      code: 'model-not-found',
      message: 'There is no model "head" that takes boxes.',
    });
    await expect(accept({ ...liver, output: { segmentation: 'fractional' } })).rejects.toMatchObject({
      code: 'probabilities-unavailable',
    });
    await expect(accept({ ...liver, name: 'kidneys' })).rejects.toMatchObject({ code: 'name-ambiguous' });
  });
});

describe('boxes that correct a stored segment', () => {
  it('become a job on the images of the result, which names it', async () => {
    const { request, refinement, targets, understood } = await accept(correction);
    expect(request).toEqual({ ...series, stack: 'phase-2', prompts: ['Liver'] });
    expect(refinement).toEqual({ boxes: [box], corrects: { job: jobId, segmentNumber: 1 } });
    expect(targets).toEqual([target]);
    expect(understood).toMatchObject({
      targets: [],
      correction: {
        segmentNumber: 1,
        predecessor: {
          seriesDescription: 'Liver',
          segmentation: { seriesInstanceUID: '1.2.9', sopInstanceUID: '1.2.9.1' },
          findings: [{ segmentNumber: 1, findingIndex: 1, target }],
        },
      },
    });
  });

  it.each<[string, object, Partial<Job>]>([
    ['segment-not-found', { segmentNumber: 2 }, {}],
    ['result-missing', { result: '1.2.77' }, {}],
    ['result-missing', {}, { state: 'failed', result: undefined } as unknown as Partial<Job>],
    ['result-deleted', {}, { resultDeletedAt: '2026-11-29T00:00:00Z' }],
    ['job-not-found', { job: '0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a12' }, {}],
  ])('are refused with %s', async (code, corrects, changes) => {
    const asked = { ...correction, corrects: { job: jobId, segmentNumber: 1, ...corrects } };
    await expect(accept(asked, 'CT', jobOf(changes))).rejects.toMatchObject({ code });
  });
});

describe('clicks that correct a stored segment', () => {
  const click: ClickPrompt = { kind: 'click', place: [1, 2, 3], part: true };
  const clicked: RefinementRequest = { clicks: [click], corrects: { job: jobId, segmentNumber: 1 } };

  it('become a job with a model that takes clicks, and are repeated as they were made', async () => {
    const { request, refinement, targets, model, reasonForModel, understood } = await accept(clicked);
    expect(request).toEqual({ ...series, stack: 'phase-2', prompts: ['Liver'] });
    expect(refinement).toEqual(clicked);
    expect(targets).toEqual([target]);
    expect([model.manifest.id, reasonForModel]).toEqual(['regions', 'It takes clicks.']);
    expect(understood).toMatchObject({ correction: { segmentNumber: 1 } });
    expect(refinementRequestOf({ request, refinement } as unknown as Job)).toEqual(clicked);
  });

  it('go to the first model that takes clicks, or to the one that is named', async () => {
    const regions = library.promptable.find(({ manifest }) => manifest.id === 'regions')!;
    const added = { ...regions, manifest: { ...regions.manifest, id: 'nninteractive' } };
    const both = { ...library, promptable: [added, ...library.promptable] };
    const chosen = async (model?: string) => {
      const request = { ...clicked, ...(model !== undefined && { model }) };
      return (await acceptRefinement(request, archiveOf('CT'), both, async () => jobOf())).model.manifest.id;
    };
    expect([await chosen(), await chosen('regions')]).toEqual(['nninteractive', 'regions']);
  });

  it('are kept with scribbles and lassos in one order', async () => {
    const line: RegionPrompt = { kind: 'scribble', line: [click.place, [4, 5, 6]], part: false };
    const lasso: RegionPrompt = { kind: 'lasso', outline: [click.place, [4, 5, 3], [4, 6, 3]], part: true };
    const mixed = { ...clicked, clicks: [lasso, click, line] };
    const { request, refinement, model } = await accept(mixed);
    expect(refinement).toEqual(mixed);
    expect(model.manifest.id).toBe('regions');
    expect(refinementRequestOf({ request, refinement } as unknown as Job)).toEqual(mixed);
  });

  it('are refused with a scribble among them where the model takes clicks alone', async () => {
    const regions = library.promptable.find(({ manifest }) => manifest.id === 'regions')!;
    const manifest = { ...regions.manifest, id: 'nninteractive', family: 'nninteractive' } as never;
    const both = { ...library, promptable: [...library.promptable, { ...regions, manifest }] };
    const line: RegionPrompt = { kind: 'scribble', line: [click.place, [4, 5, 6]], part: false };
    const request = { ...clicked, clicks: [click, line] };
    const accepted = (model: string) =>
      acceptRefinement({ ...request, model }, archiveOf('CT'), both, async () => jobOf());
    await expect(accepted('nninteractive')).rejects.toMatchObject({ code: 'click-unsuitable' });
    expect((await accepted('regions')).refinement.clicks).toEqual([click, line]);
  });

  it('are refused for a model that takes boxes, and for another modality', async () => {
    await expect(accept({ ...clicked, model: 'lite-medsam' })).rejects.toMatchObject({
      code: 'model-not-found',
      message: 'There is no model "lite-medsam" that takes clicks.',
    });
    await expect(accept(clicked, 'NM')).rejects.toMatchObject({ code: 'modality-not-served' });
  });

  it('are another job in another order', async () => {
    const away = { ...click, part: false };
    const keyOf = async (clicks: ClickPrompt[]) => (await accept({ ...clicked, clicks })).requestKey;
    expect(await keyOf([click, away])).not.toBe(await keyOf([away, click]));
  });
});

describe('clicks that make a new segment', () => {
  const clicked: NewSegmentByClicksRequest = {
    ...series,
    stack: 'phase-2',
    name: 'liver',
    clicks: [{ kind: 'click', place: [1, 2, 3], part: true }],
    output: { measurementReport: true },
  };

  it('become a job with the code of the name, and are repeated as they were made', async () => {
    const { request, refinement, targets, model, understood } = await accept(clicked);
    const { clicks, name, ...asked } = clicked;
    expect(request).toEqual({ ...asked, prompts: [name] });
    expect(refinement).toEqual({ clicks });
    expect(targets).toMatchObject([{ name: 'Liver', code: { scheme: 'SCT', value: '10200004' } }]);
    expect(model.manifest.id).toBe('regions');
    expect(understood).toMatchObject({ targets: [{ name: 'Liver' }] });
    expect(understood).not.toHaveProperty('correction');
    expect(refinementRequestOf({ request, refinement } as unknown as Job)).toEqual(clicked);
  });

  it('are refused for single images, several structures, and probabilities', async () => {
    await expect(accept(clicked, 'DX')).rejects.toMatchObject({ code: 'volume-needed' });
    await expect(accept({ ...clicked, name: 'kidneys' })).rejects.toMatchObject({ code: 'name-ambiguous' });
    await expect(accept({ ...clicked, output: { segmentation: 'fractional' } })).rejects.toMatchObject({
      code: 'probabilities-unavailable',
    });
  });
});

describe('the job of boxes', () => {
  it('is repeated as it was asked for', async () => {
    for (const asked of [
      { ...liver, output: { measurementReport: true }, window: { level: 40, width: 80 } },
      correction,
    ]) {
      const { request, refinement } = await accept(asked);
      expect(refinementRequestOf({ request, refinement } as unknown as Job)).toEqual(asked);
    }
    expect(refinementRequestOf(jobOf())).toBeUndefined();
  });

  it('is another one for other boxes, and the same for the same', async () => {
    const keyOf = async (changes: object) => (await accept({ ...liver, ...changes } as RefinementRequest)).requestKey;
    const further: BoxPrompt = { ...box, corners: [box.corners[0], [20, 21, 0]] };
    const keys = [await keyOf({}), await keyOf({ boxes: [further] }), await keyOf({ throughSlices: false })];
    expect(new Set(keys).size).toBe(3);
    expect(await keyOf({})).toBe(keys[0]);
  });
});
