import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createDicomWebArchive } from './dicomWebArchive.js';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A pretended archive that responds as `listener` does. */
async function archiveThat(listener: RequestListener, authorization?: string) {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return createDicomWebArchive({ baseUrl: `http://127.0.0.1:${port}/dicom-web/`, authorization });
}

function responding(status: number, body: string | Buffer = '', headers: Record<string, string> = {}) {
  return archiveThat((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end(body));
  });
}

const multipart = { 'Content-Type': 'multipart/related; type="application/dicom"; boundary="B B"' };
const oneSeries = [
  {
    '0020000E': { vr: 'UI', Value: ['1.3'] },
    '00080060': { vr: 'CS', Value: ['MR'] },
    '0008103E': { vr: 'LO' },
    '00201209': { vr: 'IS', Value: [3] },
  },
];

async function all(instances: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const instance of instances) texts.push(Buffer.from(instance).toString());
  return texts;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function code(expected: string) {
  return expect.objectContaining({ code: expected });
}

describe('metadata', () => {
  it('of another study are left out, by an archive that finds a series in any study', async () => {
    const of = (study: string, instance: string) => ({
      ...(study !== '' && { '0020000D': { vr: 'UI', Value: [study] } }),
      '00080018': { vr: 'UI', Value: [instance] },
    });
    const delivered = [of('1.2', '1.3.1'), of('1.9', '1.3.2'), of('', '1.3.3'), of('1.2\0', '1.3.4')];
    const archive = await responding(200, JSON.stringify(delivered), { 'Content-Type': 'application/dicom+json' });
    const metadata = await archive.retrieveMetadata('1.2', '1.3');
    expect(metadata.map((each) => each['00080018']?.Value?.[0])).toEqual(['1.3.1', '1.3.3', '1.3.4']);
    expect(await archive.retrieveMetadata('1.8', '1.3')).toHaveLength(1);
  });
});

describe('searching', () => {
  it('reads a series and asks with the credentials', async () => {
    const seen: (string | undefined)[] = [];
    const archive = await archiveThat((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.end(JSON.stringify(oneSeries));
    }, 'Bearer secret');
    expect(await archive.findSeries('1.2', '1.3')).toEqual({
      studyInstanceUID: '1.2',
      seriesInstanceUID: '1.3',
      modality: 'MR',
      description: '',
      numberOfInstances: 3,
    });
    expect(seen[0]).toMatch(/^\/dicom-web\/studies\/1\.2\/series\?SeriesInstanceUID=1\.3&/);
    expect(seen[1]).toBe('Bearer secret');
  });

  it.each([
    ['in pages', true],
    ['all at once, whatever the offset', false],
  ])('lists every series of an archive that returns them %s', async (_, pages) => {
    const listed = Array.from({ length: 230 }, (_, n) => ({ '0020000E': { vr: 'UI', Value: [`1.3.${n}`] } }));
    const offsets: (string | null)[] = [];
    const archive = await archiveThat((request, response) => {
      const offset = new URL(request.url!, 'http://archive').searchParams.get('offset');
      offsets.push(offset);
      const page = pages ? listed.slice(Number(offset), Number(offset) + 100) : listed;
      response.end(JSON.stringify(page));
    });
    const found = await archive.listSeries('1.2');
    expect(found.map(({ seriesInstanceUID }) => seriesInstanceUID)).toEqual(listed.map((_, n) => `1.3.${n}`));
    expect(offsets).toEqual(pages ? [null, '100', '200'] : [null, '230']);
  });

  it.each([undefined, 0, ''])('takes a count of %j for none', async (count) => {
    const uncounted = { ...oneSeries[0], '00201209': { vr: 'IS', Value: [count] } };
    const archive = await responding(200, JSON.stringify([uncounted]));
    expect(await archive.findSeries('1.2', '1.3')).not.toHaveProperty('numberOfInstances');
  });

  it('reads UIDs that the archive gives with their padding', async () => {
    const padded = { ...oneSeries[0], '0020000E': { vr: 'UI', Value: ['1.3\0'] } };
    const archive = await responding(200, JSON.stringify([padded]));
    expect(await archive.findSeries('1.2', '1.3')).toMatchObject({ seriesInstanceUID: '1.3', numberOfInstances: 3 });
  });

  it('says so where a series is listed under two patients', async () => {
    const of = (...ids: string[]) => ids.map((id) => ({ ...oneSeries[0], '00100020': { vr: 'LO', Value: [id] } }));
    const find = async (listed: unknown) => (await responding(200, JSON.stringify(listed))).findSeries('1.2', '1.3');
    await expect(find(of('A', 'B'))).rejects.toMatchObject({ code: 'series-listed-twice', details: { entries: 2 } });
    await expect(find([...oneSeries, ...oneSeries])).rejects.toEqual(code('series-listed-twice'));
    expect(await find(of('A', 'A'))).toMatchObject({ numberOfInstances: 3 });
  });

  it('distinguishes a missing study from a missing series', async () => {
    const archive = await archiveThat((request, response) => {
      const found = request.url!.includes('/studies/1.2/') && !request.url!.includes('SeriesInstanceUID');
      response.end(JSON.stringify(found ? oneSeries : []));
    });
    await expect(archive.findSeries('1.2', '1.9')).rejects.toEqual(code('series-not-found'));
    await expect(archive.findSeries('1.8', '1.9')).rejects.toEqual(code('study-not-found'));
    await expect(archive.listSeries('1.8')).rejects.toEqual(code('study-not-found'));
  });

  it.each([
    [200, 'study-not-found'],
    [204, 'study-not-found'],
    [404, 'study-not-found'],
    [401, 'archive-refused'],
    [403, 'archive-refused'],
    [302, 'archive-refused'],
    [400, 'archive-refused'],
    [500, 'archive-broken-answer'],
    [503, 'archive-unreachable'],
  ])('understands status %d as %s', async (status, expected) => {
    const archive = await responding(status, '', { Location: 'http://127.0.0.1:1/' });
    await expect(archive.listSeries('1.2')).rejects.toEqual(code(expected));
  });

  it('refuses a response that is no list', async () => {
    await expect((await responding(200, '<html>')).listSeries('1.2')).rejects.toEqual(code('archive-broken-answer'));
    await expect((await responding(200, '{"a":1}')).listSeries('1.2')).rejects.toEqual(code('archive-broken-answer'));
  });

  it('says so where nothing listens, without the credentials of the address', async () => {
    const archive = createDicomWebArchive({ baseUrl: 'http://user:secret@127.0.0.1:1/dicom-web' });
    const failure = await archive.listSeries('1.2').catch((error: unknown) => error);
    expect(failure).toEqual(code('archive-unreachable'));
    expect((failure as Error).message).toBe('The archive at 127.0.0.1:1 cannot be reached (ECONNREFUSED).');
    await expect(archive.ping()).rejects.toEqual(code('archive-unreachable'));
  });

  it('says so where the name does not exist', async () => {
    const archive = createDicomWebArchive({ baseUrl: 'http://no-such-host.invalid/dicom-web' });
    await expect(archive.ping()).rejects.toEqual(code('archive-unreachable'));
  });

  it('lets nothing but a UID into the address', async () => {
    const archive = await responding(200, '[]');
    for (const uid of ['../../system', '1.2/3', '', '1'.repeat(65)]) {
      await expect(archive.listSeries(uid)).rejects.toEqual(code('request-invalid'));
    }
  });

  it('pings', async () => {
    await (await responding(200, '[]')).ping();
    await (await responding(204)).ping();
    await expect((await responding(404)).ping()).rejects.toEqual(code('archive-refused'));
    await expect((await responding(401)).ping()).rejects.toEqual(code('archive-refused'));
  });
});

describe('retrieving', () => {
  const message = '--B B\r\n\r\none\r\n--B B\r\nContent-Length: 3\r\n\r\ntwo\r\n--B B--';

  it('yields every instance', async () => {
    const archive = await responding(200, message, multipart);
    expect(await all(archive.retrieveSeries('1.2', '1.3'))).toEqual(['one', 'two']);
    expect(Buffer.from((await archive.retrieveInstance('1.2', '1.3', '1.4'))!).toString()).toBe('one');
  });

  it('says why there is nothing', async () => {
    expect(await (await responding(404)).retrieveInstance('1.2', '1.3', '1.4')).toBeUndefined();
    const retrieve = async (archive: ReturnType<typeof responding>) =>
      all((await archive).retrieveSeries('1.2', '1.3'));
    await expect(retrieve(responding(404))).rejects.toEqual(code('study-not-found'));
    await expect(retrieve(responding(401))).rejects.toEqual(code('archive-refused'));
    await expect(retrieve(responding(500))).rejects.toEqual(code('archive-broken-answer'));
    await expect(retrieve(responding(200, '<html>', { 'Content-Type': 'text/html' }))).rejects.toEqual(
      code('archive-broken-answer'),
    );
    const partial = responding(206, message, multipart);
    await expect(retrieve(partial)).rejects.toEqual(code('series-incomplete'));
    const listedOnly = archiveThat((request, response) => {
      if (request.url!.includes('?')) response.end(JSON.stringify(oneSeries));
      else response.writeHead(404).end();
    });
    await expect(retrieve(listedOnly)).rejects.toEqual(code('series-incomplete'));
  });

  it('tries first what the archive accepted last, for instances and series each', async () => {
    const asked: string[] = [];
    const archive = await archiveThat(({ url, headers: { accept } }, response) => {
      asked.push(accept!);
      const isInstance = url!.includes('/instances/');
      if (isInstance && accept === 'application/dicom; transfer-syntax=*')
        response.writeHead(200, { 'Content-Type': 'application/dicom' }).end('one');
      else if (!isInstance && accept === 'multipart/related; type="application/dicom"')
        response.writeHead(200, multipart).end(message);
      else response.writeHead(406).end();
    });
    for (let n = 0; n < 3; n++) {
      expect(Buffer.from((await archive.retrieveInstance('1.2', '1.3', '1.4'))!).toString()).toBe('one');
      expect(await all(archive.retrieveSeries('1.2', '1.3'))).toEqual(['one', 'two']);
    }
    expect(asked).toHaveLength(4 + 2 + 4);
  });

  it.each([400, 406, 415])('asks for less where the archive refuses any transfer syntax (%d)', async (status) => {
    const asked: (string | undefined)[] = [];
    const archive = await archiveThat(({ headers: { accept } }, response) => {
      asked.push(accept);
      if (accept?.includes('transfer-syntax=*')) response.writeHead(status).end();
      else response.writeHead(200, multipart).end(message);
    });
    expect(await all(archive.retrieveSeries('1.2', '1.3'))).toEqual(['one', 'two']);
    expect(await archive.retrieveInstance('1.2', '1.3', '1.4')).toBeDefined();
    expect(asked[1]).toBe('multipart/related; type="application/dicom"');
    const picky = await archiveThat(({ headers: { accept } }, response) =>
      accept?.endsWith('1.2.840.10008.1.2.1')
        ? response.writeHead(200, multipart).end(message)
        : response.writeHead(status).end(),
    );
    expect(await all(picky.retrieveSeries('1.2', '1.3'))).toEqual(['one', 'two']);
    await expect(all((await responding(status)).retrieveSeries('1.2', '1.3'))).rejects.toEqual(code('archive-refused'));
  });

  it.each(['application/dicom', 'Application/DICOM; transfer-syntax=1.2.840.10008.1.2.1'])(
    'takes an instance that comes in a single part (%s)',
    async (type) => {
      const archive = await responding(200, 'one', { 'Content-Type': type });
      expect(Buffer.from((await archive.retrieveInstance('1.2', '1.3', '1.4'))!).toString()).toBe('one');
      expect(await all(archive.retrieveSeries('1.2', '1.3'))).toEqual(['one']);
      // One that sends nothing else.
      const picky = await archiveThat(({ headers: { accept } }, response) =>
        accept === 'application/dicom'
          ? response.writeHead(200, { 'Content-Type': type }).end('one')
          : response.writeHead(406).end(),
      );
      expect(Buffer.from((await picky.retrieveInstance('1.2', '1.3', '1.4'))!).toString()).toBe('one');
    },
  );

  it('reports a single part that ends early', async () => {
    const archive = await archiveThat((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/dicom', 'Content-Length': 9 });
      response.write('one', () => response.destroy());
    });
    await expect(archive.retrieveInstance('1.2', '1.3', '1.4')).rejects.toEqual(code('archive-broken-answer'));
  });

  it.each(['reset', 'end'])(
    'reports a connection that ends within an instance (%s), after those that were complete',
    async (how) => {
      let socket: Socket | null = null;
      const archive = await archiveThat((_, response) => {
        response.writeHead(200, { ...multipart, Connection: 'close' });
        response.write('--B B\r\nContent-Length: 3\r\n\r\none\r\n--B B\r\nContent-Length: 9\r\n\r\ntw');
        socket = response.socket;
      });
      const received: string[] = [];
      const reading = (async () => {
        for await (const instance of archive.retrieveSeries('1.2', '1.3')) {
          received.push(Buffer.from(instance).toString());
          if (how === 'reset') socket!.resetAndDestroy();
          else socket!.end();
        }
      })();
      await expect(reading).rejects.toEqual(code('archive-broken-answer'));
      expect(received).toEqual(['one']);
    },
  );

  it('stops when it is cancelled, before, during and while it waits', async () => {
    const stalling: RequestListener = (_, response) => {
      response.writeHead(200, multipart);
      response.write('--B B\r\nContent-Length: 3\r\n\r\none\r\n--B B\r\n');
    };
    const archive = await archiveThat(stalling);
    await expect(all(archive.retrieveSeries('1.2', '1.3', AbortSignal.abort()))).rejects.toEqual(code('cancelled'));
    const cancelling = new AbortController();
    setTimeout(() => cancelling.abort(), 50);
    await expect(all(archive.retrieveSeries('1.2', '1.3', cancelling.signal))).rejects.toEqual(code('cancelled'));
    const silent = await archiveThat(() => {});
    const waiting = new AbortController();
    setTimeout(() => waiting.abort(), 50);
    await expect(silent.listSeries('1.2', waiting.signal)).rejects.toEqual(code('cancelled'));
    await expect(silent.ping(AbortSignal.timeout(50))).rejects.toEqual(code('archive-unreachable'));
  });

  it('reads slowly from a fast archive without loss', async () => {
    const bodies = Array.from({ length: 200 }, (_, i) => String(i).padStart(100_000, 'x'));
    const archive = await responding(
      200,
      `${bodies.map((body) => `--B B\r\n\r\n${body}\r\n`).join('')}--B B--`,
      multipart,
    );
    let n = 0;
    for await (const instance of archive.retrieveSeries('1.2', '1.3')) {
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
      expect(Buffer.from(instance).equals(Buffer.from(bodies[n++]!))).toBe(true);
    }
    expect(n).toBe(200);
  });
});

describe('a compressed response', () => {
  const message = '--B B\r\n\r\none\r\n--B B\r\n\r\ntwo\r\n--B B--';
  const compressedBy = (encoding: string, compress: (text: string) => Buffer) =>
    archiveThat((request, response) => {
      const [type, text] = request.url!.includes('?')
        ? ['application/dicom+json', JSON.stringify(oneSeries)]
        : [multipart['Content-Type'], message];
      response.writeHead(200, { 'Content-Type': type, 'Content-Encoding': encoding }).end(compress(text));
    });

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
    ['GZIP, br', (text: string) => brotliCompressSync(gzipSync(text))],
  ])('is decompressed: %s', async (encoding, compress: (text: string) => Buffer) => {
    const archive = await compressedBy(encoding, compress);
    expect(await archive.listSeries('1.2')).toMatchObject([{ seriesInstanceUID: '1.3', numberOfInstances: 3 }]);
    expect(await all(archive.retrieveSeries('1.2', '1.3'))).toEqual(['one', 'two']);
  });

  it.each([
    ['that is cut off', 'gzip', (text: string) => gzipSync(text).subarray(0, -12)],
    ['that is not what it says', 'gzip', Buffer.from],
    ['in an unknown way', 'zstd<b>', Buffer.from],
  ])('%s is reported', async (_what, encoding, compress: (text: string) => Buffer) => {
    const archive = await compressedBy(encoding, compress);
    await expect(archive.listSeries('1.2')).rejects.toEqual(code('archive-broken-answer'));
    const retrieving = all(archive.retrieveSeries('1.2', '1.3'));
    await expect(retrieving).rejects.toEqual(code('archive-broken-answer'));
    await expect(retrieving).rejects.not.toThrow('<b>');
  });

  it('that unfolds into more than a response can be is refused', async () => {
    const archive = await responding(200, gzipSync(Buffer.alloc(70e6, ' ')), { 'Content-Encoding': 'gzip' });
    await expect(archive.listSeries('1.2')).rejects.toMatchObject({
      code: 'archive-broken-answer',
      message: expect.stringContaining('too long'),
    });
  });
});

describe('storing', () => {
  const failed = (reason: number) => JSON.stringify({ '00081198': { Value: [{ '00081197': { Value: [reason] } }] } });

  it('sends the instance unchanged, with its length', async () => {
    const instance = Buffer.from('\0--B\r\nanything', 'latin1');
    let seen: { url: string; headers: IncomingMessage['headers']; body: Buffer } | undefined;
    const archive = await archiveThat(async (request: IncomingMessage, response: ServerResponse) => {
      seen = { url: request.url!, headers: request.headers, body: await bodyOf(request) };
      response.end('{}');
    });
    await archive.store('1.2', instance);
    const boundary = /boundary=(\S+)$/.exec(seen!.headers['content-type']!)![1]!;
    expect(seen!.url).toBe('/dicom-web/studies/1.2');
    expect(seen!.headers['content-length']).toBe(String(seen!.body.length));
    expect(seen!.body.toString('latin1')).toBe(
      `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n${instance.toString('latin1')}\r\n--${boundary}--\r\n`,
    );
  });

  it('sends the instance in a single part where the archive takes no other', async () => {
    const archive = await archiveThat(async (request, response) => {
      const body = await bodyOf(request);
      const isTaken = request.headers['content-type'] === 'application/dicom' && body.toString() === 'x';
      response.writeHead(isTaken ? 200 : 415).end();
    });
    await archive.store('1.2', Buffer.from('x'));
  });

  it.each([
    [200, failed(0xa700), 'it is out of resources'],
    [202, failed(0x0122), 'it does not store this SOP class'],
    [409, failed(0xc000), 'it cannot understand the instance'],
    [409, failed(0x4321), 'failure reason 4321H'],
    [507, '', 'it has no space left'],
  ])('reports what the archive refused: %d %s', async (status, body, why) => {
    const archive = await responding(status, body);
    await expect(archive.store('1.2', Buffer.from('x'))).rejects.toMatchObject({
      code: 'store-refused',
      message: `The archive did not store the result: ${why}.`,
    });
  });

  it.each([
    [400, 'store-refused'],
    [409, 'store-refused'],
    [401, 'archive-refused'],
    [500, 'archive-broken-answer'],
    [503, 'archive-unreachable'],
    [429, 'archive-busy'],
    [302, 'archive-refused'],
  ])('reports status %d as %s', async (status, expected) => {
    await expect((await responding(status)).store('1.2', Buffer.from('x'))).rejects.toEqual(code(expected));
  });

  it('says how large the instance was that the archive found too large', async () => {
    await expect((await responding(413)).store('1.2', Buffer.alloc(12_345_678))).rejects.toMatchObject({
      code: 'store-too-large',
      message: expect.stringContaining('12 MB'),
    });
  });

  it.each([
    ['120', 120],
    ['Fri, 02 Jan 2026 03:05:34 GMT', 90],
    ['Fri, 02 Jan 2026 03:02:34 GMT', 0],
    ['soon', undefined],
  ])('passes on Retry-After: %s', async (retryAfter, expected) => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.UTC(2026, 0, 2, 3, 4, 4));
    const archive = await responding(429, '', { 'Retry-After': retryAfter });
    const error = await archive.store('1.2', Buffer.from('x')).catch((thrown) => thrown);
    now.mockRestore();
    expect(error.details.retryAfterSeconds).toBe(expected);
  });

  it('reads the reasons of a response in XML, which some archives send whatever is asked for', async () => {
    const xml = (reason: number) =>
      `<?xml version="1.0"?>\n<NativeDicomModel><DicomAttribute keyword="FailedSOPSequence" tag="00081198" vr="SQ">
        <Item number="1"><DicomAttribute keyword="FailureReason" tag="00081197" vr="US">
          <Value number="1">${reason}</Value></DicomAttribute></Item></DicomAttribute></NativeDicomModel>`;
    const store = async (status: number, text: string) =>
      (await responding(status, text, { 'Content-Type': 'application/dicom+xml' })).store('1.2', Buffer.from('x'));
    await expect(store(409, xml(0x0122))).rejects.toMatchObject({
      code: 'store-refused',
      details: { status: 409, failureReasons: [290] },
    });
    await store(409, xml(0x0111));
    await store(200, '<NativeDicomModel></NativeDicomModel>');
  });

  it('counts an instance that is there already as stored', async () => {
    await (await responding(409, failed(0x0111))).store('1.2', Buffer.from('x'));
    await (await responding(200, 'not JSON')).store('1.2', Buffer.from('x'));
  });

  it.each([
    [200, ''],
    [201, '{}'],
    [202, '[{}]'],
    [204, ''],
  ])('takes any success for one, and leaves the rest to reading back: %d %s', async (status, body) => {
    await (await responding(status, body)).store('1.2', Buffer.from('x'));
  });
});
