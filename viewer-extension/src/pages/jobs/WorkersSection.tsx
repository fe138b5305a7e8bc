import { formatBytes } from '../../../../server/contract/byteSize.js';
import type { ExecutionProvider } from '../../../../server/contract/executionProvider.js';
import type { Job } from '../../../../server/contract/job.js';
import type { WorkerView } from '../../../../server/contract/queue.js';
import { decimal, formatAge } from '../../client/format.js';
import { pageStrings } from '../../client/pageStrings.js';
import { language } from '../../client/strings/language.js';
import { jobTitle } from '../parts/jobTitle.js';
import type { SeenJob } from './jobsState.js';
import { strings } from './strings.js';

interface WorkersSectionProps {
  readonly workers: readonly WorkerView[] | undefined;
  readonly open: readonly SeenJob[] | undefined;
  readonly ended: readonly Job[] | undefined;
  readonly now: number;
}

/** A heartbeat comes every few seconds; a worker that was silent for so long may be lost. */
const silentMs = 10_000;

export function WorkersSection({ workers, open, ended, now }: WorkersSectionProps) {
  const { heading, empty, emptyHint } = strings.workers;
  return (
    <section aria-labelledby="workers" aria-busy={workers === undefined}>
      <h2 id="workers">{heading}</h2>
      {workers === undefined && <p className="empty">{pageStrings.loading}</p>}
      {workers?.length === 0 && (
        <p className="empty">
          {empty} <span>{emptyHint}</span>
        </p>
      )}
      {workers !== undefined && workers.length > 0 && (
        <ul className="workers">
          {workers.map((worker) => (
            <Worker
              key={worker.id}
              worker={worker}
              runs={open?.find(({ job }) => job.id === worker.jobId)?.job}
              used={deviceThatRan(worker, ended)}
              now={now}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

/**
 * What the jobs of a worker that chooses its device have run on: the GPU if any of them did, since some models run on
 * the CPU everywhere.
 */
function deviceThatRan(
  { id, executionProvider }: WorkerView,
  ended: readonly Job[] = [],
): ExecutionProvider | undefined {
  if (executionProvider !== 'auto') return undefined;
  const devices = ended.flatMap(({ worker, executionProvider: device }) => (worker?.id === id ? (device ?? []) : []));
  return devices.find((device) => device !== 'cpu') ?? devices[0];
}

function Worker({
  worker,
  runs,
  used,
  now,
}: {
  worker: WorkerView;
  /** The job that it runs. */
  runs: Job | undefined;
  used: ExecutionProvider | undefined;
  now: number;
}) {
  const text = strings.workers;
  const { host, pid, executionProvider, gpu, models, load, availableMemoryBytes, heartbeatAt, startedAt, jobId } =
    worker;
  const silent = now - Date.parse(heartbeatAt) > silentMs;
  const state = silent ? 'silent' : jobId === undefined ? 'idle' : 'busy';
  return (
    <li className="worker" data-worker={worker.id} data-state={state}>
      <h3>
        {host} <span>{pid}</span>
        <span className="chip">{text[state]}</span>
      </h3>
      <dl>
        <dt>{text.device}</dt>
        <dd>
          {used === 'cpu' ? text.noGpuUsed : text.devices[used ?? executionProvider]}
          {gpu !== undefined && used !== 'cpu' && `, ${text.gpu(gpu)}`}
        </dd>
        <dt>{text.load}</dt>
        <dd>
          <meter aria-label={text.load} min={0} max={1} high={0.9} value={Math.min(1, load)} />
          {` ${load > 1 ? text.full(decimal(load, 1)) : `${Math.round(100 * load)} %`}`}
        </dd>
        <dt>{text.memory}</dt>
        <dd>{formatBytes(availableMemoryBytes, language)}</dd>
        <dt>{text.models}</dt>
        <dd>{models.map(({ id, version }) => `${id} ${version}`).join(', ')}</dd>
        {runs && (
          <>
            <dt>{text.runs}</dt>
            <dd>{jobTitle(runs)}</dd>
          </>
        )}
      </dl>
      <p className="fine">
        {text.since(formatAge(now - Date.parse(startedAt)))}, {text.heard(formatAge(now - Date.parse(heartbeatAt)))}
      </p>
    </li>
  );
}
