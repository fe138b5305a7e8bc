import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Express } from 'express';
import { type AccessParts, createAccess } from '../../access/access.js';
import { readAccessSettings } from '../../access/settings.js';
import { createComparisons } from '../../findings/comparisons.js';
import { close, createHttpServer, listen } from '../../http/httpServer.js';
import { createJobService } from '../../jobs/jobService.js';
import { type Jobs, openJobs } from '../../jobs/openJobs.js';
import type { ResultsService } from '../../jobs/results/resultsService.js';
import { newTestDatabase } from '../../jobs/testDatabase.testSupport.js';
import type { Archive } from '../../pacs/archive.js';
import { type Config, readConfig } from '../../platform/config.js';
import { boneVocabulary } from '../../prompts/testing/exampleVocabularies.js';
import { openRouting } from '../../routing/openRouting.js';
import { readHere } from '../../routing/rules/readHere.testSupport.js';
import { createRuleStore } from '../../routing/rules/ruleStore.js';
import { createWorkitemStore } from '../../routing/ups/workitemStore.js';
import { createWorklist } from '../../routing/ups/worklist.js';
import type { ModelPackage, PromptablePackage } from '../../segmenter/packages/modelPackage.js';
import { type ApplicationParts, createApplication } from './application.js';
import { createMetrics } from './metrics.js';

/** A model with one target. */
export const boneModel = {
  folder: 'models/test',
  sha256: 'f'.repeat(64),
  manifest: {
    family: 'text-query',
    id: 'test',
    name: 'Test',
    version: '1.0.0',
    modalities: ['CT'],
    intendedUse: 'Tests.',
    licence: { spdx: 'Apache-2.0' },
    evaluation: [],
  },
  vocabulary: boneVocabulary,
} as unknown as ModelPackage;

/** A model that takes boxes. */
const boxModel = {
  ...boneModel,
  manifest: { ...boneModel.manifest, family: 'medsam', id: 'boxes' },
  vocabulary: undefined,
} as unknown as PromptablePackage;

/** A model that takes clicks. */
const clickModel = {
  ...boxModel,
  sha256: 'c'.repeat(64),
  manifest: { ...boneModel.manifest, family: 'regions', id: 'clicks' },
} as unknown as PromptablePackage;

export interface SmallApplication {
  readonly express: Express;
  readonly url: string;
  readonly jobs: Jobs;
  close(): Promise<void>;
}

/** Results without images: a picture is one byte, and nothing is deleted. */
const resultsOfNothing = ({ store }: Jobs) =>
  ({
    picture: async () => new Uint8Array(1),
    deleteResult: (id: string) => store.get(id),
    deleteEdited: (id: string) => store.get(id),
  }) as unknown as ResultsService;

/**
 * The whole application with a new database, a one-page viewer, a model with one target, an archive in which every
 * series is a CT, and no worker.
 */
export async function smallApplication(
  environment: Record<string, string> = {},
  report?: AccessParts['report'],
  {
    webhooks = [],
    recent = { describe: async () => ({ series: [], unread: 0 }) },
    results = resultsOfNothing,
    archive: ofArchive = {},
  }: Partial<
    Pick<ApplicationParts, 'webhooks'> &
      Pick<ApplicationParts['rules'], 'recent'> & {
        readonly results: (jobs: Jobs) => ResultsService;
        readonly archive: Partial<Archive>;
      }
  > = {},
): Promise<SmallApplication> {
  const { folder, location, remove } = await newTestDatabase('promptseg-access-');
  const viewerFolder = path.join(folder, 'viewer');
  await mkdir(viewerFolder);
  await writeFile(path.join(viewerFolder, 'index.html'), '<!doctype html><title>OHIF</title>');
  const jobs = await openJobs(location);
  const config: Config = readConfig({ data: folder, viewer: viewerFolder }, environment);
  const archive = {
    ping: async () => {},
    query: async () => [],
    findSeries: async (studyInstanceUID: string, seriesInstanceUID: string) => ({
      studyInstanceUID,
      seriesInstanceUID,
      modality: 'CT',
      description: '',
      numberOfInstances: 3,
    }),
    listSeries: async () => [],
    retrieveMetadata: async () => [],
    ...ofArchive,
  } as unknown as Archive;
  const { archiveUrl, allowedHosts } = config;
  const library = { packages: [boneModel], promptable: [boxModel, clickModel], refused: [] };
  const service = createJobService({ jobs, archive, library });
  const rules = createRuleStore(jobs.database, false);
  const express = createApplication({
    access: await createAccess({
      settings: readAccessSettings(config, environment),
      archiveUrl,
      allowedHosts,
      database: jobs.database,
      store: jobs.store,
      ...(report !== undefined && { report }),
    }),
    config,
    archive,
    library,
    presets: [],
    jobs,
    service,
    results: results(jobs),
    previews: { preview: async () => undefined, check: async () => undefined },
    comparisons: createComparisons({
      archive,
      service,
      lists: jobs.lists,
      library,
      registrations: { register: () => Promise.reject(new Error('not asked')) },
    }),
    metrics: createMetrics({ ...jobs.store, ...jobs.lists }),
    destinations: [],
    webhooks,
    worklist: createWorklist({ store: createWorkitemStore(jobs.database), service, archiveUrl }),
    rules: { reader: readHere, store: rules, recent },
    routing: openRouting({ settleSeconds: 60, jobs, archive, service, rules }),
  });
  // Node.js closes an idle connection after 5 s, and a test that computes for longer would send on a closed one.
  const server = createHttpServer(express);
  return {
    express,
    url: await listen(server, { host: '127.0.0.1', port: 0 }),
    jobs,
    async close() {
      await close(server);
      await jobs.close();
      await remove();
    },
  };
}
