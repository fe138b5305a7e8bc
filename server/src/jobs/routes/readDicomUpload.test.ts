import { once } from 'node:events';
import http, { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { sendProblems } from '../../http/problems.js';
import { readDicomUpload } from './readDicomUpload.js';

const file = Buffer.from('DICM and what follows');
let server: Server;
let url: string;
beforeAll(async () => {
  const application = express();
  application.post('/', async (request, response) => {
    response.json({ read: Buffer.from(await readDicomUpload(request)).toString() });
  });
  application.use(sendProblems);
  server = createServer(application);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const post = async (body: Uint8Array, contentType: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': contentType, ...headers },
    body: new Uint8Array(body),
  });
  return [response.status, await response.json()] as const;
};
const part = (body: Uint8Array) =>
  Buffer.concat([Buffer.from('--x\r\nContent-Type: application/dicom\r\n\r\n'), body, Buffer.from('\r\n')]);
const end = Buffer.from('--x--\r\n');
const related = 'multipart/related; type="application/dicom"; boundary="x"';

describe('the upload of a DICOM file', () => {
  it('takes the file as it is, or as the only part of a message', async () => {
    expect(await post(file, 'application/dicom')).toEqual([200, { read: String(file) }]);
    expect(await post(Buffer.concat([part(file), end]), related)).toEqual([200, { read: String(file) }]);
  });

  it.each([
    ['another type', file, 'application/dicom+json'],
    ['no boundary', file, 'multipart/related'],
    ['two parts', Buffer.concat([part(file), part(file), end]), related],
    ['no part', end, related],
    ['a message that breaks off', part(file).subarray(0, 40), related],
  ])('refuses %s', async (_name, body, contentType) => {
    expect(await post(body, contentType)).toMatchObject([400, { code: 'request-invalid' }]);
  });

  it('refuses a message at its second part, however many follow', async () => {
    const request = http.request(url, { method: 'POST', headers: { 'content-type': related } });
    request.write(Buffer.concat([part(file), part(Buffer.alloc(0)), Buffer.from('--x\r\n\r\n')]));
    // The message never ends.
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(400);
    request.destroy();
  });

  it('refuses what is too large before it has come, and when it does not say so', async () => {
    const large = 256 * 2 ** 20 + 1;
    const chunk = new Uint8Array(2 ** 24);
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(chunk);
        sent += chunk.length;
        if (sent >= large) controller.close();
      },
    });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/dicom' },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'upload-too-large' }]);
  });
});
