import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { SegmentationRequest } from '#contract/job.js';
import type { Archive } from '../pacs/archive.js';
import { loadModelPackages, type ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { acceptRequest } from './acceptRequest.js';

const request: SegmentationRequest = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['Bone'] };
const archive = {
  findSeries: async () => ({
    studyInstanceUID: '1.2',
    seriesInstanceUID: '1.2.3',
    modality: 'CT',
    description: '',
    numberOfInstances: 9,
  }),
} as unknown as Archive;

let library: ModelLibrary;
beforeAll(async () => {
  library = await loadModelPackages(path.resolve(import.meta.dirname, '../../../models'));
});

describe('a request that insists', () => {
  const ofChest = {
    findSeries: async () => ({ ...(await archive.findSeries('1.2', '1.2.3')), bodyPartExamined: 'CHEST' }),
  } as unknown as Archive;
  const brain = { ...request, prompts: ['brain'] };

  it('is accepted, and its record says what the series says against it', async () => {
    const { model, understood } = await acceptRequest({ ...brain, anyway: true }, ofChest, library);
    expect(model.manifest.id).toBe('head');
    expect(understood.contradictions).toEqual([
      'The model "head" is made for head, but by its Body Part Examined the series shows CHEST: ' +
        'it ran because the request insisted.',
    ]);
  });

  it('is refused without insisting, and nothing is said where nothing contradicts', async () => {
    await expect(acceptRequest(brain, ofChest, library)).rejects.toMatchObject({ code: 'body-part-not-served' });
    const { understood } = await acceptRequest({ ...brain, anyway: true }, archive, library);
    expect(understood.contradictions).toEqual([]);
  });
});

describe('the key of a request', () => {
  const keyOf = async (changes: Partial<SegmentationRequest> = {}) =>
    (await acceptRequest({ ...request, ...changes }, archive, library)).requestKey;

  it('is the same for the same request', async () => {
    expect(await keyOf({ prompts: ['bone'] })).toBe(await keyOf());
  });

  it('separates stacks of slices, and the default stack from each', async () => {
    const keys = [await keyOf(), await keyOf({ stack: 'phase-1' }), await keyOf({ stack: 'phase-2' })];
    expect(new Set(keys).size).toBe(3);
  });

  it('separates a recognition from a request that stores its findings', async () => {
    const keys = [await keyOf(), await keyOf({ recognize: {} }), await keyOf({ recognize: { store: true } })];
    expect(new Set(keys).size).toBe(3);
  });
});

describe('a text of which a part is not understood', () => {
  const accept = (changes: Partial<SegmentationRequest>) => acceptRequest({ ...request, ...changes }, archive, library);

  it('is not run, and the error says what is not understood and what is', async () => {
    await expect(accept({ prompts: ['bone and spectrometer'] })).rejects.toMatchObject({
      code: 'prompt-partly-understood',
      message: expect.stringMatching(/^Nothing was started\. “spectrometer” is not among /),
      details: { refused: [{ prompt: 'spectrometer', code: 'unknown-words' }], understood: [{ name: 'Bone' }] },
    });
  });

  it('runs in part where the request allows it, with the rest as refused findings', async () => {
    const { understood } = await accept({ prompts: ['bone and umbrella'], allowPartial: true });
    expect(understood.targets.map(({ name }) => name)).toEqual(['Bone']);
    expect(understood.refused).toMatchObject([{ prompt: 'umbrella', status: 'refused' }]);
  });

  it('is refused as a whole where nothing of it is understood, allowed or not', async () => {
    await expect(accept({ prompts: ['umbrella'], allowPartial: true })).rejects.toMatchObject({
      code: 'prompt-not-understood',
    });
  });
});
