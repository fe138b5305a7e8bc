import type { IncomingMessage } from 'node:http';
import { findableOf, identityOf } from '../../http/principalOf.js';
import { PromptsegError } from '../../platform/errors.js';
import type { JobStore } from '../records/jobStore.js';

/**
 * Selects the jobs whose study the sender may find in the archive; jobs whose record was deleted are left out.
 * @throws PromptsegError `archive-unreachable`
 */
export async function findableJobs(
  request: IncomingMessage,
  store: Pick<JobStore, 'get'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = new Set(ids);
  if (identityOf(request).mayFindStudy === undefined) return asked;
  const jobs = await Promise.all([...asked].map((id) => store.get(id).catch(unlessGone)));
  const kept = jobs.filter((job) => job !== undefined);
  const findable = await findableOf(request, kept, (job) => job.request.studyInstanceUID);
  return new Set(findable.map(({ id }) => id));
}

function unlessGone(error: unknown): undefined {
  if (error instanceof PromptsegError && error.code === 'job-not-found') return undefined;
  throw error;
}
