import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadModelPackage, loadModelPackages } from './modelPackage.js';
import { readModelKeys, signatureFile, signPackage } from './packageSignature.js';

const shipped = resolve(import.meta.dirname, '../../../../models/ct-tissues');
let folder: string;
let model: string;
const file = (name: string): string => join(folder, name);

async function keyPair(name: string, type: 'ed25519' | 'x25519' = 'ed25519'): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync(type as 'ed25519');
  await writeFile(file(`${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(file(`${name}.pub.pem`), publicKey.export({ type: 'spki', format: 'pem' }));
}
const keysOf = (name: string) => readModelKeys(file(`${name}.pub.pem`));
const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8', stdio: 'pipe' });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptseg-signed-'));
  model = file('ct-tissues');
  await cp(shipped, model, { recursive: true });
  await keyPair('ours');
  await keyPair('others');
  await signPackage(model, file('ours.pem'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a server with keys', () => {
  it('takes a package that one of them has signed; a server without keys takes it too', async () => {
    await writeFile(
      file('both.pub.pem'),
      (await readFile(file('others.pub.pem'), 'utf8')) + (await readFile(file('ours.pub.pem'), 'utf8')),
    );
    for (const keys of [await keysOf('ours'), await keysOf('both'), []])
      expect((await loadModelPackage(model, keys)).manifest.id).toBe('ct-tissues');
  });

  it('takes no unsigned package, and says so of that one alone', async () => {
    await cp(shipped, file('unsigned'), { recursive: true });
    await rm(file('unsigned/model.json'));
    await cp(model, file('zz-unsigned'), { recursive: true });
    await rm(join(file('zz-unsigned'), signatureFile));
    const library = await loadModelPackages(folder, await keysOf('ours'));
    expect(library.packages.map(({ manifest }) => manifest.id)).toEqual(['ct-tissues']);
    expect(library.refused.map(({ error }) => error.code)).toEqual(['model-package-unsigned']);
  });

  it('takes none that another key signed', async () => {
    await expect(loadModelPackage(model, await keysOf('others'))).rejects.toMatchObject({
      code: 'model-package-unsigned',
    });
  });

  it('takes none with an altered file', async () => {
    await appendFile(join(model, 'CARD.md'), 'x');
    await expect(loadModelPackage(model, await keysOf('ours'))).rejects.toMatchObject({
      code: 'model-package-corrupt',
      details: { file: 'CARD.md' },
    });
  });

  it('takes none with altered checksums, though they fit the files', async () => {
    const sums = await readFile(join(model, 'SHA256SUMS'), 'utf8');
    const before = openssl('dgst', '-sha256', '-r', join(model, 'CARD.md')).slice(0, 64);
    await appendFile(join(model, 'CARD.md'), 'x');
    const after = openssl('dgst', '-sha256', '-r', join(model, 'CARD.md')).slice(0, 64);
    await writeFile(join(model, 'SHA256SUMS'), sums.replace(before, after));
    expect((await loadModelPackage(model)).manifest.id).toBe('ct-tissues');
    await expect(loadModelPackage(model, await keysOf('ours'))).rejects.toMatchObject({
      code: 'model-package-unsigned',
    });
  });

  it.each([Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(65), Buffer.from('no signature')])(
    'takes none with a broken signature',
    async (signature) => {
      await writeFile(join(model, signatureFile), signature);
      await expect(loadModelPackage(model, await keysOf('ours'))).rejects.toMatchObject({
        code: 'model-package-unsigned',
      });
    },
  );

  it('refuses files that hold no Ed25519 key', async () => {
    await keyPair('agreement', 'x25519');
    await writeFile(file('empty.pub.pem'), '');
    for (const name of ['agreement', 'empty', 'missing'])
      await expect(keysOf(name)).rejects.toMatchObject({ code: 'settings-file-invalid' });
    for (const name of ['agreement.pem', 'ours.pub.pem', 'missing.pem'])
      await expect(signPackage(model, file(name))).rejects.toMatchObject({ code: 'settings-file-invalid' });
  });
});

describe('OpenSSL', () => {
  const sums = (): string => join(model, 'SHA256SUMS');
  const signature = (): string => join(model, signatureFile);

  it('verifies our signature', () => {
    const args = [
      '-verify',
      '-pubin',
      '-inkey',
      file('ours.pub.pem'),
      '-rawin',
      '-in',
      sums(),
      '-sigfile',
      signature(),
    ];
    expect(openssl('pkeyutl', ...args)).toContain('Verified Successfully');
  });

  it('makes keys and signatures that we verify', async () => {
    openssl('genpkey', '-algorithm', 'ed25519', '-out', file('made.pem'));
    openssl('pkey', '-in', file('made.pem'), '-pubout', '-out', file('made.pub.pem'));
    openssl('pkeyutl', '-sign', '-inkey', file('made.pem'), '-rawin', '-in', sums(), '-out', signature());
    expect((await loadModelPackage(model, await keysOf('made'))).manifest.id).toBe('ct-tissues');
  });
});
