import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setUpArchive } from '../../scripts/demo/archive.mjs';
import { SetupError } from '../../scripts/setup/steps.mjs';

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
