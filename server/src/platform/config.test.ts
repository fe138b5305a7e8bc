import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

it('nothing that people share is deleted unless a setting says when', () => {
  expect(readConfig({}, {}).promptSetDays).toBeUndefined();
  expect(readConfig({}, { PROMPTSEG_PROMPT_SET_DAYS: '30' }).promptSetDays).toBe(30);
  expect(() => readConfig({}, { PROMPTSEG_PROMPT_SET_DAYS: '0' })).toThrow('PROMPTSEG_PROMPT_SET_DAYS');
});

it('a wrong setting is named as it was given, with what it may be', () => {
  expect(() => readConfig({ port: '99999' }, {})).toThrow(
    'The setting --port is not valid: it is not a whole number from 0 to 65535.',
  );
  expect(() => readConfig({}, { PROMPTSEG_PORT: 'http' })).toThrow(
    'The setting PROMPTSEG_PORT is not valid: it is not a whole number from 0 to 65535.',
  );
  expect(() => readConfig({ executionProvider: 'gpu' }, {})).toThrow(
    /^The setting --execution-provider is not valid: it is none of auto, cpu, /,
  );
});

describe('PROMPTSEG_GPU', () => {
  it('names one GPU', () => {
    expect(readConfig({}, {})).not.toHaveProperty('gpu');
    expect(readConfig({}, { PROMPTSEG_GPU: '1' }).gpu).toBe(1);
    expect(readConfig({ executionProvider: 'cuda' }, { PROMPTSEG_GPU: '0' }).gpu).toBe(0);
  });

  it.each(['', '0,1', 'all', '-1', 'GPU-aaaa'])('refuses %j, and says what a number is', (value) =>
    expect(() => readConfig({}, { PROMPTSEG_GPU: value })).toThrow(
      'The setting PROMPTSEG_GPU is not valid: it is not the number of one GPU, such as 0 or 1; each further GPU ' +
        'needs a worker of its own.',
    ),
  );

  it.each(['webgpu', 'coreml'])('is refused with %s, for which no GPU can be chosen', (executionProvider) =>
    expect(() => readConfig({ executionProvider }, { PROMPTSEG_GPU: '1' })).toThrow(
      `it cannot select a GPU for ${executionProvider}, where ONNX Runtime chooses one.`,
    ),
  );
});

describe('C12: the address of the archive', () => {
  it.each([
    ['PROMPTSEG_ARCHIVE', 'http://user:geheim@host/dicom-web', 'PROMPTSEG_ARCHIVE_USERNAME'],
    ['PROMPTSEG_ARCHIVE', 'http://user@host/dicom-web', 'PROMPTSEG_ARCHIVE_USERNAME'],
    ['PROMPTSEG_ARCHIVE', 'http://:geheim@host/dicom-web', 'PROMPTSEG_ARCHIVE_USERNAME'],
    ['PROMPTSEG_ARCHIVE', 'http://host/dicom-web?token=geheim', 'PROMPTSEG_ARCHIVE_TOKEN'],
    ['PROMPTSEG_ARCHIVE', 'http://host/dicom-web#geheim', 'PROMPTSEG_ARCHIVE_TOKEN'],
    ['PROMPTSEG_ORTHANC_URL', 'https://user:geheim@host', 'PROMPTSEG_ARCHIVE_USERNAME'],
  ])('%s=%s is refused with where they belong, and without them', (name, address, instead) => {
    const refusal = (() => {
      try {
        return readConfig({}, { [name]: address });
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toMatchObject({ code: 'setting-invalid', message: expect.stringContaining(instead) });
    expect(refusal).toMatchObject({ message: expect.stringMatching(new RegExp(`^The setting ${name} `)) });
    expect(String(refusal)).not.toContain('geheim');
  });

  it('that is none is refused', () => {
    for (const address of ['host', 'ftp://host/', 'http://', 'http://host:99999/'])
      expect(() => readConfig({ archive: address }, {})).toThrow('--archive is not valid');
  });

  it('is refused on the command line too', () => {
    expect(() => readConfig({ archive: 'http://user:pw@host/' }, {})).toThrow('contains credentials');
  });

  it('without them is taken', () => {
    const { archiveUrl, orthancUrl } = readConfig(
      {},
      {
        PROMPTSEG_ARCHIVE: 'https://host:8443/rs/@me/',
        PROMPTSEG_ORTHANC_URL: 'http://host/',
      },
    );
    expect([archiveUrl, orthancUrl]).toEqual(['https://host:8443/rs/@me', 'http://host']);
  });
});
