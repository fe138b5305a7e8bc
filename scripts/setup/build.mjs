import { run } from './command.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * Builds the server, the viewer extension and the fixtures' generator. tsc and esbuild skip what has not changed.
 *
 * @throws {SetupError}
 */
export async function build() {
  await step('build', async () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const { code, output } = await run(npm, ['run', 'build', '--silent']);
    if (code !== 0) throw new SetupError(`The build failed.\n${output}`);
  });
}
