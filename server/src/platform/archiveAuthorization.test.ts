import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authorizationHeader } from './archiveAuthorization.js';
import { readConfig } from './config.js';

let folder: string;
let tokenFile: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-token-'));
  tokenFile = path.join(folder, 'token');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the credentials of the archive', () => {
  it('are a header, or none', () => {
    expect(authorizationHeader('Basic eDp5')).toEqual({ Authorization: 'Basic eDp5' });
    expect(authorizationHeader(undefined)).toEqual({});
  });

  it('in a file count from the moment when another program renewed them', async () => {
    const { archiveAuthorization } = readConfig(
      {},
      { PROMPTSEG_ARCHIVE_TOKEN_FILE: tokenFile, PROMPTSEG_ARCHIVE_TOKEN: 'of the environment' },
    );
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`);
      expect(authorizationHeader(archiveAuthorization)).toEqual({ Authorization: `Bearer ${token}` });
    }
  });

  it.each([
    ['is missing', undefined, /cannot be read \(ENOENT\)/],
    ['is empty', '\n', /does not contain one token/],
    ['holds something else', 'secret\r\nX-Header: other', /does not contain one token/],
  ])('in a file that %s are reported without what it holds', async (_, text, message) => {
    await rm(tokenFile, { force: true });
    if (text !== undefined) await writeFile(tokenFile, text);
    const reading = () => authorizationHeader({ tokenFile });
    expect(reading).toThrow(expect.objectContaining({ code: 'archive-refused' }));
    expect(reading).toThrow(message);
    expect(reading).not.toThrow('secret');
  });
});
