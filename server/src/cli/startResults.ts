import type { Jobs } from '../jobs/openJobs.js';
import { createResultsProcess } from '../jobs/results/resultsProcess.js';
import { createResultsService, type ResultsService } from '../jobs/results/resultsService.js';
import type { Archive } from '../pacs/archive.js';
import { createOrthancDeletion, orthancUrlOf } from '../pacs/orthancDeletion.js';
import type { Config } from '../platform/config.js';

/** Starts the service for results, with the settings of this process. */
export function startResults(
  { archiveUrl, archiveAuthorization, orthancUrl, institution }: Config,
  { store }: Pick<Jobs, 'store'>,
  archive: Archive,
): { readonly service: ResultsService; stop(): Promise<void> } {
  const results = createResultsProcess({
    archiveUrl,
    ...(archiveAuthorization !== undefined && { archiveAuthorization }),
  });
  const deletion = createOrthancDeletion({
    orthancUrl: orthancUrl ?? orthancUrlOf(archiveUrl),
    authorization: archiveAuthorization,
  });
  return { service: createResultsService({ store, archive, deletion, results, institution }), stop: results.stop };
}
