import path from 'node:path';
import { setUpOrthanc } from '../setup/orthanc.mjs';
import { demoFolder } from '../setup/paths.mjs';
import { startOrthanc } from '../setup/startOrthanc.mjs';
import { SetupError } from '../setup/steps.mjs';
import { setUpTinyPacs, startTinyPacs } from '../setup/tinyPacs.mjs';

/**
 * @typedef {object} DemoArchive
 * @property {string} name
 * @property {string} folder Where the demo keeps this archive and the records of jobs on it.
 * @property {() => Promise<import('../setup/startOrthanc.mjs').StartedArchive>} start
 */

/**
 * Orthanc, as in production; tiny-pacs where Orthanc is not there and cannot be installed. An Orthanc that was named
 * (`ORTHANC_URL`) and does not respond is not replaced.
 *
 * @param {{ orthanc: typeof setUpOrthanc, tinyPacs: typeof setUpTinyPacs }} [setUp]
 * @returns {Promise<DemoArchive>}
 * @throws {SetupError} With a sentence that says what to install.
 */
export async function setUpArchive(setUp = { orthanc: setUpOrthanc, tinyPacs: setUpTinyPacs }) {
  try {
    const source = await setUp.orthanc();
    const start = () => startOrthanc(source, { folder: path.join(demoFolder, 'orthanc') });
    return { name: 'Orthanc', folder: demoFolder, start };
  } catch (error) {
    if (!(error instanceof SetupError) || process.env.ORTHANC_URL) throw error;
    const python = await setUp.tinyPacs().catch((other) => {
      throw other instanceof SetupError ? new SetupError(`${error.message}\n\nInstead of it: ${other.message}`) : other;
    });
    console.log(`${error.message}\nUntil then, the demo uses tiny-pacs, a small archive in Python.`);
    const folder = path.join(demoFolder, 'tiny-pacs');
    return { name: 'tiny-pacs', folder, start: () => startTinyPacs(python, { folder: path.join(folder, 'archive') }) };
  }
}
