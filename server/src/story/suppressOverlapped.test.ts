import { describe, expect, it } from '@jest/globals';
import type { ModelManifest } from '../segmenter/packages/modelManifest.js';
import type { MeasuredOutcome } from './measureOutcomes.js';
import { suppressOverlapped } from './suppressOverlapped.js';

const row = (target: string, ...imageTypes: string[]) => ({
  target,
  modality: 'CT',
  ...(imageTypes.length > 0 && { existence: imageTypes.map((imageType) => ({ imageType, beta: [] })) }),
});
const manifest = {
  family: 'biomedparse-2d',
  decision: { overlap: 0.5 },
  texts: {
    rows: [
      row('kidney', 'CT-Abdomen'),
      row('left-kidney', 'CT-Abdomen'),
      row('liver', 'CT-Abdomen'),
      row('liver-tumor', 'CT-Liver'),
      row('lobe'),
      { ...row('liver', 'MRI-Abdomen'), modality: 'MR' },
    ],
  },
} as unknown as ModelManifest;

/** @param bits of its mask of eight voxels */
const found = (id: string, bits: number, presence?: number) =>
  ({
    target: { id, name: id.replace('-', ' ') },
    status: 'found',
    mask: { bits: Uint8Array.of(bits) },
    ...(presence !== undefined && { presence }),
  }) as unknown as MeasuredOutcome;
const statuses = (outcomes: readonly MeasuredOutcome[]) => outcomes.map(({ status }) => status);

describe('recognition of targets that overlap', () => {
  it('keeps the one that fits best, whatever the order, and says of the other where it is', () => {
    const outcomes = suppressOverlapped(
      [found('kidney', 0b1111, 0.3), found('left-kidney', 0b0111, 0.6)],
      manifest,
      'CT',
    );
    expect(outcomes).toMatchObject([
      {
        status: 'not-found',
        reason: expect.stringMatching(/^75 % of its mask is also in "left kidney",/),
        presence: 0.3,
      },
      { status: 'found' },
    ]);
  });

  it('keeps both where no more than half of the worse one is in the better', () => {
    const both = [found('kidney', 0b1111, 0.3), found('left-kidney', 0b0011, 0.6)];
    expect(statuses(suppressOverlapped(both, manifest, 'CT'))).toEqual(['found', 'found']);
  });

  it('is not suppressed by one that was suppressed itself', () => {
    const outcomes = suppressOverlapped(
      [found('liver', 0b0011_1111, 0.9), found('kidney', 0b0111_1000, 0.5), found('left-kidney', 0b1110_0000, 0.4)],
      manifest,
      'CT',
    );
    expect(statuses(outcomes)).toEqual(['found', 'not-found', 'found']);
  });

  it('lets targets of different kinds of images and targets without distributions alone', () => {
    const nested = [found('liver', 0b1111, 0.9), found('liver-tumor', 0b0001, 0.2), found('lobe', 0b0011)];
    expect(suppressOverlapped(nested, manifest, 'CT')).toEqual(nested);
  });

  it('leaves other families as they are', () => {
    const nested = [found('kidney', 0b1111, 0.9), found('left-kidney', 0b0001, 0.2)];
    expect(suppressOverlapped(nested, { ...manifest, family: 'biomedparse-3d' } as ModelManifest, 'CT')).toBe(nested);
  });
});
