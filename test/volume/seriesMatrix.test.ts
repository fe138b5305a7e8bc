import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { PromptsegError } from '../../server/src/platform/errors.js';
import { assembleVolume } from '../../server/src/volume/assembleVolume.js';
import { readSingleImage } from '../../server/src/volume/readSingleImage.js';
import { isSingleImageModality } from '../../server/src/volume/sopClasses.js';
import { describeWithSharedData } from '../support/sharedData.js';
import { streamOf } from './streamOf.js';

/**
 * What becomes of every series of the shared data, one line each: its first file, its number of files, and `read` with
 * modality, unit (of single images, gray or colour), size and what is special about it, or `refused` with the
 * error. A line that changes is a change of what Promptseg reads, to be made on purpose.
 */
const matrix = readFileSync(path.join(import.meta.dirname, 'seriesMatrix.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const folders = [...new Set(matrix.map((line) => line.split('/')[0]!))];

describe('the matrix of series', () => {
  it('has each series once', () => {
    const series = matrix.map((line) => line.split('\t')[0]);
    expect(new Set(series).size).toBe(series.length);
  });
});

describe.each(folders)('every series of the shared data', (name) => {
  describeWithSharedData(name, [name], ([folder]) => {
    const expected = matrix.filter((line) => line.startsWith(`${name}/`));

    it('is read or refused as the matrix says', async () => {
      const found: string[] = [];
      for (const files of seriesOf(folder!)) {
        const first = path.relative(path.dirname(folder!), files[0]!);
        found.push([first, files.length, await whatBecomesOf(files)].join('\t'));
      }
      expect(found.sort()).toEqual([...expected].sort());
    });
  });
});

/**
 * The DICOM files below a folder by the folder that they are in and their Series Instance UID. A file that cannot be
 * parsed is a series.
 */
function seriesOf(folder: string): readonly (readonly string[])[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
  const series = new Map<string, string[]>();
  for (const file of files) {
    const part10 = readFileSync(file);
    if (part10.subarray(128, 132).toString('latin1') !== 'DICM') continue;
    const key = `${path.dirname(file)} ${seriesInstanceUIDOf(part10) ?? file}`;
    series.set(key, [...(series.get(key) ?? []), file]);
  }
  return [...series.values()];
}

/** As the archive would say about the series. */
function modalityOf(file: string): string | undefined {
  try {
    return parseInstance(readFileSync(file)).string('x00080060');
  } catch {
    return undefined;
  }
}

function seriesInstanceUIDOf(part10: Uint8Array): string | undefined {
  try {
    return parseInstance(part10).string('x0020000e') ?? 'none';
  } catch {
    return undefined;
  }
}

async function whatBecomesOf(files: readonly string[]): Promise<string> {
  const instances = function* () {
    for (const file of files) yield new Uint8Array(readFileSync(file));
  };
  try {
    const signal = new AbortController().signal;
    if (isSingleImageModality(modalityOf(files[0]!))) {
      const { modality, grid, pixels, pixelSpacing, stacks } = await readSingleImage(streamOf(instances()), { signal });
      const scale = pixelSpacing === undefined ? [] : ['with scale'];
      const choice = stacks === undefined ? [] : [`of ${stacks.map(({ id }) => id).join(' ')}`];
      return ['read', modality, pixels.kind, 'image', grid.size.slice(0, 2).join('x'), ...scale, ...choice].join(' ');
    }
    const { modality, unit, grid, stacks } = await assembleVolume(streamOf(instances()), { signal });
    const uneven = grid.slicePositions === undefined ? [] : ['uneven'];
    const choice = stacks === undefined ? [] : [`of ${stacks.map(({ id }) => id).join(' ')}`];
    return ['read', modality, unit, grid.size.join('x'), ...uneven, ...choice].join(' ');
  } catch (error) {
    if (!(error instanceof PromptsegError)) throw error;
    return `refused ${error.code}`;
  }
}
