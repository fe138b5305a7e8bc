import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../platform/errors.js';
import { type FieldOfView, openFieldOfView } from '../../segmenter/fieldOfView/openFieldOfView.js';
import {
  bodyFrom,
  saidUpsideDown,
  testGraph,
  testNetwork,
  uprightGrid,
} from '../../segmenter/fieldOfView/testing.testSupport.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import { target, volumeOn } from '../../segmenter/testSupport.js';
import { apply } from '../../values/affine.js';
import { heightAt } from '../../values/heights.js';
import type { Target } from '../../values/target.js';
import type { Volume } from '../../values/volume.js';
import { lookAtSource } from './lookAtSource.js';

const signal = new AbortController().signal;
const fieldOfView = openFieldOfView(async () => ({ network: testNetwork, graph: testGraph }));

function volume(low: number, slices: number, header: Volume['header'] = {}, modality = 'CT'): Volume {
  const { grid, voxels } = bodyFrom(low, slices);
  return { ...volumeOn(grid, voxels), modality, header };
}

const coded = (id: string, value: string): Target => ({
  ...target(id),
  concept: { ...target(id).concept, type: { value, scheme: 'SCT', meaning: id } },
});
const [liver, brain] = [coded('liver', '10200004'), coded('brain', '12738006')] as const;
const modelOf = (manifest: object, targets: readonly Target[] = []) =>
  ({
    manifest: { family: 'text-query', targets: {}, ...manifest },
    vocabulary: { targets },
  }) as unknown as ModelPackage;
const anyModel = modelOf({});

describe('what a source shows', () => {
  it('is said in a sentence, with regions, heights and the regions of its slices', async () => {
    const { shows, notes } = await lookAtSource(volume(1130, 32), fieldOfView, signal);
    expect(shows).toMatchObject({
      kind: 'ct',
      orientation: { status: 'as-stated' },
      text: 'The image shows chest (CT).',
      regions: [{ name: 'chest', code: { scheme: 'SCT', value: '816094009' } }],
    });
    expect(shows!.slices!.map(({ regions }) => regions)).toEqual([['abdomen'], ['chest', 'abdomen'], ['chest']]);
    expect(Math.abs(shows!.slices![2]!.first - 9)).toBeLessThanOrEqual(2);
    // The attributes name no body part.
    expect(notes).toEqual(['The image shows chest (CT).']);
  });

  it('has no slices where these are not axial', async () => {
    const { shows } = await lookAtSource(volume(1000, 32), fieldOfView, signal);
    const own = volume(1000, 32);
    // The same voxels with x as the slowest axis.
    const [x, y, z] = own.grid.size;
    const voxels = new Float32Array(x * y * z);
    for (let k = 0; k < z; k++)
      for (let j = 0; j < y; j++)
        for (let i = 0; i < x; i++) voxels[j + y * (k + z * i)] = own.voxels[i + x * (j + y * k)]!;
    const m = own.grid.voxelToLps;
    const sagittal: Volume = {
      ...own,
      voxels,
      grid: { size: [y, z, x], voxelToLps: [0, 0, m[0], m[3], m[5], 0, 0, m[7], 0, m[10], 0, m[11], 0, 0, 0, 1] },
    };
    const seen = (await lookAtSource(sagittal, fieldOfView, signal)).shows!;
    expect(seen.heights).toEqual(shows!.heights);
    expect(shows!.slices).toBeDefined();
    expect(seen.slices).toBeUndefined();
  });

  it('is not a note where the attributes say the same', async () => {
    const { notes, cautions } = await lookAtSource(
      volume(1150, 32, { BodyPartExamined: 'CHEST' }),
      fieldOfView,
      signal,
    );
    expect({ notes, cautions }).toEqual({ notes: [], cautions: [] });
  });

  it('is a caution where the attributes name another body part', async () => {
    const { cautions } = await lookAtSource(volume(1450, 24, { BodyPartExamined: 'ABDOMEN' }), fieldOfView, signal);
    expect(cautions).toEqual([
      {
        code: 'other-body-part',
        stated: 'ABDOMEN',
        shown: ['head', 'neck'],
        text: 'By its Body Part Examined the series shows ABDOMEN, but the image shows head and neck.',
      },
    ]);
  });

  it.each(['KNEE', 'WHOLEBODY', 'SHOULDER', 'SOMETHING'])('is no caution beside %s', async (BodyPartExamined) => {
    expect((await lookAtSource(volume(1450, 24, { BodyPartExamined }), fieldOfView, signal)).cautions).toEqual([]);
  });

  it('is a caution where the modality is another one', async () => {
    const { cautions } = await lookAtSource(volume(1150, 32, {}, 'MR'), fieldOfView, signal);
    expect(cautions).toMatchObject([{ code: 'other-modality', stated: 'MR', shown: 'CT' }]);
    expect((await lookAtSource(volume(1150, 32, {}, 'OT'), fieldOfView, signal)).cautions).toEqual([]);
  });

  it('is a caution where the patient is upside down', async () => {
    const own = volume(1000, 32);
    const turned = { ...own, grid: saidUpsideDown(own.grid as ReturnType<typeof uprightGrid>) };
    const { cautions } = await lookAtSource(turned, fieldOfView, signal);
    expect(cautions).toMatchObject([{ code: 'turned', head: 'feet', front: 'front' }]);
  });

  it('counts for nothing where the network is not certain of another modality', async () => {
    const unsure: FieldOfView = openFieldOfView(async () => ({
      network: testNetwork,
      graph: {
        ...testGraph,
        // Probability 0.6 for CT.
        runAll: async (feeds, outputs) => {
          const data = testNetwork.manifest.kinds.map((each) => Math.log(each === 'ct' ? 0.6 : 0.4 / 6));
          return {
            ...(await testGraph.runAll(feeds, outputs)),
            kind: { data: Float32Array.from(data), dims: [1, data.length] },
          };
        },
      },
    }));
    const mr = await lookAtSource(volume(1450, 24, { BodyPartExamined: 'ABDOMEN' }, 'MR'), unsure, signal);
    expect(mr).toMatchObject({ cautions: [], shows: { regions: [] } });
    expect(mr.whyNotShown(liver, anyModel)).toBeUndefined();
    const ct = await lookAtSource(volume(1450, 24, { BodyPartExamined: 'ABDOMEN' }, 'CT'), unsure, signal);
    expect(ct.cautions).toHaveLength(1);
  });
});

describe('a target that a source cannot show', () => {
  const why = async (low: number, slices: number, wanted: Target, model = anyModel) =>
    (await lookAtSource(volume(low, slices), fieldOfView, signal)).whyNotShown(wanted, model);

  it('has the reason that it is not in the field of view', async () => {
    expect(await why(1450, 24, liver)).toBe('It is not in the field of view: the image shows head and neck.');
    expect(await why(690, 16, liver)).toBe('It is not in the field of view: the image shows thigh.');
    expect(await why(1000, 24, liver)).toBeUndefined();
    expect(await why(1450, 24, brain)).toBeUndefined();
  });

  it('may be in the image within 60 mm of its range, and the spread of the heights', async () => {
    // The liver reaches from 1080 to 1290.
    expect(await why(1300, 16, liver)).toBeUndefined();
    expect(await why(1345, 16, liver)).toBeUndefined();
    expect(await why(1400, 16, liver)).toBeDefined();
  });

  it('is sought anywhere if nobody knows where it is', async () => {
    expect(await why(1450, 24, target('vessel'))).toBeUndefined();
    expect(await why(1450, 24, { ...liver, freeText: 'liver' })).toBeUndefined();
  });

  it('is where its members are', async () => {
    const vocabulary = [liver, coded('spleen', '78961009')];
    const model = (targets: object) => modelOf({ targets }, vocabulary);
    const rows = { liver: ['liver'], organs: ['liver', 'liver edge'], edge: ['liver edge'] };
    expect(await why(1450, 24, target('organs'), model({ organs: ['a', 'b'], liver: ['a'] }))).toBeUndefined();
    // The spleen is not in the network's list, so the union can be anywhere.
    expect(
      await why(1450, 24, target('organs'), model({ organs: ['a', 'b'], liver: ['a'], spleen: ['b'] })),
    ).toBeUndefined();
    expect(await why(1450, 24, target('organs'), modelOf({ targets: rows }, [liver, { ...liver, id: 'edge' }]))).toBe(
      'It is not in the field of view: the image shows head and neck.',
    );
  });

  it('is where its model is made for', async () => {
    const [head, trunk, limbs] = ['head', 'trunk', 'limbs'].map((region) => modelOf({ bodyRegions: [region] }));
    expect(await why(1000, 24, target('nucleus'), head)).toBeDefined();
    expect(await why(1450, 24, target('nucleus'), head)).toBeUndefined();
    expect(await why(1500, 16, target('muscle'), trunk)).toBeDefined();
    expect(await why(1350, 16, target('muscle'), trunk)).toBeUndefined();
    expect(await why(1500, 16, target('muscle'), limbs)).toBeUndefined();
  });

  it('is nowhere in an image without a body', async () => {
    const flat = { ...volumeOn(uprightGrid([24, 16, 16])), modality: 'CT' };
    const { whyNotShown, shows } = await lookAtSource(flat, fieldOfView, signal);
    expect(shows).toMatchObject({ kind: 'other', regions: [], text: 'The image does not show a body.' });
    expect(whyNotShown(liver, anyModel)).toBe('The image does not show a body.');
    expect(whyNotShown(target('anything'), anyModel)).toBeUndefined();
  });
});

describe('where targets can be', () => {
  const within = async (targets: readonly Target[]) =>
    (await lookAtSource(volume(1000, 24), fieldOfView, signal)).within(targets, anyModel);

  it('is between their heights, with a margin of at least 60 mm', async () => {
    const places = await within([liver, brain]);
    const [ofLiver, ofBrain] = places!.ranges;
    expect(ofLiver!.low).toBeLessThanOrEqual(1020);
    expect(ofLiver!.low).toBeGreaterThan(980);
    expect(ofBrain!.high).toBeGreaterThanOrEqual(1695);
    const { grid } = volume(1000, 24);
    expect(Math.abs(heightAt(places!.heightOf, apply(grid.voxelToLps, [0, 0, 10])) - 1084)).toBeLessThan(15);
  });

  it('is anywhere if one of them can be', async () => {
    expect(await within([liver, target('vessel')])).toBeUndefined();
  });
});

describe('a network that cannot be used', () => {
  it('makes a note and changes nothing', async () => {
    const broken = openFieldOfView(async () => {
      throw new PromptsegError('model-package-corrupt', 'model.onnx was changed.');
    });
    const view = await lookAtSource(volume(1450, 24), broken, signal);
    expect(view).toMatchObject({
      cautions: [],
      notes: ['What the image shows was not determined: model.onnx was changed.'],
    });
    expect(view.whyNotShown(liver, anyModel)).toBeUndefined();
  });

  it('does not hide that the request was cancelled', async () => {
    await expect(lookAtSource(volume(1450, 24), fieldOfView, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
