import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fetchWheel } from './fetchWheel.js';
import { type StandInPip, smallWheel, standInPip } from './testWheels.testSupport.js';

const small = smallWheel('some_library-1.0-py3-none-manylinux1_x86_64.whl', {
  'some/lib/libsome.so.1': 'x'.repeat(5000),
});
const { bytes, wheel } = small;

let root: string;
let folder: string;
let pip: StandInPip;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'promptseg-wheel-'));
  folder = path.join(root, 'received');
  await mkdir(folder);
  pip = await standInPip(root, [small]);
});
afterEach(() => rm(root, { recursive: true }));

const received = () => path.join(folder, wheel.file);

it('asks pip for a wheel by its checksum', async () => {
  await fetchWheel(wheel, folder, pip.command);
  expect(await pip.asked()).toEqual([`some-library==1.0 --hash=sha256:${wheel.sha256}`]);
  expect(await readFile(received())).toEqual(bytes);
});

it('asks for nothing if it is there, and again if it is incomplete', async () => {
  await writeFile(received(), bytes);
  await fetchWheel(wheel, folder, pip.command);
  expect(await pip.asked()).toEqual([]);
  await writeFile(received(), bytes.subarray(0, 100));
  await fetchWheel(wheel, folder, pip.command);
  expect(await readFile(received())).toEqual(bytes);
});

const refused = (message: string) => ({ code: 'gpu-download-failed', message });

it('says what pip says', async () => {
  await expect(fetchWheel({ ...wheel, version: '2.0' }, folder, pip.command)).rejects.toMatchObject(
    refused(`pip could not download ${wheel.file}: No matching distribution found for some-library==2.0.`),
  );
});

it('does not trust pip with the checksum', async () => {
  await writeFile(path.join(pip.offered, wheel.file), 'something else');
  await expect(fetchWheel(wheel, folder, pip.command)).rejects.toMatchObject(
    refused(`pip downloaded another file than ${wheel.file}.`),
  );
});

it('says that there is no Python', async () => {
  await expect(fetchWheel(wheel, folder, [path.join(root, 'absent')])).rejects.toMatchObject(
    refused(`${wheel.file} could not be downloaded, because python3 is not installed.`),
  );
});

const python = process.env.PROMPTSEG_PYTHON;
if (python === undefined) console.warn('SKIPPED: the test of `gpu install` with pip needs PROMPTSEG_PYTHON.');

describe('with the real pip', () => {
  const itWithPip = python === undefined ? it.skip : it;
  const realPip = (from: string): readonly [string, ...string[]] => [
    'env',
    'PIP_NO_INDEX=1',
    `PIP_FIND_LINKS=${from}`,
    `${python}`,
    '-m',
    'pip',
  ];

  itWithPip('downloads a wheel, and refuses one with another checksum', async () => {
    await fetchWheel(wheel, folder, realPip(pip.offered));
    expect(await readFile(received())).toEqual(bytes);
    await rm(received());
    const altered = { ...wheel, sha256: '0'.repeat(64) };
    await expect(fetchWheel(altered, folder, realPip(pip.offered))).rejects.toMatchObject({
      code: 'gpu-download-failed',
      message: expect.stringContaining('DO NOT MATCH THE HASHES'),
    });
    expect(existsSync(received())).toBe(false);
  });
});
