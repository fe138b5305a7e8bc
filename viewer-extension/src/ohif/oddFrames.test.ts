import { expect, it } from '@jest/globals';
import { fetchOddFramesOneByOne } from './oddFrames.js';
import type { DataSource, ImageInstance, Managers } from './ohif.js';

const wholes: string[] = [];

function managersOf(retrieve: Partial<DataSource['retrieve']>): Managers {
  return { extensionManager: { getActiveDataSource: () => [{ retrieve }] } } as unknown as Managers;
}

it('OHIF retrieves whole what is cut at bytes, and frame by frame what is not', () => {
  const retrieve: Partial<DataSource['retrieve']> = {
    prefetchInstanceFrames: ({ instance }) => {
      wholes.push(instance?.SOPInstanceUID ?? '');
      return { done: Promise.resolve(true) };
    },
  };
  // Each mode is entered again.
  for (let time = 0; time < 2; time += 1) fetchOddFramesOneByOne(managersOf(retrieve));
  const ask = (SOPInstanceUID: string, [Rows, Columns]: readonly [number, number], BitsAllocated: number) =>
    retrieve.prefetchInstanceFrames?.({ instance: { SOPInstanceUID, Rows, Columns, BitsAllocated } as ImageInstance });
  expect(ask('1', [43, 51], 1)).toBeUndefined();
  expect(ask('2', [512, 512], 1)).toBeDefined();
  expect(ask('3', [43, 51], 8)).toBeDefined();
  expect(retrieve.prefetchInstanceFrames?.({})).toBeDefined();
  expect(wholes).toEqual(['2', '3', '']);
});

it('an OHIF that knows no whole retrieval is left as it is', () => {
  const retrieve: Partial<DataSource['retrieve']> = {};
  fetchOddFramesOneByOne(managersOf(retrieve));
  expect(retrieve).toEqual({});
});
