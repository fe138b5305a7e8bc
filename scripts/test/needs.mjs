import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { repository } from '../setup/paths.mjs';

/**
 * @typedef {'orthanc' | 'tinyPacs' | 'chromium' | 'viewer' | 'viewport' | 'postgres' | 'sharedPostgres' | 'dicomTools'
 *   | 'python' | 'build'} Need What a test needs besides npm packages. `viewport` means a browser that draws images,
 *   which keeps a core busy; `sharedPostgres` that PostgreSQL is used where it is installed.
 */

/** Signs that a file needs something: its path, or its text. */
const signs = /** @type {const} */ ({
  orthanc: { file: 'scripts/setup/startOrthanc.mjs' },
  tinyPacs: { file: 'test/support/tinyPacs.ts' },
  chromium: { file: 'test/support/chromium.ts' },
  viewer: { file: 'scripts/setup/viewer.mjs' },
  viewport: { file: 'test/browser/viewerPage.ts' },
  postgres: { file: 'scripts/test/postgres.mjs' },
  sharedPostgres: { file: 'server/src/jobs/testDatabase.testSupport.ts' },
  dicomTools: { text: /dciodvfy|dcmdump/ },
  python: { text: /PROMPTSEG_PYTHON/ },
  // The last asks a server for the built extension.
  build: { text: /[./]dist\/|bin\/promptseg\.mjs|get\('\/plugins\// },
});

/** Without these a test is skipped, with a warning, or uses the embedded database; without the others it fails. */
const optional = new Set(['dicomTools', 'python', 'sharedPostgres']);

/** Imports by a relative path, and programs next to the test that it starts by name. */
const references = /'(\.{1,2}\/[^'\n]+|[\w-]+\.mjs)'/g;

/** Jest takes these imports from the sources (moduleNameMapper), so they need no build. */
const mapped = /^import .* from '[./]*server\/dist\/.*';$/gm;

/** The product's source imports nothing from tests or set-up, so only these are followed. */
const followed = /^(test|scripts|dicom-fixtures)\/|\.testSupport\.ts$/;

/**
 * The needs of test files, found in their text and in everything they import.
 *
 * @param {readonly string[]} files Paths in the repository.
 * @returns {ReadonlySet<Need>}
 */
export function needsOf(files) {
  const needs = new Set();
  const seen = new Set();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const written = readFileSync(path.join(repository, file), 'utf8');
    const text = file.endsWith('.ts') ? written.replace(mapped, '') : written;
    for (const [need, sign] of Object.entries(signs))
      if ('file' in sign ? sign.file === file : sign.text.test(text)) needs.add(need);
    for (const [, reference = ''] of text.matchAll(references)) {
      const found = sourceOf(path.join(path.dirname(file), reference));
      if (found !== undefined && followed.test(found)) queue.push(found);
    }
  }
  return needs;
}

/**
 * @param {readonly string[]} files
 * @returns {string[]} Those that run with npm packages only.
 */
export const withoutNeeds = (files) => files.filter((file) => [...needsOf([file])].every((need) => optional.has(need)));

/**
 * @param {string} file As imported: TypeScript is imported by the name of the compiled file.
 * @returns {string | undefined}
 */
const sourceOf = (file) =>
  [file, file.replace(/\.js$/, '.ts'), file.replace(/\.js$/, '.tsx')].find((candidate) => {
    const full = path.join(repository, candidate);
    return existsSync(full) && statSync(full).isFile();
  });
