import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { extensionId } from './id.js';

it('the id of the extension is the name of its package, which OHIF 3.14 demands', () => {
  const { name } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(extensionId).toBe(name);
});
