import { expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { part10, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { concatenations } from './concatenations.js';

const part = (uid: string | undefined, number: number, total?: number) =>
  parseInstance(
    part10(explicitVRLittleEndian, [
      ...(uid === undefined ? [] : [['00209161', 'UI', uid] satisfies TestElement]),
      ['00209162', 'US', [number]],
      ...(total === undefined ? [] : [['00209163', 'US', [total]] satisfies TestElement]),
    ]),
  );

function require(...parts: readonly ReturnType<typeof part>[]): void {
  const found = concatenations();
  for (const each of parts) found.add(each);
  found.requireComplete();
}

it.each([
  ['all parts, in any order', [part('1.2', 2, 2), part('1.2', 1, 2)]],
  ['all parts without their number', [part('1.2', 1), part('1.2', 2)]],
  ['two images, both whole', [part('1.2', 1, 1), part('1.3', 1, 1)]],
  ['images that are no parts', [part(undefined, 2, 3)]],
] as const)('%s are complete', (_, parts) => expect(() => require(...parts)).not.toThrow());

it.each([
  ['one of two', [part('1.2', 1, 2)]],
  ['the same twice', [part('1.2', 1, 2), part('1.2', 1, 2)]],
  ['the second alone, without the number of parts', [part('1.2', 2)]],
  ['one of another image', [part('1.2', 1, 2), part('1.3', 2, 2)]],
] as const)('%s: the image is not complete', (_, parts) => {
  expect(() => require(...parts)).toThrow(
    expect.objectContaining({ code: 'series-incomplete', details: { parts: 2, found: 1 } }),
  );
});
