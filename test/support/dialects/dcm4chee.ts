import { type Dialect, json, storeDataset } from './dialect.js';

const errors: Readonly<Record<number, string>> = {
  401: 'Not signed in.',
  404: 'Nothing matches.',
  406: 'No instance can be sent in an accepted type.',
  429: 'Too many requests.',
};

/**
 * dcm4chee-arc-light 5. A search without results is 204, one that is cut off has a Warning. Instances come as multipart
 * messages of RESTEasy: a boundary without quotes, behind other parameters, and a Content-ID in each part. Errors are
 * JSON objects with one member. STOW-RS is 200, 202 or 409, with Warning, and ignores an instance that it has
 * (Overwrite Policy NEVER).
 */
export const dcm4chee: Dialect = {
  name: 'dcm4chee-arc',
  root: '/dcm4chee-arc/aets/DCM4CHEE/rs',
  sources: [
    'https://petstore.swagger.io/index.html?url=https://dcm4che.github.io/dcm4chee-arc-light/swagger/openapi.json',
    'https://github.com/dcm4che/dcm4chee-arc-light/issues/2367',
    'https://github.com/dcm4che/dcm4chee-arc-light (QidoRS, WadoRS, StowRS)',
    'https://dcm4chee-arc-cs.readthedocs.io/en/latest/networking/config/archiveDevice.html',
  ],
  // QIDO Max Number of Results: a setting, here 100.
  pages: { series: { usual: 100, most: 100 }, instances: { usual: 100, most: 100 } },
  heedsIncludeField: true,
  seriesAttributes: ['00080060', '0008103E', '00081190', '0020000D', '0020000E', '00200011', '00201209'],
  found: (results, left, rootUrl) =>
    results.length === 0
      ? { status: 204 }
      : {
          status: 200,
          headers: {
            'Content-Type': 'application/dicom+json',
            ...(left > 0 && { Warning: `299 ${rootUrl}: "${left} more results"` }),
          },
          body: JSON.stringify(results),
        },
  retrieval: (_resource, accept) =>
    /^multipart\/related\s*;\s*type="?application\/dicom"?/.test(accept) ? 'multipart' : 'not acceptable',
  multipartType: (boundary) =>
    `multipart/related;start="<1@resteasy-multipart>";transfer-syntax=1.2.840.10008.1.2.1;type="application/dicom"; ` +
    `boundary=${boundary}`,
  partHeaders: [
    'Content-ID: <1@resteasy-multipart>',
    'Content-Type: application/dicom;transfer-syntax=1.2.840.10008.1.2.1',
  ],
  bulkDataUri: (rootUrl, { study, series, instance }, tag) =>
    `${rootUrl}/studies/${study}/series/${series}/instances/${instance}/bulkdata/${tag}`,
  storedAs: ['multipart/related'],
  store(outcome, uids, rootUrl) {
    const isRefused = outcome.kind === 'refused';
    const dataset = storeDataset(isRefused ? outcome : { kind: 'stored' }, uids, rootUrl);
    const headers = { 'Content-Type': 'application/dicom+json', ...(isRefused && { Warning: 'It was refused.' }) };
    return { status: isRefused ? 409 : 200, headers, body: JSON.stringify(dataset) };
  },
  error: (status) =>
    json(
      status,
      { errorMessage: errors[status] ?? 'An error.' },
      status === 401 ? { 'WWW-Authenticate': 'Bearer realm="dcm4che"' } : {},
    ),
};
