import type { IncomingMessage } from 'node:http';

/**
 * A UID (PS3.5, section 9.1), of 64 characters at most: the audit trail knows no longer ones. Components may have
 * leading zeros, which some archives accept; none is empty.
 */
const uid = '(?![\\d.]{65})\\d+(?:\\.\\d+)*';
const study = `/studies/${uid}`;
const series = `${study}/series/${uid}`;
const instance = `${series}/instances/${uid}`;
const frames = `${instance}/frames/\\d+(?:(?:,|%2[Cc])\\d+)*`;
/**
 * A segment begins with a letter or digit and contains no `%`, so it can be neither `.` nor `..` nor decode to them or
 * to a slash.
 */
const segments = '(?:/[A-Za-z\\d](?:\\.?[\\w~-])*)*';

/**
 * What may be read: search (PS3.18, section 10.6) and retrieval (section 10.4). Matched against the raw path.
 *
 * PS3.18 leaves the addresses of bulk data to the archive. The documented ones are below the object that the data
 * belong to, under `bulk` (Orthanc) or `bulkdata` (dcm4chee, Google Cloud Healthcare, AWS HealthImaging), followed by a
 * path of tags and item numbers or by a hash; `archiveProxy.test.ts` has one of each.
 */
const readable = new RegExp(
  `^(?:${[
    `/(?:studies|series|instances)`,
    `${study}/(?:series|instances)`,
    `${series}/instances`,
    `(?:${study}|${series}|${instance})(?:/(?:metadata|rendered|thumbnail|pixeldata))?`,
    `${frames}(?:/(?:rendered|thumbnail))?`,
    `(?:${study}|${series}|${instance})?/bulk(?:data)?${segments}`,
  ].join('|')})$`,
);
/** Where instances may be stored (PS3.18, section 10.5). */
const storable = new RegExp(`^/studies(?:/${uid})?$`);

/** Printable ASCII without `#`, which ends a query, and the backslash, which some parsers treat as a slash. */
const query = /^[!"$-[\]-~]*$/;

export type DicomWebRequest = 'read' | 'store';

/**
 * The kind of DICOMweb request; undefined if it is not on the allow-list and must not reach the archive. Orthanc
 * decodes a path before it removes `..`, and next to DICOMweb its root has a client (`/servers`) that exchanges data
 * with any address.
 *
 * @param request its `url` is relative to the DICOMweb root
 */
export function dicomWebRequest({ method, url = '', headers }: IncomingMessage): DicomWebRequest | undefined {
  const [path = '', ...rest] = url.split('?');
  if (!query.test(rest.join('?'))) return undefined;
  const hasBody = headers['transfer-encoding'] !== undefined || !/^0*$/.test(headers['content-length'] ?? '');
  // The body of a GET would be forwarded without its length, and the archive would read it as the next request.
  if ((method === 'GET' || method === 'HEAD') && !hasBody && readable.test(path)) return 'read';
  if (method === 'POST' && storable.test(path) && isMultipart(headers['content-type'])) return 'store';
  return undefined;
}

const isMultipart = (contentType: string | undefined): boolean => /^multipart\/related\s*;/i.test(contentType ?? '');
