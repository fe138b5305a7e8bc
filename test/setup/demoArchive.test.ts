import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setUpArchive } from '../../scripts/demo/archive.mjs';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { SetupError } from '../../scripts/setup/steps.mjs';
import { setUpTinyPacs } from '../../scripts/setup/tinyPacs.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';

const repository = path.resolve(import.meta.dirname, '../..');
const phantom = path.join(repository, 'dicom-fixtures/generated/ct-body-phantom/instances');

const cannot = (what: string) => async () => {
  throw new SetupError(what);
};
const installed = async () => ({ kind: 'installed', program: 'Orthanc', dicomWebPlugin: 'plugin' }) as const;
const python = async () => 'python';

describe('the archive of npm run demo', () => {
  let named: string | undefined;
  beforeEach(() => {
    named = process.env.ORTHANC_URL;
    delete process.env.ORTHANC_URL;
  });
  afterEach(() => {
    delete process.env.ORTHANC_URL;
    if (named !== undefined) process.env.ORTHANC_URL = named;
  });

  it('is Orthanc, else tiny-pacs, each with records of its own', async () => {
    const orthanc = await setUpArchive({ orthanc: installed, tinyPacs: cannot('never asked') });
    expect(orthanc.name).toBe('Orthanc');
    const other = await setUpArchive({ orthanc: cannot('No Orthanc.'), tinyPacs: python });
    expect(other.name).toBe('tiny-pacs');
    expect(other.folder).not.toBe(orthanc.folder);
  });

  it('is missing with a sentence for both', async () => {
    await expect(
      setUpArchive({ orthanc: cannot('No Orthanc.'), tinyPacs: cannot('Python 3.10 is missing.') }),
    ).rejects.toThrow('No Orthanc.\n\nInstead of it: Python 3.10 is missing.');
  });

  it('is the Orthanc that was named, or none', async () => {
    process.env.ORTHANC_URL = 'http://127.0.0.1:1';
    await expect(setUpArchive({ orthanc: cannot('No Orthanc responds.'), tinyPacs: python })).rejects.toThrow(
      'No Orthanc responds.',
    );
  });
});

it('the demo runs without Orthanc, Docker, apt and root, and a second time on the same images', async () => {
  await setUpTinyPacs();
  await setUpViewer();
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-demo-'));
  const { ORTHANC_URL: _named, ...env } = process.env;
  const demo = async () => {
    // Not the demo's usual port: another demo that starts at this moment takes it.
    const port = String(await freePort());
    const args = ['scripts/demo.mjs', '--once', '--port', port, '--dicom', phantom, '--prompt', 'bone'];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: repository,
      env: {
        ...env,
        PROMPTSEG_DEMO_FOLDER: folder,
        NODE_OPTIONS: `--require ${path.join(repository, 'test/support/withoutOrthanc.cjs')}`,
      },
    });
    return stdout;
  };
  try {
    const first = await demo();
    expect(first).toMatch(/Orthanc is missing and could not be installed: this is not Debian or Ubuntu\./);
    expect(first).toContain('Until then, the demo uses tiny-pacs');
    expect(first).toMatch(/images to the archive: \d+ stored/);
    expect(first).toContain('Stored as "Bone"');
    expect(await demo()).toMatch(/images to the archive: all \d+ are there/);
    expect(await readdir(folder)).toEqual(['tiny-pacs']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
