import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type DicomJson, element, firstText } from '../../../server/contract/dicomJson.js';
import { parseInstance } from '../../../server/src/dicom/dicomInstance.js';
import { boundaryOf, multipartStream } from '../../../server/src/pacs/multipartStream.js';
import type { Dialect, Reply, StoreOutcome, Uids } from './dialect.js';

/** An archive in memory, on loopback, that speaks a dialect. */
export interface DialectArchive {
  /** Its DICOMweb root. */
  readonly url: string;
  /** What it was asked, such as `GET search series 200`: method, resource, status. */
  readonly asked: string[];
  /** Tokens that it accepts; empty: anybody. */
  readonly tokens: Set<string>;
  /** A response in place of its own; may be replaced at any time. */
  interfere: (request: IncomingMessage, resource: string) => Reply | undefined;
  /** Failure Reason of everything that is to be stored; undefined: it is stored. */
  refusal: number | undefined;
  upload(part10s: readonly Uint8Array[]): void;
  /** The objects of a modality. */
  held(modality: string): readonly Uint8Array[];
  close(): void;
}

interface Held extends Uids {
  readonly part10: Uint8Array;
  readonly sopClass: string;
  readonly modality: string;
  readonly patientID: string;
  readonly description: string;
  readonly number: string;
}

export async function startDialectArchive(dialect: Dialect): Promise<DialectArchive> {
  const objects = new Map<string, Held>();
  const server = createServer((request, response) => {
    respond(request).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, { status: 500, body: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${dialect.root}`;

  const archive: DialectArchive = {
    url,
    asked: [],
    tokens: new Set(),
    interfere: () => undefined,
    refusal: undefined,
    upload(part10s) {
      for (const part10 of part10s) keep(part10);
    },
    held: (modality) => [...objects.values()].filter((each) => each.modality === modality).map(({ part10 }) => part10),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return archive;

  function keep(part10: Uint8Array): Held {
    const instance = parseInstance(part10);
    const text = (tag: `x${string}`) => instance.string(tag) ?? '';
    const held = {
      part10,
      study: text('x0020000d'),
      series: text('x0020000e'),
      instance: text('x00080018'),
      sopClass: text('x00080016'),
      modality: text('x00080060'),
      patientID: text('x00100020'),
      description: text('x0008103e'),
      number: text('x00200011'),
    };
    objects.set(held.instance, held);
    return held;
  }

  async function respond(request: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = new URL(request.url!, 'http://archive');
    const path = pathname.startsWith(`${dialect.root}/`) ? pathname.slice(dialect.root.length + 1).split('/') : [];
    const [, study = '', , series = '', , instance = ''] = path;
    const last = path.at(-1) ?? '';
    const level = levels.find((each) => path.length % 2 === 1 && each === last);
    const resource = level === undefined ? (resources[path.length] ?? last) : `search ${level}`;
    const reply = await replyTo();
    archive.asked.push(`${request.method} ${resource} ${reply.status}`);
    return reply;

    async function replyTo(): Promise<Reply> {
      const body = await buffer(request);
      const interference = archive.interfere(request, resource);
      if (interference !== undefined) return interference;
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      if (archive.tokens.size > 0 && !archive.tokens.has(token)) return dialect.error(401);
      if (path[0] !== 'studies') return dialect.error(404);
      if (request.method === 'POST') return store(request.headers['content-type'] ?? '', study, body);
      const accept = request.headers.accept ?? '';
      const matches = [...objects.values()].filter(
        (each) =>
          (study === '' || each.study === study) &&
          (series === '' || each.series === series) &&
          (instance === '' || path[4] !== 'instances' || each.instance === instance),
      );
      if (level !== undefined) return search(level, matches, searchParams);
      if (matches.length === 0) return dialect.error(404);
      if (resource === 'metadata') return metadata(matches);
      if (resource === 'frames' && path[6] === 'frames') return frames(matches[0]!, last);
      if (resource === 'series' || resource === 'instance') return retrieve(resource, matches, accept);
      return dialect.error(404);
    }
  }

  function search(level: Level, matches: readonly Held[], query: URLSearchParams): Reply {
    const datasets = new Map<string, DicomJson>();
    for (const each of matches) {
      const key = level === 'studies' ? each.study : level === 'series' ? each.series : each.instance;
      const inSeries = matches.filter(({ series }) => series === each.series).length;
      datasets.set(key, describe(each, level, inSeries));
    }
    const asked = Object.entries(matchable).filter(([keyword]) => query.has(keyword));
    const found = [...datasets.values()].filter((dataset) =>
      asked.every(([keyword, tag]) => firstText(dataset, tag) === query.get(keyword)),
    );
    const fields = new Set((query.get('includefield') ?? '').split(','));
    const isReturned = (tag: string) =>
      level !== 'series' || dialect.seriesAttributes.includes(tag) || (dialect.heedsIncludeField && fields.has(tag));
    const { usual, most } = dialect.pages[level === 'instances' ? 'instances' : 'series'];
    const offset = Number(query.get('offset') ?? 0);
    const limit = Math.min(most, Number(query.get('limit') ?? usual));
    const page = found.slice(offset, offset + limit);
    const results = page.map((dataset) =>
      Object.fromEntries(Object.entries(dataset).filter(([tag]) => isReturned(tag))),
    );
    return dialect.found(results, Math.max(0, found.length - offset - page.length), url);
  }

  function describe(each: Held, level: Level, inSeries: number): DicomJson {
    const ofStudy = { '0020000D': element('UI', each.study), '00100020': element('LO', each.patientID) };
    if (level === 'studies') return ofStudy;
    const ofSeries = {
      ...ofStudy,
      '0020000E': element('UI', each.series),
      '00080060': element('CS', each.modality),
      '0008103E': element('LO', each.description),
      '00200011': element('IS', each.number),
      '00201209': element('IS', inSeries),
      '00081190': element('UR', `${url}/studies/${each.study}/series/${each.series}`),
    };
    if (level === 'series') return ofSeries;
    return { ...ofSeries, '00080018': element('UI', each.instance), '00080016': element('UI', each.sopClass) };
  }

  /** Compressed, as a proxy in front of an archive may do. */
  function metadata(matches: readonly Held[]): Reply {
    const datasets = matches.map((each) => ({
      ...describe(each, 'instances', matches.length),
      '7FE00010': { vr: 'OW', BulkDataURI: dialect.bulkDataUri(url, each, '7FE00010') },
    }));
    const headers = { 'Content-Type': 'application/dicom+json', 'Content-Encoding': 'gzip' };
    return { status: 200, headers, body: gzipSync(JSON.stringify(datasets)) };
  }

  function frames(each: Held, list: string): Reply {
    const instance = parseInstance(each.part10);
    const pixels = instance.element('x7fe00010');
    if (pixels === undefined || list !== '1') return dialect.error(404);
    const bytes = Buffer.from(instance.parsed.byteArray.subarray(pixels.dataOffset, pixels.dataOffset + pixels.length));
    const boundary = randomUUID();
    return {
      status: 200,
      headers: { 'Content-Type': `multipart/related; type="application/octet-stream"; boundary="${boundary}"` },
      body: message(boundary, ['Content-Type: application/octet-stream'], [bytes]),
    };
  }

  function retrieve(resource: 'series' | 'instance', matches: readonly Held[], accept: string): Reply {
    const form = dialect.retrieval(resource, accept);
    if (form === 'not there') return dialect.error(404);
    if (form === 'not acceptable') return dialect.error(406);
    const part10s = matches.map(({ part10 }) => Buffer.from(part10));
    if (form === 'single')
      return {
        status: 200,
        headers: { 'Content-Type': 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1' },
        body: part10s[0]!,
      };
    const boundary = randomUUID();
    return {
      status: 200,
      headers: { 'Content-Type': dialect.multipartType(boundary) },
      body: message(boundary, dialect.partHeaders, part10s),
    };
  }

  async function store(contentType: string, study: string, body: Buffer): Promise<Reply> {
    const type = contentType.split(';')[0]!.trim() as 'multipart/related' | 'application/dicom';
    if (!dialect.storedAs.includes(type)) return dialect.error(415);
    const part10 = type === 'application/dicom' ? body : await firstPart(body, boundaryOf(contentType)!);
    const sent = parseInstance(part10);
    const [instance, series, sopClass] = (['x00080018', 'x0020000e', 'x00080016'] as const).map((tag) =>
      sent.string(tag),
    );
    const uids = { study, series: series!, instance: instance!, sopClass: sopClass! };
    if (sent.string('x0020000d') !== study) return dialect.store({ kind: 'refused', failureReason: 0xa900 }, uids, url);
    const outcome: StoreOutcome =
      archive.refusal !== undefined
        ? { kind: 'refused', failureReason: archive.refusal }
        : { kind: objects.has(uids.instance) ? 'duplicate' : 'stored' };
    if (outcome.kind === 'stored') keep(new Uint8Array(part10));
    return dialect.store(outcome, uids, url);
  }
}

const levels = ['studies', 'series', 'instances'] as const;
type Level = (typeof levels)[number];
/** By the number of path segments: what a path with a UID at its end, or frames, stands for. */
const resources: Readonly<Record<number, string>> = { 2: 'study', 4: 'series', 6: 'instance', 8: 'frames' };
const matchable = {
  StudyInstanceUID: '0020000D',
  SeriesInstanceUID: '0020000E',
  Modality: '00080060',
  SOPInstanceUID: '00080018',
} as const;

const message = (boundary: string, headers: readonly string[], parts: readonly Buffer[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap((part) => [
      Buffer.from(`--${boundary}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`),
      part,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);

async function firstPart(body: Buffer, boundary: string): Promise<Buffer> {
  async function* chunks() {
    yield body;
  }
  for await (const part of multipartStream(chunks(), boundary)) return Buffer.from(part);
  throw new Error('The message has no part.');
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, headers).end(body);
}
