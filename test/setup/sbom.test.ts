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
    // npm leaves out some of them if it is asked to omit development dependencies.
    const parts = (components as { name: string; version: string }[]).map(({ name, version }) => `${name}@${version}`);
    expect(parts).toEqual(expect.arrayContaining(needed()));
    // In viewer-extension/dist/ and server/dist/elastix/.
    expect(names).toEqual(expect.arrayContaining(['react', '@cornerstonejs/tools', '@itk-wasm/elastix', 'itk-wasm']));
    for (const name of ['jest', 'esbuild', '@types/react', 'axios']) expect(names).not.toContain(name);
    const fetched = (components as { purl: string; externalReferences?: unknown; hashes?: { alg: string }[] }[]).filter(
      ({ hashes }) => hashes?.some(({ alg }) => alg === 'SHA-512'),
    );
    expect(fetched.length).toBeGreaterThan(100);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The packages of the lock file that are not for development only. */
function needed(): string[] {
  const { packages } = JSON.parse(readFileSync(path.join(repository, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { name?: string; version: string; dev?: true; link?: true }>;
  };
  return Object.entries(packages).flatMap(([folder, { name, version, dev, link }]) =>
    folder.includes('node_modules/') && !dev && !link
      ? [`${name ?? folder.split('node_modules/').at(-1)}@${version}`]
      : [],
  );
}
