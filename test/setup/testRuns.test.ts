import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../scripts/setup/command.mjs';
import { batchesOf, runBatches } from '../../scripts/test/batches.mjs';
import { failuresOf } from '../../scripts/test/failures.mjs';
import { needsOf, withoutNeeds } from '../../scripts/test/needs.mjs';
import { runPythonTests } from '../../scripts/test/pythonTests.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '*.test.ts', '*.test.tsx'], { cwd: repository, encoding: 'utf8' })
  .trim()
  .split('\n');

describe('what a test file needs besides npm packages', () => {
  it.each([
    ['server/src/values/grid.test.ts', []],
    ['server/src/cli/app/application.test.ts', ['sharedPostgres']],
    ['test/jobs/jobStore.test.ts', ['postgres', 'sharedPostgres']],
    ['test/conformance/segmentation.test.ts', ['dicomTools', 'python']],
    ['test/access/oidc.test.ts', ['build', 'sharedPostgres']],
    ['test/crash/crash.test.ts', ['build', 'orthanc', 'postgres']],
    ['test/browser/viewerLayouts.test.ts', ['build', 'chromium', 'orthanc', 'sharedPostgres', 'viewer', 'viewport']],
    ['test/browser/jobsAndRules.test.ts', ['build', 'chromium', 'orthanc', 'sharedPostgres', 'viewer']],
  ])('%s: %j', (file, needs) => {
    expect([...needsOf([file])].toSorted()).toEqual(needs);
  });

  it('is nothing for nearly all tests beside the sources', () => {
    const beside = files.filter((file) => file.startsWith('server/src/'));
    expect(withoutNeeds(beside).length / beside.length).toBeGreaterThan(0.9);
  });
});

describe('the batches of a whole run', () => {
  it('hold every file once: small ones that take long, then the largest first, and the last batches are small', () => {
    const batches = batchesOf(files, 7);
    expect(batches.flat().toSorted()).toEqual(files.toSorted());
    const lengths = batches.map(({ length }) => length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect([lengths[0], lengths.at(-2)]).toEqual([7, 2]);
    const inOrder = batches.flat();
    expect(inOrder[0]).toBe('test/browser/jobsAndRules.test.ts');
    const sizes = inOrder.slice(6).map((file) => statSync(path.join(repository, file)).size);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('are run once each by two that share a queue, also after a failure, which is kept', async () => {
    const [own, shared] = [
      [['a'], ['b']],
      [['c'], ['d'], ['e']],
    ];
    const ran: string[] = [];
    const run = async (batch: readonly string[]) => {
      ran.push(batch[0]!);
      await undefined;
      return batch[0] === 'c' ? 1 : 0;
    };
    const codes = await Promise.all([runBatches([own, shared], run), runBatches([shared], run)]);
    expect(ran.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(ran.slice(0, 3).toSorted()).toEqual(['a', 'b', 'c']);
    expect(codes.toSorted()).toEqual([0, 1]);
  });
});

it('no test file has a time limit of its own: those of test/support/limits.mjs are for all', () => {
  // `}, 60_000);` ends a test or a hook, `timeout: 5000` is of Playwright or execFile, and a page that is not
  // made by test/support/chromium.ts has Playwright's 30 s.
  const ownLimit = /^\s*\}, [\d_]{5,}\);$|\btimeout: [\d_]+|jest\.setTimeout|setDefaultTimeout|browser\.newPage\(/m;
  const own = files.filter(
    (file) =>
      file !== 'test/setup/testRuns.test.ts' && ownLimit.test(readFileSync(path.join(repository, file), 'utf8')),
  );
  expect(own).toEqual([]);
});

it('a run ends with what failed: the file, the test, the message; also a file that could not start', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-report-'));
  const report = path.join(folder, 'jest.json');
  const failed = {
    status: 'failed',
    fullName: 'masks are equal',
    failureMessages: ['Error: \u001b[31m3\u001b[39m of 4'],
  };
  const passed = { status: 'passed', fullName: 'masks exist', failureMessages: [] };
  const testResults = [
    { name: path.join(repository, 'test/a.test.ts'), message: 'whole', assertionResults: [passed, failed] },
    { name: path.join(repository, 'test/b.test.ts'), message: 'Cannot find module', assertionResults: [] },
    { name: path.join(repository, 'test/c.test.ts'), message: '', assertionResults: [passed] },
  ];
  await writeFile(report, JSON.stringify({ testResults }));
  expect(await failuresOf([report, path.join(folder, 'missing.json')])).toBe(
    '✗ test/a.test.ts: masks are equal\nError: 3 of 4\n✗ test/b.test.ts\nCannot find module',
  );
  await rm(folder, { recursive: true });
});

it('what takes idle time alone gets the usual share once the others end, where that is permitted', async () => {
  let end = () => {};
  const others = new Promise<void>((resolve) => {
    end = resolve;
  });
  const priority = 'require("node:os").getPriority()';
  // Until its priority has changed, or a second has passed after the others ended.
  const program = `console.log(${priority}); const end = Date.now() + 1000;
    const look = () => (${priority} === 0 || Date.now() > end ? console.log(${priority}) : setTimeout(look, 20));
    look();`;
  const { stdout } = await run(process.execPath, ['-e', program], {
    inIdleTimeUntil: others,
    onLine: (line) => line === '19' && end(),
  });
  expect(stdout.trim().split('\n')).toEqual(['19', process.getuid?.() === 0 ? '0' : '19']);
});

it('a run names the check of Python that failed, a test or the form', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-python-'));
  // Stands for an interpreter: only the check of the form fails.
  const python = path.join(folder, 'python');
  await writeFile(python, '#!/bin/sh\ncase "$*" in *"ruff format"*) echo "not formatted: a.py"; exit 1;; esac\n', {
    mode: 0o755,
  });
  expect(await runPythonTests(python, path.join(folder, 'pytest.xml'), Promise.resolve())).toEqual({
    failures: ['✗ ruff format: see its output above'],
    skippedFolders: 0,
    output: 'not formatted: a.py\n',
  });
  await rm(folder, { recursive: true });
});
