import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const { packages } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Entry>>;
};

describe('package-lock.json', () => {
  // npm leaves a package out that the registry in use does not have; `npm ci` then refuses the whole file, on every
  // machine.
  it('has the packages of every platform, not only of the one it was written on', () => {
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !Object.keys(packages).some((where) => where.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it('has the checksum of everything that ships', () => {
    const fetched = Object.entries(packages).filter(
      ([where, { link, dev }]) => where.includes('node_modules/') && !link && !dev,
    );
    expect(fetched.length).toBeGreaterThan(100);
    expect(fetched.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([where]) => where)).toEqual(
      [],
    );
  });
});
