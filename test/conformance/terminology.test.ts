import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeSegmentation } from '../../server/src/results/encodeSegmentation.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import {
  makeInput,
  makeTarget,
  makeVolume,
  random,
  randomGrid,
  randomMask,
} from '../../server/src/results/syntheticSegments.js';
import type { CodedConcept, Concept } from '../../server/src/values/concept.js';
import { vocabularySchema } from '../../server/src/values/vocabulary.js';
import { dciodvfy, itWithDciodvfy, itWithPython, readWithHighdicom } from './outsideTools.js';

interface TableEntry {
  readonly id: string;
  readonly category: string;
  readonly type: CodedConcept;
  readonly region?: string;
  readonly displayColours: { readonly whole: readonly [number, number, number]; readonly left?: unknown };
}

/**
 * Every concept of models/tools/terminology/concepts.json, as concept_of of terminology.py gives it; those with sides
 * as the left one.
 */
async function conceptsOfTheTable(): Promise<[id: string, concept: Concept][]> {
  const file = path.join(import.meta.dirname, '../../models/tools/terminology/concepts.json');
  const table: { categories: Record<string, CodedConcept>; concepts: TableEntry[] } = JSON.parse(
    await readFile(file, 'utf8'),
  );
  const typeOf = new Map(table.concepts.map(({ id, type }) => [id, type]));
  return table.concepts.map(({ id, category, type, region, displayColours }) => [
    id,
    {
      category: table.categories[category]!,
      type,
      ...(displayColours.left !== undefined && { laterality: 'left' }),
      ...(region !== undefined && { anatomicRegion: typeOf.get(region)! }),
      displayColour: displayColours.whole,
    },
  ]);
}

describe('the concepts of the terminology table', () => {
  const next = random(91);
  const grid = randomGrid(next, [3, 4, 2]);
  const volume = makeVolume(grid);
  const mask = randomMask(grid, next, () => true);
  let scratch: string;
  let file: string;
  let concepts: [string, Concept][];
  let part10: Uint8Array;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'promptseg-terminology-'));
    file = path.join(scratch, 'segmentation.dcm');
    concepts = await conceptsOfTheTable();
    const segments = concepts.map(([id, concept]) => ({ target: makeTarget(id, concept), mask }));
    part10 = encodeSegmentation({ ...makeInput(volume, [mask]), segments }).part10;
    await writeFile(file, part10);
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it('are concepts of a vocabulary', () => {
    const targets = concepts.map(([id, concept]) => ({ id, name: id, synonyms: [], modalities: ['CT'], concept }));
    expect(vocabularySchema.safeParse({ targets, groups: [] })).toMatchObject({ success: true });
  });

  it('come back as they went in', () => {
    const read = readSegmentation(part10).segments;
    expect(read.map(({ category, type, anatomicRegion }) => [category, type, anatomicRegion])).toEqual(
      concepts.map(([, concept]) => [concept.category, concept.type, concept.anatomicRegion]),
    );
  });

  itWithDciodvfy('have no errors for dciodvfy, and no warnings of their own', async () => {
    expect(await dciodvfy(file)).toEqual({ errors: [], warnings: [] });
  });

  itWithPython('are read by highdicom with their codes and sides', async () => {
    const read = await readWithHighdicom(file, volume.sourceImages);
    expect(read.map(({ type, modifiers }) => [type, modifiers])).toEqual(
      concepts.map(([, { type, laterality }]) => [type.value, laterality ? ['7771000'] : []]),
    );
  });
});
