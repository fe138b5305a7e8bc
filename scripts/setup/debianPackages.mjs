import { findProgram, lastLines, run } from './command.mjs';

/**
 * Installs as root without starting a system service, now or at the next boot: Debian's maintainer scripts call
 * /usr/sbin/policy-rc.d first, and 101 forbids it. The shell's trap removes that file again, even if the installation
 * fails or is interrupted.
 */
const installScript = `
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
new=
for package in "$@"; do [ -e "/etc/init.d/$package" ] || new="$new $package"; done
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "$@"
status=$?
for package in $new; do [ ! -e "/etc/init.d/$package" ] || update-rc.d "$package" disable; done
exit $status
`;

/** @typedef {{ installed: true } | { installed: false, reason: string }} Installation */

/**
 * Installs packages of Debian or Ubuntu, if this is one and we have the rights.
 *
 * @param {readonly string[]} packages
 * @param {(note: string) => void} note Receives apt's progress.
 * @returns {Promise<Installation>} `reason` is part of a sentence.
 */
export async function installDebianPackages(packages, note) {
  if ((await findProgram('apt-get')) === undefined) return { installed: false, reason: 'this is not Debian or Ubuntu' };
  const asRoot = await rootPrefix();
  if (asRoot === undefined) return { installed: false, reason: 'installing it needs root or sudo without a password' };
  const [program = 'sh', ...args] = [...asRoot, 'sh', '-c', installScript, 'sh', ...packages];
  const { code, output } = await run(program, args, {
    onLine: (line) => {
      const [, doing, what] = /^(Get|Unpacking|Setting up)\S* (\S+)/.exec(line) ?? [];
      if (doing !== undefined) note(doing === 'Get' ? 'downloading' : `${doing.toLowerCase()} ${what}`);
    },
  });
  return code === 0 ? { installed: true } : { installed: false, reason: `apt-get failed:\n${lastLines(output)}` };
}

/**
 * @returns {Promise<readonly string[] | undefined>} Prefix of a command to run it as root; undefined without the
 * rights.
 */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = await findProgram('sudo');
  if (sudo === undefined) return undefined;
  return (await run(sudo, ['-n', 'true'])).code === 0 ? [sudo, '-n'] : undefined;
}
