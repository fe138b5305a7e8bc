import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Command } from 'commander';

const scripts = path.resolve(import.meta.dirname, '../../../scripts');

/**
 * `promptseg demo` and `promptseg viewer` run scripts, because in a clone these must run before anything is built.
 * Options and exit codes are the scripts'.
 */
export function addScriptCommands(program: Command): void {
  const add = (name: string, script: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('[options...]')
      .allowUnknownOption()
      .action(async (options: readonly string[]) => {
        const child = spawn(process.execPath, [path.join(scripts, script), ...options], { stdio: 'inherit' });
        // A terminal sends its signals to both; the script decides when it ends.
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
          process.on(signal, () => process.stdout.isTTY || child.kill(signal));
        const [code] = await once(child, 'exit');
        process.exitCode = code ?? 1;
      });
  // `--help` is the script's, too.
  add('demo', 'demo.mjs', 'start an Orthanc and the server on this machine, and segment a study that ships').helpOption(
    false,
  );
  add('viewer', 'get-viewer.mjs', 'download OHIF once, verify it, and print its folder (for PROMPTSEG_VIEWER)');
}
