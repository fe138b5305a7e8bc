import { run } from './command.mjs';
import { SetupError, step } from './steps.mjs';

/**
 * Builds the server, the viewer extension and the fixtures' generator. Nothing changed: tsc and esbuild see that themselves.
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
