import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createOrthancDeletion, orthancUrlOf } from './orthancDeletion.js';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

const system = { ApiVersion: 18, Version: '1.10.1', DatabaseVersion: 6 };
const ours = { seriesInstanceUID: '2.25.1', sopInstanceUID: '2.25.2' };

/** An archive with a status and body for each "METHOD path", and the requests that it received. */
async function archiveResponding(responses: Readonly<Record<string, readonly [number, unknown]>>) {
  const asked: string[] = [];
  server = createServer((request, response) => {
    const key = `${request.method} ${request.url}`;
    asked.push(key);
    const [status, body] = responses[key] ?? [404, ''];
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const orthancUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, deletion: createOrthancDeletion({ orthancUrl }) };
}

describe('the address of Orthanc', () => {
  it('stands before that of its DICOMweb, and is not guessed otherwise', () => {
    expect(orthancUrlOf('http://here:8042/dicom-web')).toBe('http://here:8042');
    expect(orthancUrlOf('https://here/pacs/dicom-web/')).toBe('https://here/pacs');
    expect(orthancUrlOf('http://here:8080/dcm4chee-arc/aets/DCM4CHEE/rs')).toBeUndefined();
  });
});

describe('deleting from Orthanc', () => {
  it('deletes the instance of our series and no other under its UID', async () => {
    const { asked, deletion } = await archiveResponding({
      'GET /system': [200, system],
      'POST /tools/lookup': [
        200,
        [
          { ID: 'a-1', Type: 'Instance' },
          { ID: 'b-2', Type: 'Instance' },
          { ID: 'c-3', Type: 'Series' },
        ],
      ],
      'GET /instances/a-1/series': [200, { MainDicomTags: { SeriesInstanceUID: '1.2.3' } }],
      'GET /instances/b-2/series': [200, { MainDicomTags: { SeriesInstanceUID: '2.25.1' } }],
      'DELETE /instances/b-2': [200, {}],
    });
    await deletion.deleteObjects([ours]);
    expect(asked.filter((each) => each.startsWith('DELETE'))).toEqual(['DELETE /instances/b-2']);
  });

  it.each([
    ['between its finding and its reading', {}],
    [
      'in the moment of deleting',
      { 'GET /instances/a-1/series': [200, { MainDicomTags: { SeriesInstanceUID: '2.25.1' } }] },
    ],
  ] as const)('counts an object as deleted that somebody else deletes %s', async (_, more) => {
    const { deletion } = await archiveResponding({
      'GET /system': [200, system],
      'POST /tools/lookup': [200, [{ ID: 'a-1', Type: 'Instance' }]],
      ...more,
    });
    await expect(deletion.deleteObjects([ours])).resolves.toBeUndefined();
  });

  it('counts an object that is gone as deleted', async () => {
    const { deletion } = await archiveResponding({ 'GET /system': [200, system], 'POST /tools/lookup': [200, []] });
    await expect(deletion.deleteObjects([ours])).resolves.toBeUndefined();
  });

  it.each([
    ['has no REST API there', {}],
    ['is another program', { 'GET /system': [200, { name: 'other' }] }],
    ['responds with a page', { 'GET /system': [200, '<html>'] }],
  ] as const)('says that an archive cannot delete which %s', async (_, responses) => {
    const { asked, deletion } = await archiveResponding(responses);
    await expect(deletion.deleteObjects([ours])).rejects.toMatchObject({ code: 'archive-cannot-delete' });
    expect(asked).toEqual(['GET /system']);
    await expect(createOrthancDeletion({ orthancUrl: undefined }).deleteObjects([ours])).rejects.toMatchObject({
      code: 'archive-cannot-delete',
    });
  });

  it.each([
    [403, 'archive-refused'],
    [503, 'archive-unreachable'],
    [500, 'archive-broken-answer'],
  ])('reports an archive that returns %i', async (status, code) => {
    const { deletion } = await archiveResponding({ 'GET /system': [status, ''] });
    await expect(deletion.deleteObjects([ours])).rejects.toMatchObject({ code });
    server!.close();
    const { deletion: refusing } = await archiveResponding({
      'GET /system': [200, system],
      'POST /tools/lookup': [200, [{ ID: 'a-1', Type: 'Instance' }]],
      'GET /instances/a-1/series': [200, { MainDicomTags: { SeriesInstanceUID: '2.25.1' } }],
      'DELETE /instances/a-1': [status, ''],
    });
    await expect(refusing.deleteObjects([ours])).rejects.toMatchObject({ code });
  });
});
