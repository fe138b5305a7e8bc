import { randomUUID } from 'node:crypto';
import { type DicomJson, firstText, itemsOf, numbersOf } from '#contract/dicomJson.js';
import { type ArchiveAuthorization, authorizationHeader } from '../platform/archiveAuthorization.js';
import { PromptsegError } from '../platform/errors.js';
import type { Archive, SeriesSummary } from './archive.js';
import { type ArchiveResponse, readBytes, readText, sendRequest } from './archiveHttp.js';
import { datasetsFrom, exchange } from './dicomWebClient.js';
import { boundaryOf, maximumPartBytes, multipartStream } from './multipartStream.js';
import { errorOfStatus } from './responseErrors.js';
import { acceptableFrames, framesAtOnce, framesOf } from './retrievedFrames.js';
import { requireStored } from './storeResponse.js';

export interface DicomWebArchiveOptions {
  /** The DICOMweb root: `http://127.0.0.1:8042/dicom-web`. */
  readonly baseUrl: string;
  readonly authorization?: ArchiveAuthorization | undefined;
}

/**
 * Media types for instances; the first that the archive accepts is used. `*` requests the stored bytes in any transfer
 * syntax: Orthanc's transcoding is slow, and with Debian's GDCM plugin it crashes. Archives that refuse the wildcard
 * get the request without it. Some then send Explicit VR Little Endian, the default of PS3.18 section 8.7.3.5.2, others
 * what they have stored. The last two are for archives that send an instance in a single part only, such as AWS
 * HealthImaging.
 */
const acceptable = [
  'multipart/related; type="application/dicom"; transfer-syntax=*',
  'multipart/related; type="application/dicom"',
  'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1',
  'application/dicom; transfer-syntax=*',
  'application/dicom',
] as const;

/** Bad Request, Not Acceptable, Unsupported Media Type: archives use all three to refuse a media type. */
const refusesMediaType: ReadonlySet<number> = new Set([400, 406, 415]);

/**
 * Statuses of an archive that does not retrieve a series as a whole, but perhaps its instances: AWS HealthImaging has
 * no such resource. Not 401: credentials that are refused are refused everywhere.
 */
const deliversNoSeries: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 415, 501]);

/**
 * Archives return fewer series than a study has unless they are asked for more: Google Cloud Healthcare 100, tiny-pacs
 * 1000. So many or more may be one page of several.
 */
const smallestPage = 100;

/**
 * Modality, Series Description, Patient ID, Body Part Examined, Anatomic Region Sequence, Protocol Name, Series Number
 * and Number of Series Related Instances. Not every archive returns them by default.
 */
const seriesFields = '00080060,0008103E,00082218,00100020,00180015,00181030,00200011,00201209';

/**
 * An archive with DICOMweb (PS3.18): QIDO-RS, WADO-RS and STOW-RS. dicomweb-client does searches and metadata, but not
 * instances: it keeps whole responses in memory and copies what it sends. Storing 500 MB took another 501 MB and 1.4 s
 * instead of 0.4 s.
 */
export function createDicomWebArchive({ baseUrl, authorization }: DicomWebArchiveOptions): Archive {
  const root = baseUrl.replace(/\/+$/, '');
  const ofRoot = { baseUrl: root, authorization };

  async function search(study: string, matching: { SeriesInstanceUID?: string }, signal: AbortSignal | undefined) {
    const studyInstanceUID = requireUid(study);
    const resource = ['studies', studyInstanceUID, 'series'];
    const asked = { ...matching, includefield: seriesFields };
    const found = [...(await query(resource, asked, signal))];
    const isKnown = (series: DicomJson) =>
      found.some((known) => firstText(known, '0020000E') === firstText(series, '0020000E'));
    for (let page = found.length; page >= smallestPage; ) {
      const next = await query(resource, { ...asked, offset: `${found.length}` }, signal);
      // All known: an archive that ignores `offset`.
      page = next.every(isKnown) ? 0 : next.length;
      if (page > 0) found.push(...next);
    }
    return found.map((series) => summaryOf(studyInstanceUID, series));
  }

  const query: Archive['query'] = (resource, query, signal) => {
    const [, study, , series] = resource.map(encodeURIComponent);
    return datasetsFrom(ofRoot, signal, (client, request) => {
      const options = {
        ...(study !== undefined && { studyInstanceUID: study }),
        ...(series !== undefined && { seriesInstanceUID: series }),
        ...(Object.keys(query).length > 0 && { queryParams: query }),
        request,
      };
      if (resource.at(-1) === 'studies') return client.searchForStudies(options);
      return resource.at(-1) === 'series' ? client.searchForSeries(options) : client.searchForInstances(options);
    });
  };

  async function listSeries(studyInstanceUID: string, signal?: AbortSignal): Promise<readonly SeriesSummary[]> {
    const all = await search(studyInstanceUID, {}, signal);
    if (all.length > 0) return all.map(asSummary);
    throw new PromptsegError('study-not-found', 'The archive does not have this study.', {
      details: { studyInstanceUID },
    });
  }

  async function findSeries(
    studyInstanceUID: string,
    seriesInstanceUID: string,
    signal?: AbortSignal,
  ): Promise<SeriesSummary> {
    const found = await search(studyInstanceUID, { SeriesInstanceUID: requireUid(seriesInstanceUID) }, signal);
    const [series, ...others] = found.filter((candidate) => candidate.seriesInstanceUID === seriesInstanceUID);
    if (series !== undefined) {
      requireOnePatient([series, ...others], studyInstanceUID, seriesInstanceUID);
      return asSummary(series);
    }
    await listSeries(studyInstanceUID, signal);
    throw new PromptsegError('series-not-found', 'The archive has the study, but not this series.', {
      details: { studyInstanceUID, seriesInstanceUID },
    });
  }

  /** What the archive accepted last, tried first: a series that comes one by one asks hundreds of times. */
  const accepted: Record<'series' | 'instance' | 'frames', string> = {
    series: acceptable[0],
    instance: acceptable[0],
    frames: acceptableFrames[0],
  };

  async function get(
    kind: keyof typeof accepted,
    path: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ArchiveResponse> {
    const url = new URL(`${root}/${path.join('/')}`);
    const ask = (accept: string) =>
      sendRequest({ method: 'GET', url, headers: { ...authorizationHeader(authorization), Accept: accept }, signal });
    const first = accepted[kind];
    let response = await ask(first);
    for (const accept of kind === 'frames' ? acceptableFrames : acceptable) {
      if (!refusesMediaType.has(response.status)) break;
      if (accept === first) continue;
      response.close();
      response = await ask(accept);
      if (response.status === 200) accepted[kind] = accept;
    }
    return response;
  }

  return {
    async ping(signal) {
      const { status, headers } = await exchange(ofRoot, signal, (client, request) => {
        const options = { queryParams: { limit: 1 }, request };
        return client.searchForStudies(options);
      });
      if (status !== 200 && status !== 204) throw errorOfStatus(status, headers);
    },

    findSeries,
    listSeries,

    query,

    retrieveMetadata(studyInstanceUID, seriesInstanceUID, sopInstanceUID, signal) {
      const uids = { studyInstanceUID: requireUid(studyInstanceUID), seriesInstanceUID: requireUid(seriesInstanceUID) };
      const instance = sopInstanceUID === undefined ? undefined : requireUid(sopInstanceUID);
      const delivered = datasetsFrom(ofRoot, signal, (client, request) => {
        if (instance === undefined) return client.retrieveSeriesMetadata({ ...uids, request });
        const options = { ...uids, sopInstanceUID: instance, request };
        return client.retrieveInstanceMetadata(options);
      });
      // Some archives find a series by its own UID in any study; the reader may see only the one that is named.
      const isOfStudy = (dataset: DicomJson): boolean =>
        [studyInstanceUID, ''].includes(firstText(dataset, '0020000D'));
      return delivered.then((datasets) => datasets.filter(isOfStudy));
    },

    async *retrieveSeries(studyInstanceUID, seriesInstanceUID, signal) {
      const path = ['studies', requireUid(studyInstanceUID), 'series', requireUid(seriesInstanceUID)];
      const response = await get('series', path, signal);
      const { status } = response;
      if (deliversNoSeries.has(status)) {
        response.close();
        await findSeries(studyInstanceUID, seriesInstanceUID, signal);
        throw new PromptsegError(
          'series-incomplete',
          `The archive does not deliver the series as a whole (${status}).`,
        );
      }
      yield* instancesOf(response);
      if (status === 206)
        throw new PromptsegError('series-incomplete', 'The archive says that it did not deliver all images (206).');
    },

    async retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID, signal) {
      const series = ['studies', requireUid(studyInstanceUID), 'series', requireUid(seriesInstanceUID)];
      const response = await get('instance', [...series, 'instances', requireUid(sopInstanceUID)], signal);
      if (response.status === 404) {
        response.close();
        return undefined;
      }
      for await (const instance of instancesOf(response)) return instance;
      throw new PromptsegError('archive-broken-answer', "The archive's response does not contain the instance.");
    },

    async *retrieveFrames(studyInstanceUID, seriesInstanceUID, sopInstanceUID, frameNumbers, signal) {
      const series = ['studies', requireUid(studyInstanceUID), 'series', requireUid(seriesInstanceUID)];
      const path = [...series, 'instances', requireUid(sopInstanceUID), 'frames'];
      for (let first = 0; first < frameNumbers.length; first += framesAtOnce) {
        const asked = frameNumbers.slice(first, first + framesAtOnce);
        yield* framesOf(await get('frames', [...path, asked.join(',')], signal), asked.length);
      }
    },

    async store(studyInstanceUID, instance, signal) {
      const url = new URL(`${root}/studies/${requireUid(studyInstanceUID)}`);
      const send = (contentType: string, body: readonly Uint8Array[]) => {
        const accepted = { Accept: 'application/dicom+json', 'Content-Type': contentType };
        const headers = { ...authorizationHeader(authorization), ...accepted };
        return sendRequest({ method: 'POST', url, headers, body, signal });
      };
      const boundary = `promptseg-${randomUUID()}`;
      let response = await send(`multipart/related; type="application/dicom"; boundary=${boundary}`, [
        Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`),
        instance,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]);
      // Not in the standard; some archives take an instance in this way, and AWS HealthImaging documents no other.
      if (response.status === 415) {
        response.close();
        response = await send('application/dicom', [instance]);
      }
      requireStored(response, await readText(response), instance.length);
    },
  };
}

/** A series, with the Patient ID that the archive returns for it. */
interface FoundSeries extends SeriesSummary {
  readonly patientID: string;
}

function summaryOf(studyInstanceUID: string, series: DicomJson): FoundSeries {
  const bodyPartExamined = firstText(series, '00180015');
  const protocolName = firstText(series, '00181030');
  const anatomicRegion = itemsOf(series, '00082218')
    .map((region) => firstText(region, '00080104'))
    .join(', ');
  const [numberOfInstances = 0] = numbersOf(series, '00201209');
  const [seriesNumber] = numbersOf(series, '00200011');
  return {
    studyInstanceUID,
    seriesInstanceUID: firstText(series, '0020000E'),
    modality: firstText(series, '00080060'),
    description: firstText(series, '0008103E'),
    patientID: firstText(series, '00100020'),
    // A listed series has at least one instance: an archive that returns 0 does not count them.
    ...(numberOfInstances > 0 && { numberOfInstances }),
    ...(seriesNumber !== undefined && { seriesNumber }),
    ...(bodyPartExamined !== '' && { bodyPartExamined }),
    ...(anatomicRegion !== '' && { anatomicRegion }),
    ...(protocolName !== '' && { protocolName }),
  };
}

const asSummary = ({ patientID: _, ...summary }: FoundSeries): SeriesSummary => summary;

/**
 * An archive may have the same study under two patients, and then returns images of either or of neither. Entries with
 * the same Patient ID are the same series.
 * @throws PromptsegError `series-listed-twice`
 */
function requireOnePatient(
  [first, ...others]: readonly FoundSeries[],
  studyInstanceUID: string,
  seriesInstanceUID: string,
): void {
  if (others.every(({ patientID }) => patientID !== '' && patientID === first!.patientID)) return;
  throw new PromptsegError(
    'series-listed-twice',
    `The archive lists this series ${others.length + 1} times, under several patients. Whose images they are is ` +
      'unknown.',
    { details: { studyInstanceUID, seriesInstanceUID, entries: others.length + 1 } },
  );
}

/** The Part 10 files of a WADO-RS response. */
function instancesOf(response: ArchiveResponse): AsyncIterable<Uint8Array> {
  if (response.status !== 200 && response.status !== 206) {
    response.close();
    throw errorOfStatus(response.status, response.headers);
  }
  const mediaType = response.headers['content-type'] ?? '';
  // A single part (PS3.18 section 8.6.1.1), which some archives also send for a series of one image.
  if (/^application\/dicom\s*(;|$)/i.test(mediaType)) return wholeBody(response);
  const boundary = boundaryOf(mediaType);
  if (boundary === undefined) {
    response.close();
    throw new PromptsegError('archive-broken-answer', "The archive's response does not consist of DICOM instances.");
  }
  return multipartStream(response.body, boundary);
}

async function* wholeBody(response: ArchiveResponse): AsyncGenerator<Uint8Array> {
  yield await readBytes(response, maximumPartBytes);
}

/** Refuses anything but a UID, because it becomes part of an address. @throws PromptsegError `request-invalid` */
function requireUid(uid: string): string {
  if (/^[0-9.]{1,64}$/.test(uid)) return uid;
  throw new PromptsegError('request-invalid', 'A UID consists of digits and dots, at most 64 characters.');
}
