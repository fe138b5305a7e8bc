import { build } from '../setup/build.mjs';
import { setUpChromium } from '../setup/chromium.mjs';
import { setUpDicomTools } from '../setup/dicomTools.mjs';
import { setUpOrthanc } from '../setup/orthanc.mjs';
import { setUpPostgres } from '../setup/postgres.mjs';
import { setUpPython } from '../setup/python.mjs';
import { setUpTinyPacs } from '../setup/tinyPacs.mjs';
import { setUpViewer } from '../setup/viewer.mjs';

/**
 * Sets up only what tests need.
 *
 * @param {ReadonlySet<import('./needs.mjs').Need>} needs
 * @returns {Promise<string | undefined>} The Python of the offline tools, if it is needed and available.
 * @throws {import('../setup/steps.mjs').SetupError}
 */
export async function setUpNeeds(needs) {
  if (needs.has('orthanc')) await setUpOrthanc({ onlyInstalled: true });
  if (needs.has('tinyPacs')) await setUpTinyPacs();
  if (needs.has('dicomTools')) await setUpDicomTools();
  if (needs.has('postgres')) await setUpPostgres();
  if (needs.has('chromium')) await setUpChromium();
  if (needs.has('viewer')) await setUpViewer();
  const python = needs.has('python') ? await setUpPython() : undefined;
  if (needs.has('build')) await build();
  return python;
}
