/** Writes docs/integrate/errors.md; needs `npm run build`. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorsPage } from './docs/errorsPage.mjs';
import { repository } from './setup/paths.mjs';

const { errorTable } = await import(path.join(repository, 'server/dist/contract/errorTable.js'));
await writeFile(path.join(repository, 'docs/integrate/errors.md'), errorsPage(errorTable));
