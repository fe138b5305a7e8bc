#!/usr/bin/env node
// `npm run sbom [-- FILE]`: what ships, as a CycloneDX 1.5 document: all packages of the lock file except development
// dependencies.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './setup/paths.mjs';

const file = path.resolve(process.argv[2] ?? path.join(repository, 'artifacts/sbom.cdx.json'));
const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--workspaces', '--package-lock-only'];
const text = execFileSync('npm', args, {
  cwd: repository,
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const document = JSON.parse(text);
// npm uses the folder's name as the project's name.
document.metadata.component.name = 'promptseg';
mkdirSync(path.dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
console.log(`${file}: ${document.components.length} packages`);
