import { createAccess } from '../access/access.js';
import { readAccessSettings } from '../access/settings.js';
import { recordActivity } from '../audit/activity.js';
import { readReceivers } from '../audit/feed/receiversFile.js';
import { sendTrail } from '../audit/feed/sendTrail.js';
import { keepTrailFor } from '../audit/retention.js';
import { compareForRules } from '../findings/compareForRules.js';
import { createComparisons } from '../findings/comparisons.js';
import { createRegistrations, registrationProcess } from '../findings/registrations.js';
import { close, createHttpServer, listen } from '../http/httpServer.js';
import { createJobService } from '../jobs/jobService.js';
import { keepRecordsFor } from '../jobs/retention.js';
import { usualHeartbeat, watchForLostWorkers } from '../jobs/worker/lostWorkers.js';
import { createDicomWebArchive } from '../pacs/dicomWebArchive.js';
import { metadataFromInstances } from '../pacs/metadataFromInstances.js';
import { createOrthancChanges } from '../pacs/orthancChanges.js';
import type { Config } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { log } from '../platform/log.js';
import { readPresets } from '../prompts/presetsFile.js';
import { deliverResults } from '../routing/destinations/deliverResults.js';
import { openRouting } from '../routing/openRouting.js';
import { createRecentSeries } from '../routing/recentSeries.js';
import { followRuleFile } from '../routing/rules/ruleFile.js';
import { createRuleReader } from '../routing/rules/ruleReader.js';
import { createRuleStore } from '../routing/rules/ruleStore.js';
import { performWorkitems } from '../routing/ups/performWorkitems.js';
import { createWorkitemStore } from '../routing/ups/workitemStore.js';
import { createWorklist } from '../routing/ups/worklist.js';
import { sendWebhooks } from '../routing/webhooks/sendWebhooks.js';
import { readWebhooks } from '../routing/webhooks/webhooksFile.js';
import { readModels } from '../segmenter/packages/readModels.js';
import { createApplication } from './app/application.js';
import { registerAuditMetrics } from './app/auditMetrics.js';
import { createMetrics } from './app/metrics.js';
import { registerOutboxMetrics } from './app/outboxMetrics.js';
import { registerRoutingMetrics } from './app/routingMetrics.js';
import { createClosing } from './closing.js';
import { openConfiguredDestinations } from './openConfiguredDestinations.js';
import { openConfiguredJobs } from './openConfiguredJobs.js';
import { startResults } from './startResults.js';
import { startWorker } from './startWorker.js';

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * `promptseg serve`: accepts jobs and serves HTTP; by default it also has a worker that runs them.
 * @throws PromptsegError `log-in-missing`, `setting-invalid`, `data-folder-in-use`, `database-unreachable`,
 * `database-newer`, `port-in-use`, `settings-file-invalid`, `options-invalid` if neither this nor another process
 * could run the jobs
 */
export async function serve(config: Config, { withWorker }: { readonly withWorker: boolean }): Promise<RunningServer> {
  if (!withWorker && config.databaseUrl === undefined)
    throw new PromptsegError(
      'options-invalid',
      'A server without a worker needs DATABASE_URL: no other process can run the jobs of an embedded database.',
    );
  const settings = readAccessSettings(config);
  const closing = createClosing();
  try {
    const destinations = await openConfiguredDestinations(config);
    const webhooks = await readWebhooks(config.webhooksFile);
    const receivers = await readReceivers(config.auditReceiversFile);
    const presets = await readPresets(config.presetsFile);
    const library = await readModels(config);
    const dicomWeb = createDicomWebArchive({
      baseUrl: config.archiveUrl,
      ...(config.archiveAuthorization !== undefined && { authorization: config.archiveAuthorization }),
    });
    const archive = config.archiveLacks.includes('metadata') ? metadataFromInstances(dicomWeb) : dicomWeb;
    const jobs = await openConfiguredJobs(config);
    closing.add(() => jobs.close());
    // Before the first row, so that new receivers also get the row of this start.
    const { auditSourceId: sourceId } = config;
    closing.add(await sendTrail({ database: jobs.database, receivers, sourceId }));
    closing.add(await recordActivity(jobs.database, 'serve'));
    closing.add(watchForLostWorkers(jobs, usualHeartbeat));
    if (withWorker) {
      const runner = await startWorker(config, jobs, library);
      closing.add(() => runner.stop());
    }
    const { retentionDays: records, feedbackDays: feedback, promptSetDays: promptSets } = config;
    closing.add(keepRecordsFor({ records, feedback, promptSets }, jobs.database));
    closing.add(keepTrailFor(config.auditRetentionYears, jobs.database));
    const metrics = createMetrics({ ...jobs.store, ...jobs.lists });
    registerOutboxMetrics(metrics.registry, jobs);
    registerAuditMetrics(metrics.registry, jobs.database);
    jobs.events.onEnded(metrics.observeEnd);
    closing.add(deliverResults({ jobs, archive, destinations }));
    closing.add(await sendWebhooks({ jobs, webhooks }));
    const results = await startResults(config, jobs, archive, library);
    closing.add(results.stop);
    const names = destinations.map(({ name }) => name);
    const service = createJobService({ jobs, archive, library, look: results.look, destinations: names });

    const { archiveUrl } = config;
    const worklist = createWorklist({ store: createWorkitemStore(jobs.database), service, archiveUrl });
    closing.add(performWorkitems(worklist));

    const registrations = createRegistrations(registrationProcess(config));
    closing.add(registrations.stop);
    const comparisons = createComparisons({ archive, service, lists: jobs.lists, library, registrations });
    closing.add(compareForRules({ jobs, comparisons }));

    const ruleStore = createRuleStore(jobs.database, config.rulesFile !== undefined);
    const ruleFile = config.rulesFile === undefined ? undefined : await followRuleFile(config.rulesFile, ruleStore);
    if (ruleFile !== undefined) closing.add(() => ruleFile.stop());
    const ruleReader = createRuleReader();
    closing.add(() => ruleReader.stop());
    const rules = {
      reader: ruleReader,
      store: ruleStore,
      file: ruleFile,
      recent: createRecentSeries({ archive, database: jobs.database }),
    };

    const { orthancUrl, archiveAuthorization: authorization, settleSeconds } = config;
    const orthanc = orthancUrl === undefined ? undefined : createOrthancChanges({ baseUrl: orthancUrl, authorization });
    const routing = openRouting({ orthanc, settleSeconds, jobs, archive, service, rules: ruleStore });
    const router = routing.start(registerRoutingMetrics(metrics.registry, routing));
    closing.add(() => router.stop());

    const { database, store } = jobs;
    const access = await createAccess({ settings, archiveUrl, allowedHosts: config.allowedHosts, database, store });
    const parts = {
      config,
      access,
      archive,
      library,
      presets,
      jobs,
      service,
      results: results.service,
      comparisons,
      previews: results.previews,
      metrics,
      destinations,
      webhooks,
      worklist,
      rules,
      routing,
    };
    const server = createHttpServer(createApplication(parts));
    const url = await listen(server, config);
    closing.add(() => close(server));
    log.info({ url, models: library.packages.map(({ manifest }) => manifest.id) }, 'listening');
    return { url, stop: closing.close };
  } catch (error) {
    await closing.close();
    throw error;
  }
}
