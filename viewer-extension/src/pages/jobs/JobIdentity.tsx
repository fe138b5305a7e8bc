import type { Job } from '../../../../server/contract/job.js';
import { formatMoment } from '../../client/format.js';
import { jobTitle } from '../parts/jobTitle.js';
import { Uid } from '../parts/Uid.js';
import { viewerAddress } from '../parts/viewerAddress.js';
import { strings } from './strings.js';

/** Which job this is: model, when it was accepted, and the identifiers that somebody may want to look for elsewhere. */
export function JobIdentity({ job, now }: { job: Job; now: number }) {
  const { studyInstanceUID, seriesInstanceUID } = job.request;
  const { accepted, study, series } = strings.job;
  return (
    <p className="identity">
      {job.rule && <span>{strings.job.byRule(job.rule.name, job.rule.version)}</span>}
      {job.createdBy && <span>{strings.job.askedBy(job.createdBy.displayName)}</span>}
      {job.cancelledBy && <span>{strings.job.cancelledBy(job.cancelledBy.displayName)}</span>}
      {job.resultDeletedBy && <span>{strings.job.deletedBy(job.resultDeletedBy.displayName)}</span>}
      {job.model && <span>{job.model.id}</span>}
      {job.worker && <span>{strings.job.ranOn(job.worker.host, job.executionProvider)}</span>}
      <span>
        {accepted} <time dateTime={job.createdAt}>{formatMoment(job.createdAt, new Date(now))}</time>
      </span>
      <Uid what={study} value={studyInstanceUID} />
      <Uid what={series} value={seriesInstanceUID} />
    </p>
  );
}

/** The study in the viewer, with the panel open. */
export function ViewerLink({ job }: { job: Job }) {
  return (
    <a className="button" href={viewerAddress(job)} aria-label={strings.job.openViewerOf(jobTitle(job))}>
      {strings.job.openViewer}
    </a>
  );
}
