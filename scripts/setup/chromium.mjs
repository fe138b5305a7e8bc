import { findProgram, run } from './command.mjs';
import { installDebianPackages } from './debianPackages.mjs';
import { SetupError, step } from './steps.mjs';

/** The headless shell first: without a window around the page, tests of the panel take a tenth less processor time. */
const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * @returns {Promise<string | undefined>} A Chromium that starts: PROMPTSEG_CHROMIUM, or the first one on the PATH.
 */
export async function findChromium() {
  for (const name of process.env.PROMPTSEG_CHROMIUM ? [process.env.PROMPTSEG_CHROMIUM] : names) {
    const program = name.includes('/') ? name : await findProgram(name);
    // Ubuntu's package is a stub that requires snap.
    if (program !== undefined && (await run(program, ['--version'])).code === 0) return program;
  }
  return undefined;
}

/**
 * For the tests in a real browser.
 *
 * @returns {Promise<string>} The program.
 * @throws {SetupError}
 */
export async function setUpChromium() {
  const found = await findChromium();
  if (found !== undefined) return found;
  return step('Chromium', async (note) => {
    // Older versions of Debian have no package of the shell alone.
    let installation = await installDebianPackages(['chromium-headless-shell', 'fonts-dejavu-core'], note);
    if (!installation.installed) installation = await installDebianPackages(['chromium', 'fonts-dejavu-core'], note);
    const program = await findChromium();
    if (program !== undefined) return program;
    const reason = installation.installed ? 'the package has no browser that starts' : installation.reason;
    throw new SetupError(
      `Chromium is missing and could not be installed: ${reason}. ` +
        'Install Chromium or Chrome, or set PROMPTSEG_CHROMIUM to its program.',
    );
  });
}
