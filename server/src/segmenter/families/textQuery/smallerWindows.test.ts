import { expect, it } from '@jest/globals';
import { smallerWindows } from './smallerWindows.js';

const windows = {
  size: [96, 128, 96] as [number, number, number],
  sizeMultiple: 16,
  step: [64, 80, 64] as [number, number, number],
  padding: { value: 0, where: 'end' } as const,
  blend: { kind: 'uniform' } as const,
  startMultiple: 8,
};

it('halves the longest side and its step until windows would be too small', () => {
  const sizes: string[] = [];
  for (let next = smallerWindows(windows); next !== undefined; next = smallerWindows(next)) {
    sizes.push(`${next.size.join('×')} every ${next.step.join('×')}`);
    for (const axis of [0, 1, 2] as const) {
      expect(next.size[axis] % windows.sizeMultiple).toBe(0);
      expect(next.step[axis] % windows.startMultiple).toBe(0);
      expect(next.step[axis]).toBeLessThanOrEqual(next.size[axis]);
    }
  }
  expect(sizes[0]).toBe('96×64×96 every 64×40×64');
  expect(sizes.at(-1)).toBe('32×32×32 every 16×16×16');
});

it('leaves windows alone whose size the graph demands', () => {
  const { sizeMultiple: _, ...fixed } = windows;
  expect(smallerWindows(fixed)).toBeUndefined();
});
