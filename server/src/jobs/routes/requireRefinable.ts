import type { IncomingMessage } from 'node:http';
import type { CorrectedSegment } from '#contract/imagePrompts.js';
import { identityOf, requireStudy } from '../../http/principalOf.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Jobs } from '../openJobs.js';

/** What boxes or clicks are made on: a stored result, or the images of a series. */
type Refinable = { readonly corrects: CorrectedSegment } | { readonly studyInstanceUID: string };

/**
 * A study or job that the sender may not find does not exist for them.
 * @throws PromptsegError `study-not-found`, `job-not-found`, `archive-unreachable`
 */
export async function requireRefinable(
  request: IncomingMessage,
  body: Refinable,
  store: Pick<Jobs['store'], 'get'>,
): Promise<void> {
  if (!('corrects' in body)) return requireStudy(request, body.studyInstanceUID);
  const { mayFindStudy } = identityOf(request);
  if (mayFindStudy === undefined) return;
  const job = await store.get(body.corrects.job);
  if (!(await mayFindStudy(job.request.studyInstanceUID)))
    throw new PromptsegError('job-not-found', 'There is no job with this id.');
}
