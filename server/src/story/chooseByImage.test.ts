import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../platform/errors.js';
import { loadModelPackages, type ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { chooseByImage } from './chooseByImage.js';
import type { ModelQuestion } from './chooseModel.js';
import type { SurelyShown } from './imageShows/surelyShown.js';

const ofHead: SurelyShown = { names: ['head'], regions: ['head'], modality: 'MR' };
const ofTrunk: SurelyShown = { names: ['chest', 'abdomen'], regions: ['trunk'], modality: 'CT' };
const ofNothing: SurelyShown = { names: [], regions: [] };

let library: ModelLibrary;
beforeAll(async () => {
  library = await loadModelPackages(path.resolve(import.meta.dirname, '../../../models'));
});

/** The choice or the error's code, and how often the image was looked at. */
async function choose(question: ModelQuestion, seen: SurelyShown | PromptsegError) {
  let looks = 0;
  const look = async () => {
    looks++;
    if (seen instanceof PromptsegError) throw seen;
    return seen;
  };
  try {
    const { model, reason } = await chooseByImage(library, question, look);
    return { looks, id: model.manifest.id, reason };
  } catch (error) {
    if (!(error instanceof PromptsegError)) throw error;
    return { looks, code: error.code, message: error.message };
  }
}

const hippocampus = { modality: 'MR', prompts: ['hippocampus'] };
const wronglyTagged = { ...hippocampus, bodyPartExamined: 'CHEST' };
const failed = new PromptsegError('archive-unreachable', 'The archive does not respond.');

describe('a refusal because of the stated body part', () => {
  it('is lifted where the image surely shows another one', async () => {
    expect(await choose(wronglyTagged, ofHead)).toEqual({
      looks: 1,
      id: 'head',
      reason: 'It is the only model for MR. It was chosen because the image shows head.',
    });
  });

  it('is lifted for a named model, too', async () => {
    expect(await choose({ ...wronglyTagged, model: 'head' }, ofHead)).toMatchObject({
      id: 'head',
      reason: 'The request names it. It was chosen because the image shows head.',
    });
  });

  it('holds where the image shows what the model is not made for, and says so', async () => {
    expect(await choose(wronglyTagged, ofTrunk)).toMatchObject({
      code: 'body-part-not-served',
      message: expect.stringMatching(/made for head; the image shows chest and abdomen\.$/),
    });
  });

  it.each([
    ['shows nothing for certain', ofNothing],
    ['cannot be looked at', failed],
  ])('stays as it was where the image %s', async (_, seen) => {
    expect(await choose(wronglyTagged, seen)).toMatchObject({
      looks: 1,
      code: 'body-part-not-served',
      message: expect.stringMatching(/made for head; by its Body Part Examined the series shows CHEST\.$/),
    });
  });
});

describe('a text that several models understand equally well, without a stated body part', () => {
  const everything = { modality: 'CT', prompts: ['everything'] };

  it.each([
    ['head', ofHead],
    ['body', ofTrunk],
  ])('goes to the one for what the image shows: %s', async (id, seen) => {
    expect(await choose(everything, seen)).toEqual({
      looks: 1,
      id,
      reason:
        'Others understand the text equally well; this one is made for the body part of the series. ' +
        `It was chosen because the image shows ${seen.names.join(' and ')}.`,
    });
  });

  it.each([
    ['shows nothing for certain', ofNothing, ''],
    ['cannot be looked at', failed, ' What the image shows was not determined: The archive does not respond.'],
  ])('is decided as before where the image %s', async (_, seen, note) => {
    expect(await choose(everything, seen)).toEqual({
      looks: 1,
      id: 'ct-tissues',
      reason: `Others understand the text equally well; this one is made for any body part.${note}`,
    });
  });
});

describe('a modality that names no scanner', () => {
  it.each(['OT', 'SC', ''])('is replaced by what images and voxels say: %j', async (modality) => {
    expect(await choose({ modality, prompts: ['hippocampus'] }, ofHead)).toEqual({
      looks: 1,
      id: 'head',
      reason: 'It is the only model for MR. It was chosen because the image shows head and looks like MR.',
    });
    expect(await choose({ modality, prompts: ['bone'] }, { ...ofNothing, modality: 'CT' })).toMatchObject({
      reason: expect.stringMatching(/It was chosen because the image looks like CT\.$/),
    });
  });

  it('is refused as before where the voxels do not say which one', async () => {
    expect(await choose({ modality: 'OT', prompts: ['bone'] }, ofNothing)).toMatchObject({
      code: 'modality-not-served',
      message: expect.stringMatching(/^The series is of modality OT;/),
    });
  });

  it('is the only one that is replaced: no model for CT runs on an MR', async () => {
    const seenAsCt: SurelyShown = { ...ofTrunk, modality: 'CT' };
    expect(await choose({ ...wronglyTagged, prompts: ['liver'] }, seenAsCt)).toMatchObject({
      looks: 0,
      id: 'head',
      reason: 'No model for MR understands the text.',
    });
    expect(await choose(wronglyTagged, seenAsCt)).toMatchObject({ looks: 1, code: 'body-part-not-served' });
  });
});

describe('the image is not looked at', () => {
  it.each([
    ['by its body part, one model remains', { ...hippocampus, bodyPartExamined: 'HEAD' }],
    ['no body part is stated, but only one model understands the text', hippocampus],
    ['nobody understands the text', { modality: 'MR', prompts: ['umbrella'] }],
    ['the request insists', { ...wronglyTagged, anyway: true }],
    ['another scanner is stated that no model serves', { modality: 'NM', prompts: ['hippocampus'] }],
  ])('where %s', async (_, question) => {
    expect((await choose(question, ofHead)).looks).toBe(0);
  });

  it('where nobody can', async () => {
    await expect(chooseByImage(library, wronglyTagged, undefined)).rejects.toMatchObject({
      code: 'body-part-not-served',
    });
  });

  it('to the end where the request was cancelled', async () => {
    const cancelled = new PromptsegError('cancelled', 'It was cancelled.');
    expect(await choose(wronglyTagged, cancelled)).toMatchObject({ code: 'cancelled' });
  });
});
