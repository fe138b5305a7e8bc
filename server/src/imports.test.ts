import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

/**
 * The one way through the house (docs/develop/architecture.md): imports point down or stay on their floor, and the
 * steps do not know each other's code. A step may import the type of a value that another step hands on.
 */
const floors: Readonly<Record<string, number>> = {
  contract: 1,
  values: 1,
  platform: 1,
  database: 2,
  dicom: 2,
  http: 2,
  pacs: 2,
  pictures: 2,
  prompts: 2,
  registration: 2,
  segmenter: 2,
  results: 3,
  volume: 3,
  story: 4,
  evaluation: 5,
  jobs: 5,
  access: 6,
  audit: 6,
  findings: 6,
  mcp: 6,
  routing: 6,
  cli: 7,
};
const steps = new Set(['pacs', 'volume', 'segmenter', 'results', 'pictures', 'registration']);

const source = import.meta.dirname;
const contract = path.join('..', 'contract');
const sourcesOf = (folder: string): string[] =>
  readdirSync(path.join(source, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file))
    .map((file) => path.join(folder, file));
const files = [...sourcesOf('.'), ...sourcesOf(contract)];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** What stands after `from` in a file; `#contract/` is the server's own name for the contract (package.json). */
const namesIn = (file: string): { readonly name: string; readonly typeOnly: boolean }[] =>
  [
    ...readFileSync(path.join(source, file), 'utf8').matchAll(
      /^(?:import|export)\s(type\s)?(?:[^;]*?\sfrom\s)?'([^']+)';/gms,
    ),
  ].map((match) => ({ name: match[2]!, typeOnly: match[1] !== undefined }));

const imports: Import[] = files.flatMap((from) =>
  namesIn(from)
    .filter(({ name }) => /^(\.|#contract\/)/.test(name))
    .map(({ name, typeOnly }) => {
      const to = name.startsWith('#') ? name.replace('#contract', contract) : path.join(path.dirname(from), name);
      return { from, to: to.replace(/\.js$/, '.ts'), typeOnly };
    }),
);

const room = (file: string): string => file.split(path.sep).find((part) => part !== '..')!;
const floorOf = (file: string): number => floors[room(file)]!;

describe('imports', () => {
  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(100);
    for (const { to } of imports) expect(files).toContain(to);
  });

  it('come from folders that have a floor', () => {
    expect([...new Set(files.map(room))].filter((folder) => floors[folder] === undefined)).toEqual([]);
  });

  it('point down only', () => {
    expect(imports.filter(({ from, to }) => floorOf(to) > floorOf(from))).toEqual([]);
  });

  it('of the contract are zod and its own files: a browser imports it', () => {
    const own = sourcesOf(contract);
    expect(own.length).toBeGreaterThan(10);
    const foreign = own.flatMap((from) => namesIn(from).filter(({ name }) => name !== 'zod' && !name.startsWith('./')));
    expect(foreign).toEqual([]);
  });

  it('never reach from one step into the code of another', () => {
    const sideways = imports.filter(
      ({ from, to, typeOnly }) => steps.has(room(from)) && steps.has(room(to)) && room(from) !== room(to) && !typeOnly,
    );
    expect(sideways).toEqual([]);
  });

  it('of ONNX Runtime come after what turns its telemetry off', () => {
    const users = files.filter((file) => namesIn(file).some(({ name }) => name === 'onnxruntime-node'));
    expect(users.length).toBeGreaterThan(1);
    for (const file of users) expect(namesIn(file)[0]!.name).toMatch(/\/withoutTelemetry\.js$/);
  });
});
