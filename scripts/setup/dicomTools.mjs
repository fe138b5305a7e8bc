import { findProgram } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';
import { SetupError, step } from './steps.mjs';

/** Independent programs that check our DICOM objects in the tests, and the Debian package of each. */
const tools = { dciodvfy: 'dicom3tools', dcmdump: 'dcmtk' };

/** @returns {Promise<(keyof typeof tools)[]>} */
async function missingTools() {
  const names = /** @type {(keyof typeof tools)[]} */ (Object.keys(tools));
  const found = await Promise.all(names.map(findProgram));
  return names.filter((_, index) => found[index] === undefined);
}

/** @throws {SetupError} */
export async function setUpDicomTools() {
  const missing = await missingTools();
  if (missing.length === 0) return;
  await step('dicom3tools and dcmtk', async (note) => {
    const installation = await installDebianPackages(
      missing.map((name) => tools[name]),
      note,
    );
    const stillMissing = await missingTools();
    if (stillMissing.length === 0) return;
    const reason = installation.installed ? 'the packages lack them' : installation.reason;
    throw new SetupError(
      `${stillMissing.join(' and ')} are missing and could not be installed: ${reason}. ` +
        `Install ${stillMissing.map((name) => tools[name]).join(' and ')}.`,
    );
  });
}
