import type { QueueView, WorkerView } from '../../../../server/contract/queue.js';
import { formatSeconds } from '../../client/format.js';
import { strings } from './strings.js';

/** The figures that somebody who runs the server looks for first. */
export function Summary({
  queue,
  workers,
}: {
  queue: QueueView | undefined;
  workers: readonly WorkerView[] | undefined;
}) {
  const { label, running, waiting, retrying, oldestWait, workers: workersLabel, nobody } = strings.summary;
  const figures: readonly [string, string | number | undefined][] = [
    [running, queue?.running],
    [waiting, queue?.queued],
    [retrying, queue?.waitingForRetry],
    [oldestWait, queue && (queue.oldestWaitSeconds === undefined ? nobody : formatSeconds(queue.oldestWaitSeconds))],
    [workersLabel, workers?.length],
  ];
  return (
    <section aria-label={label}>
      <dl className="summary">
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value ?? '–'}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
