import { createHash } from 'node:crypto';
import { type Dialect, json, storeDataset } from './dialect.js';

const types: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnauthorizedException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  406: 'NotAcceptableException',
  409: 'ConflictException',
  415: 'UnsupportedMediaTypeException',
  429: 'ThrottlingException',
};

/**
 * AWS HealthImaging. There is no retrieval of a study or a series: instances come one by one, in a single part, as
 * stored or uncompressed. Series are found by modality and UID; a search returns 10,000 results at most. Bulk data are
 * addressed by a hash. Requests carry a signature or, in data stores that are set up for it, a bearer token, whose
 * expiry is checked. The examples store an instance in a single part. Errors are the JSON of all AWS services, with the
 * type in a header.
 */
export const awsHealthImaging: Dialect = {
  name: 'AWS HealthImaging',
  root: '/datastore/0123456789abcdef0123456789abcdef',
  sources: [
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicomweb-retrieve.html',
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicomweb-retrieve-instance.html',
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicom-retrieve-bulkdata.html',
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicomweb-search.html',
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicomweb-search-series.html',
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicomweb-storing.html',
    'https://docs.aws.amazon.com/healthimaging/latest/devguide/dicomweb-oidc-requirements.html',
  ],
  pages: { series: { usual: 10_000, most: 10_000 }, instances: { usual: 10_000, most: 10_000 } },
  // Neither `includefield` nor Number of Series Related Instances is in the pages below.
  heedsIncludeField: false,
  seriesAttributes: ['00080060', '0020000D', '0020000E', '00200011'],
  found: (results) => ({
    status: 200,
    headers: { 'Content-Type': 'application/dicom+json' },
    body: JSON.stringify(results),
  }),
  retrieval(resource, accept) {
    if (resource === 'series') return 'not there';
    return accept.startsWith('application/dicom') ? 'single' : 'not acceptable';
  },
  multipartType: (boundary) => `multipart/related; type="application/octet-stream"; boundary=${boundary}`,
  partHeaders: [],
  bulkDataUri(rootUrl, { study, series, instance }, tag) {
    const hash = createHash('md5').update(`${instance} ${tag}`).digest('hex');
    return `${rootUrl}/studies/${study}/series/${series}/instances/${instance}/bulkdata/${hash}`;
  },
  storedAs: ['application/dicom'],
  store(outcome, uids, rootUrl) {
    // An instance that is there is not described; here it is stored again.
    const isRefused = outcome.kind === 'refused';
    const dataset = storeDataset(isRefused ? outcome : { kind: 'stored' }, uids, rootUrl);
    return json(isRefused ? 409 : 200, dataset, { 'Content-Type': 'application/dicom+json' });
  },
  error: (status) =>
    json(status, { message: 'An error.' }, { 'x-amzn-ErrorType': types[status] ?? 'InternalServerException' }),
};
