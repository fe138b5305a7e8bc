import { describe, expect, it } from '@jest/globals';
import { openFieldOfView } from '../segmenter/fieldOfView/openFieldOfView.js';
import { bodyFrom, testGraph, testNetwork } from '../segmenter/fieldOfView/testing.testSupport.js';
import type { ModelPackage } from '../segmenter/packages/modelPackage.js';
import { target, volumeOn } from '../segmenter/testSupport.js';
import type { Target } from '../values/target.js';
import { segmentSource } from './segmentSource.js';

const fieldOfView = openFieldOfView(async () => ({ network: testNetwork, graph: testGraph }));
const coded = (id: string, value: string): Target => ({
  ...target(id),
  concept: { ...target(id).concept, type: { value, scheme: 'SCT', meaning: id } },
});
const [liver, brain, vessel] = [coded('liver', '10200004'), coded('brain', '12738006'), target('vessel')] as const;
const model = {
  manifest: { id: 'test', family: 'text-query', targets: {} },
  vocabulary: { targets: [] },
} as unknown as ModelPackage;

/** What a request for targets finds on a head or a chest, and which of them the model was asked for. */
async function findings(
  targets: readonly Target[],
  {
    low = 1450,
    withFinder = true,
    BodyPartExamined = '',
    ...request
  }: {
    low?: number;
    withFinder?: boolean;
    BodyPartExamined?: string;
    anyway?: boolean;
  } = {},
) {
  const { grid, voxels } = bodyFrom(low, 24);
  const source = { ...volumeOn(grid, voxels), modality: 'CT', header: { BodyPartExamined } };
  let asked: readonly string[] | undefined;
  const stages: string[] = [];
  const { outcome, segments } = await segmentSource(
    { understood: { targets, refused: [] }, output: {}, ...request },
    source,
    [],
    {
      model,
      ...(withFinder && { fieldOfView }),
      openSegmenter: async () => ({
        async segment(volume, wanted) {
          asked = wanted.map(({ id }) => id);
          const bits = new Uint8Array(volume.voxels.length / 8).fill(255);
          const outcomes = wanted.map((each) => ({
            target: each,
            status: 'found' as const,
            mask: { grid: volume.grid, bits },
          }));
          return { outcomes, executionProvider: 'cpu', notes: [], sessionRunMs: 7 };
        },
        dispose: async () => undefined,
      }),
      signal: new AbortController().signal,
      onStage: (stage) => stages.push(stage),
      onProgress: () => undefined,
    },
  );
  return { outcome, segments, asked, stages };
}

describe('a request on images that are recognized', () => {
  it('asks the model only for what the images can show, and says why the rest is not found', async () => {
    const { outcome, segments, asked } = await findings([brain, liver, vessel]);
    expect(asked).toEqual(['brain', 'vessel']);
    expect(outcome.findings).toMatchObject([
      { status: 'found', target: { id: 'brain' }, segmentNumber: 1 },
      { status: 'not-found', reason: 'It is not in the field of view: the image shows head and neck.' },
      { status: 'found', target: { id: 'vessel' }, segmentNumber: 2 },
    ]);
    expect(segments.map(({ target: { id } }) => id)).toEqual(['brain', 'vessel']);
    expect(outcome.shows?.regions.map(({ name }) => name)).toEqual(['head', 'neck']);
  });

  it('opens no model if the images can show nothing of it', async () => {
    const { outcome, asked, stages } = await findings([liver]);
    expect(asked).toBeUndefined();
    expect(stages).toEqual(['preparing']);
    expect(outcome).toMatchObject({ executionProvider: 'cpu', sessionRunMs: 0, findings: [{ status: 'not-found' }] });
  });

  it('asks for everything if the request insists, or nothing recognizes the images', async () => {
    expect((await findings([liver], { anyway: true })).asked).toEqual(['liver']);
    const without = await findings([liver], { withFinder: false });
    expect(without.asked).toEqual(['liver']);
    expect(without.outcome).not.toHaveProperty('shows');
    expect(without.outcome.notes).toEqual([]);
  });

  it('cautions everything found if the attributes name another body part', async () => {
    const cautionsOf = async (BodyPartExamined: string) =>
      (await findings([brain], { BodyPartExamined })).outcome.findings.flatMap((finding) =>
        finding.status === 'found' ? (finding.cautions ?? []).map(({ code }) => code) : [],
      );
    expect(await cautionsOf('ABDOMEN')).toContain('other-body-part');
    expect(await cautionsOf('HEAD')).not.toContain('other-body-part');
  });
});
