import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDicomWebArchive } from './dicomWebArchive.js';

let server: Server;
let baseUrl: string;
let reply: { readonly status: number; readonly body: string };
let asked: { readonly url: string; readonly accept: string };
beforeAll(async () => {
  server = createServer((request, response) => {
    asked = { url: request.url ?? '', accept: request.headers.accept ?? '' };
    response.writeHead(reply.status, { 'content-type': 'application/dicom+json' }).end(reply.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`;
});
afterAll(() => {
  server.close();
});

const query = (status: number, body: string) => {
  reply = { status, body };
  return createDicomWebArchive({ baseUrl }).query(['studies', '1.2', 'series'], {
    Modality: 'MR&x=1',
    includefield: '00080060,00201209',
  });
};

describe('datasets of an archive', () => {
  it('are asked for and read as DICOM JSON', async () => {
    const datasets = [{ '00080060': { vr: 'CS', Value: ['MR'] } }];
    expect(await query(200, JSON.stringify(datasets))).toEqual(datasets);
    expect(asked).toEqual({
      url: '/dicom-web/studies/1.2/series?Modality=MR%26x%3D1&includefield=00080060,00201209',
      accept: 'application/dicom+json',
    });
    await createDicomWebArchive({ baseUrl }).retrieveMetadata('1.2', '1.2.3', '1.2.3.4');
    expect(asked.url).toBe('/dicom-web/studies/1.2/series/1.2.3/instances/1.2.3.4/metadata');
  });

  it('are none where the archive says so', async () => {
    expect(await query(204, '')).toEqual([]);
    expect(await query(404, 'no such study')).toEqual([]);
  });

  it.each([
    [200, '<html>', 'archive-broken-answer'],
    [200, '{"a":1}', 'archive-broken-answer'],
    [200, '[1]', 'archive-broken-answer'],
    [200, '[null]', 'archive-broken-answer'],
    [401, '', 'archive-refused'],
    [503, '', 'archive-unreachable'],
    [500, '', 'archive-broken-answer'],
  ])('of a response %s %j end in an error', async (status, body, code) => {
    await expect(query(status, body)).rejects.toMatchObject({ code });
  });

  it('are not asked for by what is no UID', () => {
    expect(() => createDicomWebArchive({ baseUrl }).retrieveMetadata('1.2', '../..')).toThrow(
      expect.objectContaining({ code: 'request-invalid' }),
    );
  });
});
