import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { DicomJson } from '#contract/dicomJson.js';
import { uidSchema } from '#contract/uid.js';
import { clientOf } from '../../http/clientOf.js';
import { jsonBody } from '../../http/jsonBody.js';
import { findableOf, principalOf, requireStudy } from '../../http/principalOf.js';
import { parseInput } from '../../http/problems.js';
import { PromptsegError } from '../../platform/errors.js';
import { invalid, studiesOf } from './readWorkitem.js';
import { readQuery } from './searchWorkitems.js';
import { upsWarnings, type Worklist } from './worklist.js';

const dicomJson = 'application/dicom+json';

const datasetSchema = z.record(
  z.string().regex(/^[0-9A-F]{8}$/, 'is not a tag'),
  z.strictObject({
    vr: z.string().regex(/^[A-Z]{2}$/, 'is not a value representation'),
    Value: z.array(z.unknown()).optional(),
    InlineBinary: z.string().optional(),
    BulkDataURI: z.string().optional(),
  }),
);

/** PS3.18 requires an array of one dataset; some clients send only the dataset. */
const payloadSchema = z.union([z.tuple([datasetSchema]).transform(([dataset]) => dataset), datasetSchema]);

/**
 * `/ups-rs`: the worklist service of PS3.18 section 11, in DICOM JSON. Subscriptions and events are not supported.
 *
 * A workitem exists only for those who may find the studies of its input in the archive.
 */
export function upsRoutes(worklist: Worklist): Router {
  const routes = Router();
  routes.use(jsonBody('1mb', [dicomJson, 'application/json']));

  routes.use('/workitems/:uid', async (request, _response, next) => {
    const studies = await worklist.studiesOf(uidOf(request));
    if ((await findableOf(request, [studies], (each) => each)).length === 0)
      throw new PromptsegError('workitem-not-found', 'There is no workitem with this UID.');
    next();
  });

  routes.post('/workitems', async (request, response) => {
    const { uid, modified } = await worklist.create(
      uidOfQuery(request, 'workitem'),
      await findableDatasetOf(request),
      principalOf(request),
      clientOf(request),
    );
    if (modified) warn(response, upsWarnings.modified);
    const address = `${request.baseUrl}/workitems/${uid}`;
    response.status(201).location(address).set('Content-Location', address).end();
  });

  routes.get('/workitems', async (request, response) => {
    const query = readQuery(new URL(request.url, 'http://ups').searchParams);
    const found = await worklist.search(query, (workitems, studies) => findableOf(request, workitems, studies));
    if (found.length === 0) response.status(204).end();
    else sendDatasets(response, found);
  });

  routes.get('/workitems/:uid', async (request, response) => {
    sendDatasets(response, [await worklist.retrieve(uidOf(request))]);
  });

  routes.post('/workitems/:uid', async (request, response) => {
    const transaction = uidOfQuery(request, 'transaction-uid');
    const changes = await findableDatasetOf(request);
    await worklist.update(uidOf(request), transaction, changes, principalOf(request), clientOf(request));
    response.status(200).end();
  });

  routes.put('/workitems/:uid/state', async (request, response) => {
    const warning = await worklist.changeState(uidOf(request), datasetOf(request), principalOf(request));
    if (warning !== undefined) warn(response, warning);
    response.status(200).end();
  });

  routes.post('/workitems/:uid/cancelrequest', async (request, response) => {
    const warning = await worklist.requestCancel(uidOf(request), principalOf(request));
    if (warning !== undefined) warn(response, warning);
    response.status(202).end();
  });

  routes.use(warnOfProblem);
  return routes;
}

const uidOf = ({ params }: Request<{ uid: string }>): string => parseInput(uidSchema, params.uid);

const datasetOf = (request: Request): DicomJson => parseInput(payloadSchema, request.body);

/**
 * A dataset whose input, if any, belongs to a study that the sender may find.
 * @throws PromptsegError `workitem-invalid`, `study-not-found`
 */
async function findableDatasetOf(request: Request): Promise<DicomJson> {
  const dataset = datasetOf(request);
  const [study, ...others] = studiesOf(dataset);
  if (others.length > 0) throw invalid('names more than one study in its Input Information Sequence');
  if (study !== undefined) await requireStudy(request, study);
  return dataset;
}

/** The standard writes `/workitems?1.2.3`; other servers and clients name the parameter. */
function uidOfQuery({ url }: Request, name: string): string | undefined {
  const parameters = new URL(url, 'http://ups').searchParams;
  const [bare] = [...parameters].find(([key, value]) => value === '' && /^[0-9.]+$/.test(key)) ?? [];
  const uid = parameters.get(name) ?? bare;
  return uid === undefined ? undefined : parseInput(uidSchema, uid);
}

function sendDatasets(response: Response, datasets: readonly DicomJson[]): void {
  response.type(dicomJson).set('Cache-Control', 'no-cache, no-store').send(JSON.stringify(datasets));
}

/** PS3.18 section 11: code 299, the sender, and one of its sentences. */
function warn(response: Response, sentence: string): void {
  response.set('Warning', `299 promptseg: ${sentence}`);
}

const warnOfProblem: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof PromptsegError && typeof error.details.warning === 'string')
    warn(response, error.details.warning);
  next(error);
};
