import type { DraftParts } from '../jobs/draftService.js';
import type { Jobs } from '../jobs/openJobs.js';
import { sendEdited } from '../jobs/outbox/sendOut.js';
import { createLooks, type LookAtSeries } from '../jobs/results/looks.js';
import { createResultsProcess } from '../jobs/results/resultsProcess.js';
import { createResultsService, type ResultsService } from '../jobs/results/resultsService.js';
import type { Archive } from '../pacs/archive.js';
import { createOrthancDeletion, orthancUrlOf } from '../pacs/orthancDeletion.js';
import type { Config } from '../platform/config.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { modelKeysOf } from '../segmenter/packages/readModels.js';

interface Started {
  readonly service: ResultsService;
  readonly previews: DraftParts['previews'];
  /** Absent if no package says what images show. */
  readonly look?: LookAtSeries;
  stop(): Promise<void>;
}

/** Starts the service for results, with the settings of this process. @throws PromptsegError `settings-file-invalid` */
export async function startResults(
  config: Config,
  { store, deliveries }: Pick<Jobs, 'store' | 'deliveries'>,
  archive: Archive,
  { fieldOfView }: Pick<ModelLibrary, 'fieldOfView'>,
): Promise<Started> {
  const { archiveUrl, archiveAuthorization, orthancUrl, institution, executionProvider, gpu } = config;
  const results = createResultsProcess({
    archiveUrl,
    ...(archiveAuthorization !== undefined && { archiveAuthorization }),
    modelKeys: await modelKeysOf(config),
    ...(fieldOfView !== undefined && { fieldOfViewFolder: fieldOfView.folder }),
    executionProvider,
    ...(gpu !== undefined && { gpu }),
  });
  const deletion = createOrthancDeletion({
    orthancUrl: orthancUrl ?? orthancUrlOf(archiveUrl),
    authorization: archiveAuthorization,
  });
  return {
    service: createResultsService({
      ...{ store, archive, deletion, results, institution },
      sendEdited: (sql, job, edited) => sendEdited(sql, job, edited, deliveries),
    }),
    previews: {
      preview: (request, onPlace) => results.ask('previewClicks', request, onPlace),
      check: (request) => results.ask('checkClicks', request),
    },
    ...(fieldOfView !== undefined && { look: createLooks((request) => results.ask('look', request)) }),
    stop: results.stop,
  };
}
