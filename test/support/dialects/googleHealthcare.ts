import { type Dialect, json, storeDataset } from './dialect.js';

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  406: 'INVALID_ARGUMENT',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
};

/**
 * Cloud Healthcare API, v1. A search returns 100 series or 1,000 instances unless `limit` asks for more (up to 5,000
 * and 50,000). Instances are transcoded to Explicit VR Little Endian unless `transfer-syntax=*` is asked for; one
 * instance also comes in a single part. Errors are the JSON of all Google APIs, here in a list, as its streaming
 * methods send them. Access tokens expire (401) and quotas are per minute (429, without Retry-After). Not in the pages
 * below, and so the harder of two possibilities: an instance that is there is a conflict (409), and STOW-RS responds
 * in XML, whatever is asked for.
 */
export const googleHealthcare: Dialect = {
  name: 'Google Cloud Healthcare',
  root: '/v1/projects/p/locations/europe-west1/datasets/d/dicomStores/s/dicomWeb',
  sources: [
    'https://cloud.google.com/healthcare-api/docs/dicom',
    'https://cloud.google.com/healthcare-api/docs/how-tos/dicomweb',
    'https://cloud.google.com/healthcare-api/quotas',
    'https://github.com/GoogleCloudPlatform/healthcare-dicom-dicomweb-adapter/issues/42',
  ],
  pages: { series: { usual: 100, most: 5000 }, instances: { usual: 1000, most: 50_000 } },
  heedsIncludeField: true,
  seriesAttributes: ['00080060', '0008103E', '0020000D', '0020000E', '00200011', '00201209'],
  // Whether 204 or an empty list follows is not documented; dcm4chee's dialect has the other.
  found: (results) => ({
    status: 200,
    headers: { 'Content-Type': 'application/dicom+json; charset=utf-8' },
    body: JSON.stringify(results),
  }),
  retrieval(resource, accept) {
    if (/^multipart\/related\s*;\s*type="application\/dicom"/.test(accept)) return 'multipart';
    return resource === 'instance' && accept.startsWith('application/dicom') ? 'single' : 'not acceptable';
  },
  multipartType: (boundary) => `multipart/related; boundary="${boundary}"; type="application/dicom"; transfer-syntax=*`,
  partHeaders: ['Content-Type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1'],
  bulkDataUri: (rootUrl, { study, series, instance }, tag) =>
    `${rootUrl}/studies/${study}/series/${series}/instances/${instance}/bulkdata/${tag}`,
  storedAs: ['multipart/related', 'application/dicom'],
  store(outcome, { study, instance, ...uids }, rootUrl) {
    const dataset = storeDataset(outcome, { ...uids, study, instance }, rootUrl);
    const failed = dataset['00081198']?.Value?.[0] as { '00081197': { Value: [number] } } | undefined;
    const sequence = failed
      ? attribute('00081198', 'SQ', item(attribute('00081197', 'US', value(failed['00081197'].Value[0]))))
      : attribute('00081199', 'SQ', item(attribute('00081155', 'UI', value(instance))));
    return {
      status: failed ? 409 : 200,
      headers: { 'Content-Type': 'application/dicom+xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?><NativeDicomModel>${sequence}</NativeDicomModel>`,
    };
  },
  error: (status) =>
    json(
      status,
      [{ error: { code: status, message: 'An error.', status: statuses[status] ?? 'UNKNOWN' } }],
      status === 401
        ? { 'WWW-Authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' }
        : {},
    ),
};

/** The Native DICOM Model (PS3.19 section A.1). */
const attribute = (tag: string, vr: string, content: string) =>
  `<DicomAttribute tag="${tag}" vr="${vr}">${content}</DicomAttribute>`;
const item = (content: string) => `<Item number="1">${content}</Item>`;
const value = (content: unknown) => `<Value number="1">${content}</Value>`;
