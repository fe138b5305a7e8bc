import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PromptsegError } from '../../platform/errors.js';

/**
 * Signature of SHA256SUMS, which names every other file: 64 bytes of Ed25519 (RFC 8032), as `openssl pkeyutl -sign
 * -rawin` writes them.
 */
export const signatureFile = 'SHA256SUMS.sig';

/** Public keys in PEM, from {@link readModelKeys}. */
export type ModelKeys = readonly string[];

/**
 * Reads one or several public keys in PEM (`openssl pkey -pubout`).
 * @throws PromptsegError `settings-file-invalid` if the file cannot be read or contains anything but Ed25519 public
 * keys
 */
export async function readModelKeys(file: string): Promise<ModelKeys> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid('cannot be read', cause);
  });
  const keys = text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? [];
  if (keys.length === 0) throw invalid('contains no public key in PEM');
  for (const key of keys) requireEd25519(publicKeyOf(key));
  return keys;
}

/**
 * Signs the package in a folder: writes {@link signatureFile}.
 * @param keyFile private key in PEM (`openssl genpkey -algorithm ed25519`)
 * @throws PromptsegError `settings-file-invalid` if the key cannot be used
 */
export async function signPackage(folder: string, keyFile: string): Promise<void> {
  const pem = await readFile(keyFile).catch((cause: unknown) => {
    throw invalid('cannot be read', cause);
  });
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw invalid('contains no private key in PEM', cause);
  }
  requireEd25519(key);
  await writeFile(join(folder, signatureFile), sign(null, await readFile(join(folder, 'SHA256SUMS')), key));
}

/** @throws PromptsegError `model-package-unsigned` if none of the keys signed these checksums */
export async function requireSignature(folder: string, sums: Uint8Array, keys: ModelKeys): Promise<void> {
  const signature = await readFile(join(folder, signatureFile)).catch(() => undefined);
  if (signature === undefined)
    throw new PromptsegError('model-package-unsigned', 'The model package is not signed: it has no SHA256SUMS.sig.');
  if (keys.some((key) => verify(null, sums, publicKeyOf(key), signature))) return;
  throw new PromptsegError(
    'model-package-unsigned',
    'The signature of the model package matches none of the keys, or not its SHA256SUMS.',
  );
}

function publicKeyOf(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw invalid('contains a public key that cannot be read', cause);
  }
}

function requireEd25519({ asymmetricKeyType }: KeyObject): void {
  if (asymmetricKeyType !== 'ed25519') throw invalid(`contains a key for ${asymmetricKeyType}, not for Ed25519`);
}

const invalid = (why: string, cause?: unknown): PromptsegError =>
  new PromptsegError('settings-file-invalid', `The file with keys of model packages ${why}.`, { cause });
