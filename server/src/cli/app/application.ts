import compression from 'compression';
import express, { type Express, type RequestHandler } from 'express';
import type { Access } from '../../access/access.js';
import { auditArchiveAccess } from '../../audit/archiveAccess.js';
import { auditArchiveReads } from '../../audit/archiveReads.js';
import { auditRefusals } from '../../audit/refusals.js';
import { auditRoutes } from '../../audit/routes/auditRoutes.js';
import { comparisonRoutes } from '../../findings/comparisonRoutes.js';
import type { Comparisons } from '../../findings/comparisons.js';
import { jsonBody } from '../../http/jsonBody.js';
import { openRequestLimit } from '../../http/openRequestLimit.js';
import { principalOf } from '../../http/principalOf.js';
import { noSuchAddress, sendProblems } from '../../http/problems.js';
import { requestGuard } from '../../http/requestGuard.js';
import { routerOf } from '../../http/route.js';
import { allowViewers } from '../../http/viewerOrigins.js';
import { requireWellFormedAddress } from '../../http/wellFormedText.js';
import { createDraftService, type DraftParts } from '../../jobs/draftService.js';
import type { JobService } from '../../jobs/jobService.js';
import type { Jobs } from '../../jobs/openJobs.js';
import { createWaitEstimates } from '../../jobs/queue/waitEstimates.js';
import type { ResultsService } from '../../jobs/results/resultsService.js';
import { draftRoutes } from '../../jobs/routes/draftRoutes.js';
import { feedbackRoutes } from '../../jobs/routes/feedbackRoutes.js';
import { modelRoutes } from '../../jobs/routes/modelRoutes.js';
import { promptRoutes } from '../../jobs/routes/promptRoutes.js';
import { promptSetRoutes } from '../../jobs/routes/promptSetRoutes.js';
import { queueRoutes } from '../../jobs/routes/queueRoutes.js';
import { refinementRoutes } from '../../jobs/routes/refinementRoutes.js';
import { resultRoutes } from '../../jobs/routes/resultRoutes.js';
import { segmentationRoutes } from '../../jobs/routes/segmentationRoutes.js';
import { seriesRoutes } from '../../jobs/routes/seriesRoutes.js';
import { structureRoutes } from '../../jobs/routes/structureRoutes.js';
import { agentRoutes, challengeAgents } from '../../mcp/agentRoutes.js';
import { createHandles } from '../../mcp/calls/handles.js';
import type { Archive } from '../../pacs/archive.js';
import type { Config } from '../../platform/config.js';
import type { NamedPrompts } from '../../prompts/presets.js';
import type { Destination } from '../../routing/destinations/destination.js';
import type { Routing } from '../../routing/openRouting.js';
import { outgoingRoutes } from '../../routing/routes/outgoingRoutes.js';
import { routingRoutes } from '../../routing/routes/routingRoutes.js';
import { ruleBodies } from '../../routing/routes/ruleBodies.js';
import { type RuleRoutesParts, ruleRoutes } from '../../routing/routes/ruleRoutes.js';
import { ruleTrialRoutes } from '../../routing/routes/ruleTrialRoutes.js';
import { upsRoutes } from '../../routing/ups/upsRoutes.js';
import type { Worklist } from '../../routing/ups/worklist.js';
import type { Webhook } from '../../routing/webhooks/webhooksFile.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import { archiveProxy } from './archiveProxy.js';
import { apiPage, builtPages } from './builtPages.js';
import { describeApi } from './describeApi.js';
import { dicomWebRequest } from './dicomWebRequests.js';
import { fromInstances } from './fromInstances.js';
import type { Metrics } from './metrics.js';
import { securityHeaders, strictTransportSecurity } from './securityHeaders.js';
import { plugins, viewer } from './viewer.js';
import { wholeByteFrames } from './wholeByteFrames.js';

export interface ApplicationParts {
  readonly config: Config;
  readonly access: Access;
  readonly archive: Archive;
  readonly library: ModelLibrary;
  /** The site's presets and the shipped ones, in display order. */
  readonly presets: readonly NamedPrompts[];
  readonly jobs: Pick<
    Jobs,
    | 'database'
    | 'store'
    | 'lists'
    | 'feedback'
    | 'events'
    | 'workers'
    | 'promptSets'
    | 'drafts'
    | 'deliveries'
    | 'webhookMessages'
  >;
  readonly service: JobService;
  readonly results: ResultsService;
  /** Computes what the clicks of a draft change. */
  readonly previews: DraftParts['previews'];
  readonly metrics: Metrics;
  /** Where results can be sent besides the archive. */
  readonly destinations: readonly Destination[];
  readonly webhooks: readonly Webhook[];
  readonly worklist: Worklist;
  readonly comparisons: Comparisons;
  readonly rules: Pick<RuleRoutesParts, 'store' | 'file' | 'recent' | 'reader'>;
  readonly routing: Pick<Routing, 'feed' | 'history' | 'backfills'>;
}

/** Everything that the server serves, from one origin. */
export function createApplication({
  config,
  access,
  archive,
  library,
  presets,
  jobs,
  service,
  results,
  previews,
  metrics,
  destinations,
  webhooks,
  worklist,
  comparisons,
  rules,
  routing,
}: ApplicationParts): Express {
  const application = express();
  application.disable('x-powered-by');
  application.use(securityHeaders);
  application.use(requestGuard(config.allowedHosts, config.viewerOrigins));
  application.use(allowViewers(config.viewerOrigins));
  application.use(strictTransportSecurity(config.allowedHosts));
  application.use(requireWellFormedAddress);
  application.use(access.guards, access.signIn);

  application.use(['/dicom-web', '/api', '/ups-rs', '/mcp'], noStore);

  const reads = auditArchiveReads(jobs.database);
  application.post('/dicom-web/{*path}', openRequestLimit(stores));
  // Before any body parser: the proxy streams requests and responses.
  application.use(
    '/dicom-web',
    auditArchiveAccess(jobs.database, reads, (request) => dicomWebRequest(request) !== undefined),
    wholeByteFrames(archive),
    fromInstances(archive, config.archiveLacks),
    archiveProxy(config),
  );

  // OHIF's 31 MB of scripts shrink to 7. Event streams must not wait in the compressor's buffer. A part of a file
  // (206) is counted in bytes of the file as it is.
  application.use(
    compression({
      filter: (request, response) =>
        response.statusCode !== 206 && !isEventStream(response) && compression.filter(request, response),
    }),
  );

  application.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  application.get('/readyz', async (request, response) => {
    const archiveReachable = await archive.ping().then(
      () => true,
      () => false,
    );
    const ready = archiveReachable && library.packages.length > 0;
    const details = { archiveReachable, models: library.packages.length };
    response.status(ready ? 200 : 503).json({ ready, ...(principalOf(request).scopes.has('metrics') && details) });
  });
  application.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });

  application.use(['/api', '/ups-rs', '/mcp'], openRequestLimit(bodies));
  const eventAddresses = [
    '/api/v1/segmentations/events',
    '/api/v1/segmentations/:id/events',
    '/api/v1/drafts/:draft/events',
    '/mcp',
  ];
  application.get(eventAddresses, openRequestLimit(eventStreams));
  application.post('/mcp', openRequestLimit(toolCalls));
  application.post('/api/v1/segmentations/:id/edited', openRequestLimit(uploads));
  application.use('/api/v1/rules', jsonBody('1mb'), ...ruleBodies);
  application.use('/api/v1', jsonBody('256kb'));
  const ruleParts = { ...rules, archive, library, reads, destinations: destinations.map(({ name }) => name) };
  const drafts = createDraftService({ jobs, archive, library, service, previews });
  const routes = [
    ...access.routes,
    ...segmentationRoutes(service, jobs, createWaitEstimates(jobs)),
    ...refinementRoutes(service, jobs, createWaitEstimates(jobs)),
    ...draftRoutes(drafts, jobs, createWaitEstimates(jobs), reads),
    ...resultRoutes(results, jobs, reads),
    ...comparisonRoutes(comparisons, jobs, reads),
    ...feedbackRoutes(jobs.feedback, jobs.database),
    ...outgoingRoutes({ jobs, destinations, webhooks }),
    ...queueRoutes(jobs),
    ...modelRoutes(library, () => jobs.lists.pastRuns()),
    ...structureRoutes(library, presets),
    ...promptRoutes(library),
    ...promptSetRoutes(jobs.promptSets),
    ...seriesRoutes(archive, reads),
    ...ruleRoutes(ruleParts),
    ...ruleTrialRoutes(ruleParts),
    ...routingRoutes({ routing, rules: rules.store, service, archive }),
    ...auditRoutes({ database: jobs.database, sourceId: config.auditSourceId }),
  ];
  const openApiDocument = describeApi(routes, access.security);
  application.get('/api/v1/openapi.json', (_request, response) => {
    response.json(openApiDocument);
  });
  application.use('/api/v1', routerOf(routes));
  application.use(apiPage());
  application.use('/api', noSuchAddress);
  application.use('/ups-rs', upsRoutes(worklist), noSuchAddress);

  const refusals = auditRefusals(jobs.database);
  const agents = {
    archive,
    library,
    jobs,
    service,
    results,
    comparisons,
    reads,
    handles: createHandles(),
    allowedHosts: config.allowedHosts,
    authorizationServer: access.authorizationServer,
    viewerPath: config.viewerFolder === undefined ? '/cornerstone' : '/segment-by-text',
    refused: (error: unknown, request: express.Request) => refusals(error, request, request.res!, () => {}),
  };
  application.use('/mcp', jsonBody('256kb'));
  application.use(agentRoutes(agents));
  application.use(['/mcp', '/.well-known'], noSuchAddress);

  application.use(plugins(), builtPages());
  application.get('/docs', (_request, response) => response.redirect('/help'));
  if (config.viewerFolder !== undefined) application.use(viewer(config.viewerFolder));
  else application.get('/', (_request, response) => response.redirect('/promptseg'));
  application.use(noSuchAddress);
  application.use(refusals, access.handleNavigation, challengeAgents(agents), sendProblems);
  return application;
}

/** Browsers on shared workstations must not keep patient data. */
const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

/** Each panel or page has one open. 3000 of them took 111 MB and blocked the server for 2 s at each change. */
const eventStreams = { perClient: 50, inAll: 1000, code: 'too-many-streams', what: 'event streams' } as const;
/** Streamed: each occupies a connection to the archive. Programs that upload in parallel use about eight. */
const stores = { perClient: 16, inAll: 64, code: 'too-many-uploads', what: 'uploads' } as const;
/**
 * Limits requests whose body has not arrived completely. Programs that send many at once send each body quickly. Slow
 * senders are cut off after a minute (`jsonBody`) and until then hold no more than this.
 */
const bodies = {
  perClient: 100,
  inAll: 1000,
  code: 'too-many-uploads',
  what: 'request bodies',
  until: 'body',
} as const;
/** Each may wait for a job or a person. */
const toolCalls = { perClient: 20, inAll: 500, code: 'too-many-agents', what: 'calls of agents' } as const;
/** Each may hold 256 MiB; `readDicomUpload` reads four at once. */
const uploads = { perClient: 3, inAll: 8, code: 'too-many-uploads', what: 'uploads' } as const;

const isEventStream = (response: express.Response): boolean =>
  String(response.getHeader('Content-Type')).startsWith('text/event-stream');
