import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { diceOfBits } from '../../server/src/values/maskBits.js';
import { changedPackage } from '../support/changedPackage.js';
import { floatPackage } from '../support/floatPackage.js';
import { type Segmented, segmentGolden } from './goldenMasks.js';

/** Dice coefficient of each golden mask, and of the mean over them, that int8 and float32 have at least. */
const LEAST = { mask: 0.8, mean: 0.96 };

const unfit = 'The model computed in float32: its int8 graph does not work on this processor.';

let models: string;

beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'promptseg-agreement-'));
});
afterAll(() => rm(models, { recursive: true, force: true }));

async function segmentedInFloat(name: string): Promise<Segmented> {
  const folder = join(models, `${name}-float`);
  await floatPackage(shipped(name), folder);
  return segmentGolden(folder, 'cpu');
}

/** Whatever the int8 graph gives. */
async function segmentedInInt8(name: string): Promise<Segmented> {
  const folder = join(models, `${name}-int8`);
  await changedPackage(shipped(name), folder, 'model.json', (bytes) => {
    const { image, ...manifest } = JSON.parse(bytes.toString());
    const { int8, ...rest } = image;
    const only = { image: { ...rest, file: int8.file }, selfTest: { minimumDice: 1e-6 } };
    return Buffer.from(JSON.stringify({ ...manifest, ...only }));
  });
  return segmentGolden(folder, 'cpu');
}

const shipped = (name: string): string => fileURLToPath(new URL(`../../models/${name}`, import.meta.url));

const bits = (mask: string | null): Uint8Array => Buffer.from(mask ?? '', 'base64');

describe.each(['head', 'body'])('the int8 and the float graph of %s', (name) => {
  it('agree on the golden image, or this processor computes in float32', async () => {
    const float = await segmentedInFloat(name);
    const int8 = await segmentedInInt8(name);
    expect([float.notes, int8.notes]).toEqual([[], []]);
    const found = Object.entries(float.masks!).filter(([, mask]) => mask !== null);
    expect(found.length).toBeGreaterThan(7);
    const dice = found.map(([target, mask]) => {
      const other = int8.masks![target] ?? null;
      return { target, dice: other === null ? 0 : diceOfBits(bits(mask), bits(other)) };
    });
    const agree = dice.every((each) => each.dice >= LEAST.mask);
    const mean = dice.reduce((sum, each) => sum + each.dice, 0) / dice.length;
    process.stdout.write(`${name}: ${dice.map((each) => `${each.target} ${each.dice.toFixed(3)}`).join(', ')}\n`);
    const { notes, masks } = await segmentGolden(shipped(name), 'cpu');
    if (!agree) {
      expect({ notes, masks }).toEqual({ notes: [unfit], masks: float.masks });
      return;
    }
    expect(mean).toBeGreaterThan(LEAST.mean);
    expect(notes).toHaveLength(1);
    expect([float.masks, int8.masks]).toContainEqual(masks);
    expect(notes).not.toContain(unfit);
  });
});
