import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';

const repository = path.resolve(import.meta.dirname, '../..');

it('npm run sbom writes a CycloneDX document of what ships, without what only development needs', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'promptseg-sbom-'));
  try {
    const file = path.join(folder, 'sbom.json');
    execFileSync(process.execPath, [path.join(repository, 'scripts/sbom.mjs'), file], { stdio: 'pipe' });
    const { bomFormat, specVersion, metadata, components } = JSON.parse(readFileSync(file, 'utf8'));
    expect([bomFormat, specVersion, metadata.component.name]).toEqual(['CycloneDX', '1.5', 'promptseg']);
    const names = (components as { name: string; purl: string; hashes?: unknown[] }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['express', 'onnxruntime-node', 'dcmjs', 'zod']));
    expect(names).not.toContain('jest');
    const fetched = (components as { purl: string; externalReferences?: unknown; hashes?: { alg: string }[] }[]).filter(
      ({ hashes }) => hashes?.some(({ alg }) => alg === 'SHA-512'),
    );
    expect(fetched.length).toBeGreaterThan(100);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
