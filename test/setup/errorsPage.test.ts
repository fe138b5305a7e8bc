import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { errorsPage } from '../../scripts/docs/errorsPage.mjs';
import { errorTable } from '../../server/contract/errorTable.js';

it('docs/integrate/errors.md is what scripts/errors-page.mjs writes of the table', () => {
  const page = path.resolve(import.meta.dirname, '../../docs/integrate/errors.md');
  expect(readFileSync(page, 'utf8')).toBe(errorsPage(errorTable));
});
