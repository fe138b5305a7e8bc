/**
 * `npm test [-- JEST ARGUMENTS]`: sets up what the tests need and runs them. Without arguments it runs every test,
 * including the offline Python tools, and the last line has the totals. With arguments it runs the files that Jest
 * finds by them. `npm run test:unit` and `npm run test:watch` run the tests next to the sources that need only npm
 * packages. `node scripts/test.mjs --set-up` installs what the tests need, and runs none.
 */
import './setup/nodeVersion.mjs';

import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setUpNodeModules } from './setup/nodeModules.mjs';
import { cacheFolder, repository } from './setup/paths.mjs';
import { exitWith } from './setup/steps.mjs';
import { batchesOf, runBatches } from './test/batches.mjs';
import { jestCounts, pytestCounts, sumUp } from './test/counts.mjs';
import { failuresOf } from './test/failures.mjs';
import { needsOf, withoutNeeds } from './test/needs.mjs';
import { runOnNewestNode } from './test/onNewestNode.mjs';
import { runPythonTests } from './test/pythonTests.mjs';
import { jestCommand, runVisibly } from './test/run.mjs';
import { setUpNeeds } from './test/setUpNeeds.mjs';
import { startSharedPostgres } from './test/sharedPostgres.mjs';
import { slowestFiles } from './test/slowest.mjs';
import { temporaryFolder } from './test/temporaryFolder.mjs';
import { testFiles } from './test/testFiles.mjs';

const results = path.join(repository, 'test/results');
const reporter = `--reporters=${path.join(repository, 'scripts/test/reporter.mjs')}`;

/**
 * Jest keeps the modules of every file: after a hundred, a process had 2.7 GB and was half as quick. A process costs
 * 3 s of processor time before its first test.
 */
const batchSize = { units: 60, others: 8 };

/** These models keep every core busy: two at once take longer than one after the other. */
const computing = /^test\/(segmenter|evaluation)\/|\/head([A-Z][^/]*)?\.test\.ts$/;

try {
  const [first, ...rest] = process.argv.slice(2);
  await setUpNodeModules();
  process.env.TMPDIR = await temporaryFolder();
  keepPythonBytecode();
  if (first === '--set-up') await setUp();
  else if (first === '--unit') process.exitCode = await testUnits(rest);
  else if (first !== undefined) process.exitCode = await testSome([first, ...rest]);
  else process.exitCode = await testAll();
} catch (error) {
  exitWith(error);
}

/**
 * Without the build: a check of the types at the same time writes the same files. The Python packages take as long as
 * all else together.
 */
async function setUp() {
  const needs = new Set(needsOf(await testFiles([])));
  needs.delete('build');
  needs.delete('python');
  await Promise.all([setUpNeeds(needs), setUpNeeds(new Set(['python']))]);
}

/**
 * Where PYTHONDONTWRITEBYTECODE is set, as in many containers, each process of Python compiles all that it imports:
 * PyTorch and ONNX took 11.3 s of processor time instead of 5.9, highdicom 4.2 instead of 1.3. What is compiled is kept
 * in the cache folder, so that no folder of sources gets anything.
 */
function keepPythonBytecode() {
  process.env.PYTHONDONTWRITEBYTECODE = '';
  process.env.PYTHONPYCACHEPREFIX ??= path.join(cacheFolder, 'python-bytecode');
}

/**
 * @param {readonly string[]} jestArguments
 * @returns {Promise<number>} 0 if every test passed.
 */
async function testSome(jestArguments) {
  const needs = needsOf(await testFiles(jestArguments));
  const python = await setUpNeeds(needs);
  const postgres = await startSharedPostgres(needs);
  try {
    const environment = { ...environmentWith(python), ...postgres.environment };
    return await runVisibly(process.execPath, jestCommand(jestArguments), environment);
  } finally {
    await postgres.stop();
  }
}

/**
 * @param {readonly string[]} jestArguments `--watch`, for example.
 * @returns {Promise<number>}
 */
async function testUnits(jestArguments) {
  const beside = (await testFiles([])).filter((file) => !file.startsWith('test/'));
  const units = withoutNeeds(beside);
  const others = beside.filter((file) => !units.includes(file)).map((file) => `/${file}$`);
  const sources = ['--testPathPatterns', '/src/', '/contract/'];
  const ignored = ['--testPathIgnorePatterns', '/node_modules/', '/test/', ...others];
  const report = path.join(results, 'jest-unit.json');
  if (jestArguments.length > 0)
    return runVisibly(process.execPath, jestCommand([...sources, ...ignored, ...jestArguments]));
  const code = await jest([...sources, ...ignored, '--maxWorkers=100%'], report);
  return end([report], [], code);
}

/** @returns {Promise<number>} */
async function testAll() {
  const files = await testFiles([]);
  const units = files.filter((file) => !file.startsWith('test/') && needsOf([file]).size === 0);
  const rest = files.filter((file) => !units.includes(file));
  const alone = rest.filter((file) => computing.test(file) || needsOf([file]).has('viewport'));
  const others = rest.filter((file) => !alone.includes(file));
  /** @type {string[]} */
  const reports = [];
  const inOneProcess = (/** @type {readonly string[]} */ batch) => {
    const report = path.join(results, `jest-${reports.length + 1}.json`);
    reports.push(report);
    return jest(['--runInBand', '--runTestsByPath', ...batch], report, environment);
  };

  // Most of the set-up waits for downloads; units need none of it.
  /** @type {Readonly<Record<string, string>>} */
  let environment = {};
  const needs = needsOf(files);
  const settingUp = setUpNeeds(new Set([...needs, 'python']));
  const unitsCode = runBatches([batchesOf(units, batchSize.units)], inOneProcess);
  const python = await settingUp;
  const postgres = await startSharedPostgres(needs);
  environment = { ...environmentWith(python), ...postgres.environment };

  // One runner has browsers that draw images without a GPU, and models that compute: never two of them at once. Two
  // have tests that mostly wait for servers, which the first takes over too when it is done. The Python tools and the
  // newest Node.js get what they leave: with one runner less, a quarter of two cores was idle.
  const [aloneQueue, othersQueue] = [batchesOf(alone, batchSize.others), batchesOf(others, batchSize.others)];
  const runOthers = () => runBatches([othersQueue], inOneProcess);
  const pytestReport = path.join(results, 'pytest.xml');
  await rm(pytestReport, { force: true });
  const jestCodes = Promise.all([
    unitsCode,
    runBatches([aloneQueue, othersQueue], inOneProcess),
    unitsCode.then(runOthers),
    runOthers(),
  ]);
  const pythonTests = runPythonTests(python, pytestReport, jestCodes);
  const newestNode = pythonTests.then(() => onNewestNode(jestCodes));
  const [codes, pytest, newest] = await Promise.all([jestCodes, pythonTests, newestNode]).finally(postgres.stop);
  console.log(pytest.output);
  if (newest.output !== '') console.log(newest.output);
  const counts = [await pytestCounts(pytestReport), { passed: 0, failed: 0, skipped: pytest.skippedFolders }];
  const failures = [...pytest.failures, ...newest.failures];
  return end(reports, counts, Math.max(...codes, Math.min(1, failures.length)), failures);
}

/**
 * Where PROMPTSEG_TEST_NEWEST_NODE is set: elsewhere, npm need not have its binary.
 *
 * @param {Promise<unknown>} others
 */
async function onNewestNode(others) {
  return process.env.PROMPTSEG_TEST_NEWEST_NODE === undefined ? { failures: [], output: '' } : runOnNewestNode(others);
}

/**
 * Runs Jest with the reporter of whole runs.
 *
 * @param {readonly string[]} args
 * @param {string} report The file for its results.
 * @param {Readonly<Record<string, string>>} [environment]
 * @returns {Promise<number>}
 */
async function jest(args, report, environment) {
  await mkdir(results, { recursive: true });
  await rm(report, { force: true });
  return runVisibly(
    process.execPath,
    jestCommand([reporter, '--json', `--outputFile=${report}`, ...args]),
    environment,
  );
}

/**
 * Prints the slowest files, repeats the failures, and prints the totals.
 *
 * @param {readonly string[]} reports Of Jest.
 * @param {readonly import('./test/counts.mjs').Counts[]} counts Of other runners.
 * @param {number} code
 * @param {readonly string[]} [otherFailures] Of other runners and of lint.
 * @returns {Promise<number>} `code`
 */
async function end(reports, counts, code, otherFailures = []) {
  console.log(`\nThe files that took longest:\n${await slowestFiles(reports)}`);
  const failures = [await failuresOf(reports), ...otherFailures].filter((text) => text !== '');
  if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join('\n')}`);
  console.log(`\n${sumUp([...(await Promise.all(reports.map(jestCounts))), ...counts])}`);
  return code;
}

/**
 * Independent readers (highdicom, dcmqi) run in this Python.
 *
 * @param {string | undefined} python
 * @returns {Readonly<Record<string, string>>}
 */
function environmentWith(python) {
  return python === undefined ? {} : { PROMPTSEG_PYTHON: python };
}
