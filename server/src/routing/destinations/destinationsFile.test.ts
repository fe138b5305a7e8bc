import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readDestinationsFile } from './destinationsFile.js';
import { openDestinations } from './openDestinations.js';

describe('the file of destinations', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'promptseg-destinations-'));
    file = path.join(folder, 'destinations.yaml');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const read = async (content: string) => {
    await writeFile(file, content);
    return readDestinationsFile(file, { PASSWORD: 'secret' });
  };
  const refusal = (content: string): Promise<unknown> => read(content).catch((error: unknown) => error);

  it('names archives with credentials from elsewhere, modalities and peers', async () => {
    await writeFile(path.join(folder, 'token'), 'secret-token\n');
    const found = await read(`version: 1
destinations:
  open: { dicomWeb: { url: "http://10.0.0.7:8042/dicom-web" } }
  password: { dicomWeb: { url: "https://a.example/dicom", username: me, password: { environment: PASSWORD } } }
  token: { dicomWeb: { url: "https://b.example/dicom", token: { file: "${path.join(folder, 'token')}" } } }
  screen: { orthancModality: SCREEN-1 }
  copy: { orthancPeer: copy }
`);
    expect(found).toEqual([
      { name: 'open', kind: 'dicom-web', url: 'http://10.0.0.7:8042/dicom-web' },
      { name: 'password', kind: 'dicom-web', url: 'https://a.example/dicom', authorization: 'Basic bWU6c2VjcmV0' },
      { name: 'token', kind: 'dicom-web', url: 'https://b.example/dicom', authorization: 'Bearer secret-token' },
      { name: 'screen', kind: 'orthanc-modality', orthancName: 'SCREEN-1' },
      { name: 'copy', kind: 'orthanc-peer', orthancName: 'copy' },
    ]);
  });

  it('may be JSON', async () => {
    const destinations = { screen: { orthancModality: 'SCREEN' } };
    expect(await read(JSON.stringify({ version: 1, destinations }))).toHaveLength(1);
  });

  it.each([
    ['destinations: {', /line 1, column \d+: /],
    ['', /line 1, column 1: /],
    ['version: 2\ndestinations: {}', /line 1, column 10: version: /],
    ['version: 1\ndestinations:\n  source: { orthancPeer: a }', /line 3.*source.*needs no entry/],
    ['version: 1\ndestinations:\n  a b: { orthancPeer: a }', /line 3.*not the name of a destination/],
    [
      'version: 1\ndestinations:\n  a: { orthancPeer: a, orthancModality: b }',
      /line 3, column 6: destinations\.a: name one of/,
    ],
    ['version: 1\ndestinations:\n  a: { orthancPeer: ../b }', /line 3.*not a name that Orthanc knows/],
    ['version: 1\ndestinations:\n  a:\n    dicomWeb:\n      url: file:///etc', /line 5, column 12: .*http/],
    ['version: 1\ndestinations:\n  a:\n    dicomWeb:\n      url: https://me:secret@a/', /line 5.*contains credentials/],
    [
      'version: 1\ndestinations:\n  a:\n    dicomWeb: { url: "https://a/", usrname: me }',
      /line 4, column 36: .*usrname/,
    ],
    [
      'version: 1\ndestinations:\n  a:\n    dicomWeb: { url: "https://a/", username: me }',
      /line 4.*both username and password/,
    ],
  ])('is refused with its place and reason: %j', async (content, message) => {
    const error = await refusal(content);
    expect(error).toMatchObject({ code: 'settings-file-invalid', message: expect.stringMatching(message) });
    expect(String(error)).not.toContain('secret');
  });

  it('is refused where it is missing, where a secret is, and where Orthanc is not named', async () => {
    await expect(readDestinationsFile(path.join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'settings-file-invalid',
      message: expect.stringContaining('ENOENT'),
    });
    const missing =
      'version: 1\ndestinations:\n  a: { dicomWeb: { url: "https://a/", token: { environment: NO_SUCH } } }';
    expect(await refusal(missing)).toMatchObject({ message: expect.stringContaining('NO_SUCH') });
    await read('version: 1\ndestinations:\n  a: { orthancPeer: b }');
    await expect(openDestinations({ destinationsFile: file })).rejects.toMatchObject({
      message: expect.stringContaining('PROMPTSEG_ORTHANC_URL'),
    });
    expect(await openDestinations({})).toEqual([]);
  });
});
