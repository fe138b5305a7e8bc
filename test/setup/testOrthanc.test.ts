import { describe, expect, it } from '@jest/globals';
import { startTestOrthanc } from '../support/orthanc.js';

describe('the Orthanc of the tests', () => {
  it('starts empty with DICOMweb, two at a time, and is gone after it was stopped', async () => {
    const orthancs = await Promise.all([startTestOrthanc(), startTestOrthanc()]);
    for (const { url, dicomWebUrl } of orthancs) {
      expect(await (await fetch(`${url}/plugins`)).json()).toContain('dicom-web');
      expect(await (await fetch(`${dicomWebUrl}/studies`)).json()).toEqual([]);
    }
    await Promise.all(orthancs.map((orthanc) => orthanc.stop()));
    for (const { url } of orthancs) await expect(fetch(url)).rejects.toThrow();
  });

  it('says why it refuses what is no DICOM', async () => {
    const orthanc = await startTestOrthanc();
    await expect(orthanc.upload([new TextEncoder().encode('no DICOM')])).rejects.toThrow(
      'Orthanc refused an instance: status 400',
    );
    await orthanc.stop();
  });
});
