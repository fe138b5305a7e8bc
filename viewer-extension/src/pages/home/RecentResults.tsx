import type { Job } from '../../../../server/contract/job.js';
import { formatMoment } from '../../client/format.js';
import { pageStrings } from '../../client/pageStrings.js';
import { jobTitle } from '../parts/jobTitle.js';
import { Thumbnail } from '../parts/Thumbnail.js';
import { viewerAddress } from '../parts/viewerAddress.js';
import { strings } from './strings.js';

const most = 6;

/** The last jobs that found something, as pictures. */
export function RecentResults({ ended, now }: { readonly ended: readonly Job[] | undefined; readonly now: number }) {
  const results = ended?.filter(({ result, resultDeletedAt }) => result && resultDeletedAt === undefined);
  return (
    <section aria-labelledby="recent" aria-busy={results === undefined}>
      <h2 id="recent">{strings.recent}</h2>
      {results === undefined && <p className="empty">{pageStrings.loading}</p>}
      {results?.length === 0 && <p className="empty">{strings.noRecent}</p>}
      {results !== undefined && results.length > 0 && (
        <>
          <ul className="results">
            {results.slice(0, most).map((job) => (
              <Result key={job.id} job={job} now={now} />
            ))}
          </ul>
          <p className="more">
            <a href="/jobs">{strings.allJobs}</a>
          </p>
        </>
      )}
    </section>
  );
}

function Result({ job, now }: { readonly job: Job; readonly now: number }) {
  const prompts = jobTitle(job);
  const found = job.findings.filter(({ status }) => status === 'found').length;
  return (
    <li data-job={job.id}>
      <Thumbnail job={job} />
      <h3>
        <a href={`/jobs#${job.id}`}>{prompts}</a>
      </h3>
      <p className="fine">
        {strings.found(found)} · {job.model?.id} ·{' '}
        <time dateTime={job.createdAt}>{formatMoment(job.createdAt, new Date(now))}</time>
      </p>
      <a className="button" href={viewerAddress(job)} aria-label={strings.openOf(prompts)}>
        {strings.open}
      </a>
    </li>
  );
}
