import type { Job } from '../../../../server/contract/job.js';
import type { WorkerView } from '../../../../server/contract/queue.js';
import { pageStrings } from '../../client/pageStrings.js';
import type { SeenJob } from './jobsState.js';
import { QueueRow } from './QueueRow.js';
import { strings } from './strings.js';

interface QueueSectionProps {
  readonly open: readonly SeenJob[] | undefined;
  readonly workers: readonly WorkerView[] | undefined;
  readonly now: number;
  readonly onCancel: (job: Job) => void;
}

/** What runs and what waits, in the order in which it runs. */
export function QueueSection({ open, workers, now, onCancel }: QueueSectionProps) {
  const { heading, empty, emptyHint, noWorkers } = strings.queue;
  return (
    <section aria-labelledby="queue" aria-busy={open === undefined}>
      <h2 id="queue">{heading}</h2>
      {open === undefined && <p className="empty">{pageStrings.loading}</p>}
      {open?.length === 0 && (
        <p className="empty">
          {empty} <span>{emptyHint}</span>
        </p>
      )}
      {open !== undefined && open.length > 0 && workers?.length === 0 && <p className="empty">{noWorkers}</p>}
      {open !== undefined && open.length > 0 && (
        <ol className="rows">
          {open.map((seen) => (
            <QueueRow key={seen.job.id} seen={seen} place={placeOf(seen, open)} now={now} onCancel={onCancel} />
          ))}
        </ol>
      )}
    </section>
  );
}

function placeOf(seen: SeenJob, open: readonly SeenJob[]): number | undefined {
  const line = open.filter(({ job }) => job.queuePosition !== undefined);
  return seen.job.queuePosition === undefined ? undefined : line.indexOf(seen) + 1;
}
