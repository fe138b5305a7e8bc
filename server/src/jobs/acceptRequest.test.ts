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

describe('a series with a wrong body part', () => {
  const ofChest = { ...archive, findSeries: async () => ({ ...(await archive.findSeries('1.2', '1.2.3')), ...chest }) };
  const chest = { bodyPartExamined: 'CHEST' };

  it('is accepted for what its image shows, of the stack that is to be segmented', async () => {
    const looked: unknown[] = [];
    const look = async (asked: unknown) => {
      looked.push(asked);
      return { names: ['head'], regions: ['head' as const], modality: 'CT' };
    };
    const brain = { ...request, prompts: ['brain'], stack: 'phase-2' };
    const { model, reasonForModel, understood } = await acceptRequest(brain, ofChest, library, look);
    expect(model.manifest.id).toBe('head');
    expect(reasonForModel).toMatch(/It was chosen because the image shows head\.$/);
    expect(understood.contradictions).toEqual([
      'The image decided which model runs: by its Body Part Examined the series shows CHEST, but the image shows head.',
    ]);
    expect(looked).toEqual([{ series: await ofChest.findSeries(), stack: 'phase-2' }]);
  });
});

describe('single images', () => {
  it('are not looked at', async () => {
    const radiograph = { modality: 'DX', bodyPartExamined: 'CHEST' };
    const ofChest = {
      ...archive,
      findSeries: async () => ({ ...(await archive.findSeries('1', '1')), ...radiograph }),
    };
    const packages = library.packages.map((each) => ({ ...each, manifest: { ...each.manifest, modalities: ['DX'] } }));
    const forRadiographs = { ...library, packages } as unknown as ModelLibrary;
    const look = () => Promise.reject(new Error('looked'));
    const accepted = acceptRequest({ ...request, prompts: ['brain'] }, ofChest, forRadiographs, look);
    await expect(accepted).rejects.toMatchObject({ code: 'body-part-not-served' });
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
