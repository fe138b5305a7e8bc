import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { families, familyOf, promptableFamilies, promptableFamilyOf } from './families.js';

const names = families.map(({ schema }) => schema.shape.family.value);
const promptableNames = promptableFamilies.map(({ schema }) => schema.shape.family.value);

describe('the families of models', () => {
  it('are found by the name in a manifest, each its own', () => {
    expect(new Set([...names, ...promptableNames]).size).toBe(families.length + promptableFamilies.length);
    expect(names.map((family) => familyOf({ family }))).toEqual([...families]);
    expect(promptableNames.map((family) => promptableFamilyOf({ family }))).toEqual([...promptableFamilies]);
  });

  it('are named in their own folders alone', () => {
    const source = path.resolve(import.meta.dirname, '../..');
    const naming = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|testing|testSupport/i.test(file))
      .filter((file) => !file.startsWith(path.join('segmenter', 'families', path.sep)))
      .filter((file) => {
        const text = readFileSync(path.join(source, file), 'utf8');
        return [...names, ...promptableNames].some((name) => text.includes(`'${name}'`));
      });
    expect(naming).toEqual([]);
  });
});
