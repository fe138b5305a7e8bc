import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Job } from '#contract/job.js';
import { identityOf } from '../http/principalOf.js';
import type { JobStore } from '../jobs/records/jobStore.js';
import { PromptsegError } from '../platform/errors.js';
import type { Actor } from '../values/principal.js';
import { mayOnlyOwn } from './scopes.js';

const idSchema = z.uuid();

/**
 * Before everything below `/api/v1/segmentations/{id}`: a job of a study that the sender may not find in the archive
 * does not exist for them, and what is allowed on one's own results is not allowed on those of others.
 */
export function guardJobs(store: Pick<JobStore, 'get'>): RequestHandler {
  return async (request, _response, next) => {
    const { principal, mayFindStudy } = identityOf(request);
    const { id, edited } = request.params;
    if ((mayFindStudy !== undefined || mayOnlyOwn(request)) && idSchema.safeParse(id).success) {
      const job = await store.get(String(id));
      if (mayFindStudy !== undefined && !(await mayFindStudy(job.request.studyInstanceUID)))
        throw new PromptsegError('job-not-found', 'There is no job with this id.');
      if (mayOnlyOwn(request) && !isSame(makerOf(job, edited), principal))
        throw new PromptsegError('not-permitted', 'Only the owner of this result, or an administrator, may delete it.');
    }
    next();
  };
}

/** Who made the result that the address names: the edited one, or the job's own. */
const makerOf = ({ createdBy, editedResults = [] }: Job, edited: unknown): Actor | undefined =>
  edited === undefined ? createdBy : editedResults.find(({ sopInstanceUID }) => sopInstanceUID === edited)?.by;

const isSame = (maker: Actor | undefined, { kind, subject }: Actor): boolean =>
  maker?.kind === kind && maker.subject === subject;

/** `/dicom-web` on behalf of the user: without a token of their own, nobody sees images. */
export const requireArchiveToken: RequestHandler = (request, _response, next) => {
  const { mayFindStudy, archiveAuthorization } = identityOf(request);
  if (mayFindStudy !== undefined && archiveAuthorization === undefined)
    throw new PromptsegError(
      'not-permitted',
      'The archive decides who sees which study, and this sign-in or key has no token for the archive.',
    );
  next();
};
