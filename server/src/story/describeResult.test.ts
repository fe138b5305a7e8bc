import { describe, expect, it } from '@jest/globals';
import { describeEdited, describeResult } from './describeResult.js';

describe('the description of a result', () => {
  it('names its structures, and a pair once', () => {
    expect(describeResult(['Left hippocampus', 'Brain stem', 'Right hippocampus'])).toBe('Hippocampus L+R, Brain stem');
    expect(describeResult(['Left hippocampus', 'Right thalamus'])).toBe('Left hippocampus, Right thalamus');
    expect(describeResult(['bone'])).toBe('bone');
  });

  it('counts what has no room in 64 characters', () => {
    const lobes = ['Left upper lobe', 'Left lower lobe', 'Right upper lobe', 'Right middle lobe', 'Right lower lobe'];
    expect(describeResult([...lobes, 'Airways', 'Bone', 'Fat', 'Heart', 'Aorta'])).toBe(
      'Upper lobe L+R, Lower lobe L+R, Right middle lobe, Airways +4',
    );
    const long = describeResult(['x'.repeat(80), 'Bone']);
    expect([long.length, long.slice(-6)]).toEqual([64, '... +1']);
    expect(describeResult(['x'.repeat(80)])).toHaveLength(64);
  });

  it('begins with "Edited" for what somebody edited, however often', () => {
    const once = describeEdited('Hippocampus L+R, Brain stem');
    expect(once).toBe('Edited · Hippocampus L+R, Brain stem');
    expect(describeEdited(once)).toBe(once);
    expect(describeEdited('Bone (edited)')).toBe('Edited · Bone');
    expect(describeEdited('x'.repeat(64))).toBe(`Edited · ${'x'.repeat(52)}...`);
  });
});
