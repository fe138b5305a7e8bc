import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What makes the panel: it knows no viewer. The hosts import it, never the other way round. */
const core = ['panel', 'client'];
const packages = ['react', 'react-dom', 'eventsource-parser', '@kitware/vtk.js'];

const source = import.meta.dirname;
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.|\.d\.ts$/.test(file) && core.includes(file.split(path.sep)[0]!),
);
const imports = files.flatMap((file) => {
  const text = readFileSync(path.join(source, file), 'utf8');
  return [
    ...text.matchAll(/^(?:import|export)\s[^;]*?from\s'([^']+)';/gms),
    ...text.matchAll(/^import\s'([^']+)';/gm),
    ...text.matchAll(/\bimport\('([^']+)'\)/g),
  ].map(([, to]) => ({ from: file, to: to! }));
});

describe("the panel's core", () => {
  it('imports no host, and of packages only those that no viewer must bring', () => {
    expect(imports.length).toBeGreaterThan(100);
    const foreign = imports.filter(({ from, to }) => {
      if (!to.startsWith('.')) return !packages.some((name) => to === name || to.startsWith(`${name}/`));
      const target = path.relative(source, path.resolve(source, path.dirname(from), to));
      const isContract = target.startsWith(path.join('..', '..', 'server', 'contract'));
      return !isContract && !core.includes(target.split(path.sep)[0]!.replace(/\.js$/, '.ts'));
    });
    expect(foreign).toEqual([]);
  });

  it("names none of a viewer's globals or packages", () => {
    const named = files.filter((file) =>
      /@ohif|@cornerstonejs|servicesManager|commandsManager|extensionManager/.test(
        readFileSync(path.join(source, file), 'utf8'),
      ),
    );
    expect(named).toEqual([]);
  });
});

describe('what runs in a browser', () => {
  it("imports the server's contract and nothing else of the server", () => {
    const repository = path.resolve(source, '../..');
    const ofServer = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) =>
        [...readFileSync(path.join(source, file), 'utf8').matchAll(/['"](\.{1,2}\/[^'"]*\/server\/[^'"]*)['"]/g)].map(
          ([, to]) => ({ from: file, to: path.relative(repository, path.resolve(source, path.dirname(file), to!)) }),
        ),
      );
    expect(ofServer.length).toBeGreaterThan(50);
    expect(ofServer.filter(({ to }) => !to.startsWith(path.join('server', 'contract', path.sep)))).toEqual([]);
  });
});
