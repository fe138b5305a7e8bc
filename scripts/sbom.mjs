#!/usr/bin/env node
// `npm run sbom [-- FILE]`, after `npm run build`: what ships, as a CycloneDX 1.5 document: all packages of the lock
// file except development dependencies, and of these the ones that are bundled into the pages, the viewer's extension
// or the server.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readBundledPackages } from './setup/bundledPackages.mjs';
import { repository } from './setup/paths.mjs';

const file = path.resolve(process.argv[2] ?? path.join(repository, 'artifacts/sbom.cdx.json'));
const args = ['sbom', '--sbom-format', 'cyclonedx', '--workspaces', '--package-lock-only'];
const text = execFileSync('npm', args, {
  cwd: repository,
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const { packages } = JSON.parse(readFileSync(path.join(repository, 'package-lock.json'), 'utf8'));
const bundled = new Set(
  [...(await readBundledPackages())].map((folder) => {
    const { name = folder.split('node_modules/').at(-1), version } = packages[folder];
    return `${name}@${version}`;
  }),
);
/** @typedef {{ name: string, value: string }} Property */
/** @param {{ name: string, version: string, properties?: Property[] }} component */
const ships = ({ name, version, properties = [] }) =>
  bundled.has(`${name}@${version}`) || !properties.some((each) => each.name === 'cdx:npm:package:development');

const document = JSON.parse(text);
// npm uses the folder's name as the project's name.
document.metadata.component.name = 'promptseg';
document.components = document.components.filter(ships);
/** @type {Set<string>} */
const shipped = new Set(document.components.map((/** @type {{ 'bom-ref': string }} */ each) => each['bom-ref']));
shipped.add(document.metadata.component['bom-ref']);
document.dependencies = document.dependencies
  .filter((/** @type {{ ref: string }} */ { ref }) => shipped.has(ref))
  .map((/** @type {{ ref: string, dependsOn: string[] }} */ { ref, dependsOn }) => ({
    ref,
    dependsOn: dependsOn.filter((each) => shipped.has(each)),
  }));
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
console.log(`${file}: ${document.components.length} packages, ${bundled.size} of them bundled`);
