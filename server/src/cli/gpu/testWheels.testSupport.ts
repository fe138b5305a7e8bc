import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { zipSync } from 'fflate';
import type { Wheel } from './wheel.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export interface SmallWheel {
  readonly bytes: Buffer;
  readonly wheel: Wheel;
}

/** A wheel that pip accepts, with files of these contents, as bytes and as it is described. */
export function smallWheel(
  file: string,
  contents: Readonly<Record<string, string>>,
  provides: readonly string[] = [],
): SmallWheel {
  const [name, version] = file.split('-') as [string, string];
  const about = {
    METADATA: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    WHEEL: `Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: ${file
      .replace(/\.whl$/, '')
      .split('-')
      .slice(2)
      .join('-')}\n`,
    RECORD: '',
  };
  const all = {
    ...contents,
    ...Object.fromEntries(Object.entries(about).map(([key, value]) => [`${name}-${version}.dist-info/${key}`, value])),
  };
  const files = Object.fromEntries(Object.entries(all).map(([key, content]) => [key, text(content)]));
  const bytes = Buffer.from(zipSync(files, { level: 6 }));
  const wheel: Wheel = {
    distribution: name.replaceAll('_', '-'),
    version,
    file,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    unpackedBytes: Object.values(contents).reduce((sum, content) => sum + content.length, 0),
    provides,
  };
  return { bytes, wheel };
}

/** In place of pip: copies a file of `offered` that fits, as `pip download` would download it. */
export interface StandInPip {
  readonly command: readonly [string, string];
  /** What it can download. */
  readonly offered: string;
  /** Each requirement it was asked for, "nvidia-cublas==1.0 --hash=sha256:…". */
  asked(): Promise<readonly string[]>;
}

/** @param root a folder for its files */
export async function standInPip(root: string, wheels: readonly SmallWheel[]): Promise<StandInPip> {
  const [offered, log, program] = ['offered', 'asked.txt', 'pip.mjs'].map((name) => path.join(root, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(offered);
  for (const { bytes, wheel } of wheels) await writeFile(path.join(offered, wheel.file), bytes);
  await writeFile(
    program,
    `import { appendFileSync, copyFileSync, readdirSync, readFileSync } from 'node:fs';
const option = (name) => process.argv.find((each) => each.startsWith('--' + name + '=')).slice(name.length + 3);
const asked = readFileSync(option('requirement'), 'utf8').trim();
appendFileSync(${JSON.stringify(log)}, asked + '\\n');
const [name, version] = asked.split(' ')[0].split('==');
const beginning = name.replaceAll('-', '_') + '-' + version + '-';
const found = readdirSync(${JSON.stringify(offered)}).find((file) => file.startsWith(beginning));
if (found === undefined) {
  console.error('ERROR: No matching distribution found for ' + name + '==' + version);
  process.exit(1);
}
copyFileSync(${JSON.stringify(offered)} + '/' + found, option('dest') + '/' + found);
`,
  );
  return {
    command: [process.execPath, program],
    offered,
    asked: async () => (existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n') : []),
  };
}
