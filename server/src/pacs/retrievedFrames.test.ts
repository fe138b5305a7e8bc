import { expect, it } from '@jest/globals';
import type { ArchiveResponse } from './archiveHttp.js';
import { framesOf } from './retrievedFrames.js';

const response = (parts: readonly (readonly [contentType: string, body: string])[], status = 200): ArchiveResponse => ({
  status,
  headers: { 'content-type': 'multipart/related; type="application/octet-stream"; boundary=b' },
  body: (async function* () {
    for (const [contentType, body] of parts) yield Buffer.from(`\r\n--b\r\n${contentType}\r\n\r\n${body}`);
    yield Buffer.from('\r\n--b--');
  })(),
  close: () => {},
});

async function read(delivered: ArchiveResponse, expected: number) {
  const frames = [];
  for await (const { bytes, transferSyntaxUID } of framesOf(delivered, expected))
    frames.push([Buffer.from(bytes).toString(), transferSyntaxUID]);
  return frames;
}

it('takes the transfer syntax from what a frame says, else from its media type, else the default', async () => {
  const parts = [
    ['Content-Type: application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.91', 'one'],
    ['Content-Type: image/jpeg', 'two'],
    ['Content-Type: application/octet-stream', 'three'],
    ['Content-Location: elsewhere', 'four'],
  ] as const;
  expect(await read(response(parts), 4)).toEqual([
    ['one', '1.2.840.10008.1.2.4.91'],
    ['two', '1.2.840.10008.1.2.4.50'],
    ['three', '1.2.840.10008.1.2.1'],
    ['four', '1.2.840.10008.1.2.1'],
  ]);
});

it('accepts neither fewer frames nor more', async () => {
  const parts = [
    ['Content-Type: image/jpeg', 'one'],
    ['Content-Type: image/jpeg', 'two'],
  ] as const;
  for (const expected of [1, 3])
    await expect(read(response(parts), expected)).rejects.toMatchObject({ code: 'archive-broken-answer' });
});

it('passes on what the archive says instead', async () => {
  await expect(read(response([], 403), 1)).rejects.toMatchObject({ code: 'archive-refused' });
});
