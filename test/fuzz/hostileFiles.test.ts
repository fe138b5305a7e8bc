import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

const expected: Readonly<Record<string, string>> = {
  'millions of elements': 'instance-unreadable',
  'millions of items': 'instance-unreadable',
  'millions of fragments': 'instance-unreadable',
  'half a million nested sequences': 'instance-unreadable',
  'a deflate bomb of 256 MiB': 'instance-unreadable',
  'a length beyond the file': 'instance-unreadable',
  'a text of 128 MiB of separators': 'instance-unreadable',
  'rows and columns beyond the pixels': 'instance-unreadable',
  'rows and columns beyond an RLE frame': 'instance-unreadable',
  'rows and columns beyond a JPEG-LS frame': 'instance-unreadable',
  'rows and columns beyond any limit': 'image-too-large',
  'a JPEG-LS frame beyond rows and columns': 'instance-unreadable',
  'a JPEG 2000 frame beyond rows and columns': 'instance-unreadable',
  'a JPEG 2000 frame of tiles of one pixel': 'instance-unreadable',
  'two billion frames': 'image-too-large',
  'a negative number of frames': 'instance-unreadable',
  'more frames than are described': 'instance-unreadable',
};

describe('hostile files, read one after another in one process', () => {
  let results: readonly { readonly name: string; readonly outcome: string; readonly peakMiB: number }[];

  beforeAll(async () => {
    const script = path.join(import.meta.dirname, 'hostileFiles.mjs');
    results = JSON.parse((await run(process.execPath, ['--max-old-space-size=1536', script])).stdout);
  });

  it('end each with an error of ours', () => {
    expect(Object.fromEntries(results.map(({ name, outcome }) => [name, outcome]))).toEqual(expected);
  });

  it('never take 1.5 GiB, the files included', () => {
    expect(Math.max(...results.map(({ peakMiB }) => peakMiB))).toBeLessThan(1536);
  });
});
