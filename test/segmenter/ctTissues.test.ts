import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import { describeWithSharedData } from '../support/sharedData.js';

const repository = path.resolve(import.meta.dirname, '../..');
const worker = path.join(import.meta.dirname, 'segmentSeries.mjs');

interface Finding {
  readonly status: 'found' | 'not-found';
  readonly reason?: string;
  readonly volumeMl?: number;
  readonly mean?: number;
  readonly centroidLps?: readonly [number, number, number];
  /** Voxels that this mask shares with each other found mask. */
  readonly shared?: Readonly<Record<string, number>>;
}
type Findings = Readonly<Record<string, Finding>>;

/**
 * Segments a folder's series in a Node process of its own, with the compiled server: ONNX Runtime refuses the typed
 * arrays of Jest's realm.
 */
async function segment(folder: string): Promise<Findings> {
  const model = path.join(repository, 'models/ct-tissues');
  const { stdout } = await promisify(execFile)(process.execPath, [worker, model, folder], {
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout);
}

const leftOf = (a: Finding, b: Finding) => a.centroidLps![0] - b.centroidLps![0];
const sum = (...findings: Finding[]) => findings.reduce((total, { volumeMl }) => total + volumeMl!, 0);

beforeAll(() => {
  if (!existsSync(path.join(repository, 'server/dist/segmenter/packages/createSegmenter.js')))
    throw new Error('The server is not compiled. Run "npm run types" first.');
});

describeWithSharedData('ct-tissues on a chest CT', ['ct_chest'], ([folder]) => {
  let found: Findings;
  beforeAll(async () => {
    found = await segment(folder!);
  });
  const of = (id: string) => found[id]!;

  it('finds all but metal', () => {
    const missing = Object.keys(found).filter((id) => of(id).status === 'not-found');
    expect(missing).toEqual(['dense-material']);
  });

  it('gives the lungs an adult size, and the smaller one to the left, where the heart takes its room', () => {
    expect(sum(of('left-lung'), of('right-lung'))).toBeGreaterThan(2500);
    expect(sum(of('left-lung'), of('right-lung'))).toBeLessThan(7500);
    const ratio = of('right-lung').volumeMl! / of('left-lung').volumeMl!;
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.5);
  });

  it('puts the left lung to the left of the body and the airways between the lungs', () => {
    expect(leftOf(of('left-lung'), of('body'))).toBeGreaterThan(40);
    expect(leftOf(of('right-lung'), of('body'))).toBeLessThan(-40);
    expect(Math.abs(leftOf(of('airways'), of('body')))).toBeLessThan(30);
    expect(of('airways').centroidLps![2]).toBeGreaterThan(of('left-lung').centroidLps![2]);
  });

  it('gives trachea and bronchi the volume of an adult, filled with air', () => {
    expect(of('airways').volumeMl!).toBeGreaterThan(25);
    expect(of('airways').volumeMl!).toBeLessThan(110);
    expect(of('airways').mean!).toBeLessThan(-850);
  });

  it('shares no voxel between lungs, airways, other air, fat, soft tissue and bone', () => {
    const disjoint = ['left-lung', 'right-lung', 'airways', 'other-air', 'fat', 'soft-tissue', 'bone'];
    for (const a of disjoint)
      for (const b of disjoint)
        if (a !== b) expect([a, b, of(a).shared![b]! / of(a).shared![a]! < 0.002]).toEqual([a, b, true]);
  });

  it('keeps everything inside the body', () => {
    for (const id of Object.keys(found))
      if (of(id).status === 'found') expect([id, of(id).shared!.body]).toEqual([id, of(id).shared![id]]);
  });
});

describeWithSharedData('ct-tissues on an abdomen, feet first', ['ct_abdomen_pelvis'], ([folder]) => {
  it('finds the lung bases on their sides, and no airways', async () => {
    const found = await segment(folder!);
    expect(leftOf(found['left-lung']!, found.body!)).toBeGreaterThan(40);
    expect(leftOf(found['right-lung']!, found.body!)).toBeLessThan(-40);
    expect(found.airways).toMatchObject({ status: 'not-found', reason: expect.stringContaining('No trachea') });
    expect(found['left-lung']!.centroidLps![2]).toBeGreaterThan(found['other-air']!.centroidLps![2]);
    expect(sum(found.fat!, found['soft-tissue']!, found.bone!)).toBeGreaterThan(0.9 * found.body!.volumeMl!);
  });
});

describeWithSharedData('ct-tissues on a thigh', ['ct_mr_pet_thigh'], ([folder]) => {
  it('finds the femur, fat and muscle, and says why there is no lung', async () => {
    const found = await segment(folder!);
    const missing = Object.keys(found).filter((id) => found[id]!.status === 'not-found');
    expect(missing).toEqual(['left-lung', 'right-lung', 'airways', 'other-air', 'dense-material']);
    expect(found['left-lung']!.reason).toBe('No aerated lung is in the field of view.');
    expect(found.bone!.mean!).toBeGreaterThan(400);
    expect(found.fat!.mean!).toBeLessThan(-70);
    expect(found['soft-tissue']!.mean!).toBeGreaterThan(10);
  });
});
