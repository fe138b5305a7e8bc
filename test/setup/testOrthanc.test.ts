import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { setUpOrthanc } from '../../scripts/setup/orthanc.mjs';
import { startOrthanc } from '../../scripts/setup/startOrthanc.mjs';
import { startTestOrthanc } from '../support/orthanc.js';

describe('the Orthanc of the tests', () => {
  it('starts empty with DICOMweb, two at a time, and is gone after it was stopped', async () => {
    const orthancs = await Promise.all([startTestOrthanc(), startTestOrthanc()]);
    for (const { ask } of orthancs) {
      expect(await (await ask('/plugins')).json()).toContain('dicom-web');
      expect(await (await ask('/dicom-web/studies')).json()).toEqual([]);
    }
    await Promise.all(orthancs.map((orthanc) => orthanc.stop()));
    for (const { url } of orthancs) await expect(fetch(url)).rejects.toThrow();
  });

  it('C3b: does nothing without its password, which is in no file and on no command line', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-password-'));
    const orthanc = await startOrthanc(await setUpOrthanc({ onlyInstalled: true }), { folder });
    try {
      const { PROMPTSEG_ARCHIVE_PASSWORD: password = '' } = orthanc.settings;
      expect(password).toMatch(/^[\w-]{32}$/);
      const asked = [
        ['GET', '/system'],
        ['GET', '/dicom-web/studies'],
        ['POST', '/tools/bulk-delete'],
        ['POST', '/tools/shutdown'],
        ['POST', '/instances'],
      ] as const;
      for (const [method, address] of asked)
        for (const headers of [
          {},
          { authorization: `Basic ${btoa('orthanc:orthanc')}` },
          { authorization: `Basic ${btoa('promptseg:')}` },
        ])
          expect([address, (await fetch(`${orthanc.url}${address}`, { method, headers })).status]).toEqual([
            address,
            401,
          ]);
      expect((await fetch(`${orthanc.url}/system`, { headers: orthanc.headers })).status).toBe(200);

      for (const file of await readdir(folder, { recursive: true, withFileTypes: true }))
        if (file.isFile())
          expect(await readFile(path.join(file.parentPath, file.name), 'latin1')).not.toContain(password);
      expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(password);
    } finally {
      await orthanc.kill();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('says why it refuses what is no DICOM', async () => {
    const orthanc = await startTestOrthanc();
    await expect(orthanc.upload([new TextEncoder().encode('no DICOM')])).rejects.toThrow(
      'Orthanc refused an instance: status 400',
    );
    await orthanc.stop();
  });
});
