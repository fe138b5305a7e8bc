import { randomUUID } from 'node:crypto';
import { type Job, type SegmentationRequest, sourceDestination } from '#contract/job.js';
import { hasEnded } from '#contract/jobState.js';
import type { RefinementRequest } from '#contract/refinements.js';
import { recordAudit } from '../database/auditTrail.js';
import type { SqlExecutor } from '../database/database.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { type Actor, namedActor, system } from '../values/principal.js';
import { viewTarget } from '../values/viewTarget.js';
import { type AcceptedRefinement, acceptRefinement, refinementRequestOf } from './acceptRefinement.js';
import { type AcceptedRequest, acceptRequest } from './acceptRequest.js';
import type { Jobs } from './openJobs.js';
import { requested } from './records/auditedJob.js';
import type { LookAtSeries } from './results/looks.js';

/** The job for a request: a new one, or the open one of an equal request. */
export interface AcceptedJob {
  readonly job: Job;
  readonly created: boolean;
}

/** A request made by a rule, not by a person. */
export interface RoutedBy {
  readonly rule: NonNullable<Job['rule']>;
  /** The earliest start that the rule's time window and limit allow; at once if absent. */
  readonly mayStartAt?: Date | undefined;
  /** Distinguishes it from the same request by a person, by another rule, or for other images of the series. */
  readonly key: string;
  /** Records more in the transaction that creates the job; if it throws, no job is created. */
  alsoRecord(sql: SqlExecutor, job: Pick<Job, 'id' | 'model'>): Promise<void>;
}

/** Operations on jobs that every server offers; workers run the jobs (`jobRunner.ts`). */
export interface JobService {
  /**
   * Accepts a request durably, or returns the open job of an equal request.
   * @param client the client whose turns are counted (`clientOf`)
   * @throws PromptsegError of `acceptRequest`, `destination-unknown`, `too-many-jobs`
   */
  submit(request: SegmentationRequest, asker?: Actor | RoutedBy, client?: string): Promise<AcceptedJob>;
  /**
   * Accepts boxes or clicks on images in the same way.
   * @param alsoDo more in the transaction that creates the job; if it throws, no job is created
   * @throws PromptsegError of `acceptRefinement`, `destination-unknown`, `too-many-jobs`
   */
  refine(
    request: RefinementRequest,
    asker?: Actor,
    client?: string,
    alsoDo?: (sql: SqlExecutor) => Promise<void>,
  ): Promise<AcceptedJob>;
  /** @throws PromptsegError `job-not-found`, `job-ended`, `job-being-stored` */
  cancel(id: string, by?: Actor): Promise<Job>;
  /**
   * Repeats an ended job as a new one, which stores its result under new UIDs.
   * @throws PromptsegError `job-not-found`, `job-open`, and those of `submit`
   */
  rerun(id: string, by?: Actor, client?: string): Promise<AcceptedJob>;
}

/** Origin of a job. */
interface Origin {
  readonly rerunOf?: string | undefined;
  readonly rule?: Job['rule'];
  readonly routedBy?: RoutedBy | undefined;
  readonly by?: Actor | undefined;
  readonly client?: string | undefined;
  readonly alsoDo?: ((sql: SqlExecutor) => Promise<void>) | undefined;
}

export function createJobService({
  jobs: { store, queue, leases },
  archive,
  library,
  look,
  destinations = [],
}: {
  readonly jobs: Pick<Jobs, 'store' | 'queue' | 'leases'>;
  readonly archive: Archive;
  readonly library: ModelLibrary;
  /** Absent: models are chosen by what is stated of a series. */
  readonly look?: LookAtSeries | undefined;
  /** Names from the settings, besides `source`. */
  readonly destinations?: readonly string[];
}): JobService {
  async function accept(
    request: SegmentationRequest,
    { rerunOf, rule, routedBy, by, client }: Origin,
  ): Promise<AcceptedJob> {
    requireDestinations(request.destinations, destinations);
    // A repeated job runs what was originally accepted.
    const asked = rerunOf === undefined ? request : { ...request, allowPartial: true };
    const accepted = await acceptRequest(asked, archive, library, look);
    const targets = accepted.understood.targets.map(viewTarget);
    return record({ ...accepted, request, targets }, { rerunOf, rule, routedBy, by, client });
  }

  async function refine(asked: RefinementRequest, origin: Origin): Promise<AcceptedJob> {
    requireDestinations(asked.destinations, destinations);
    return record(await acceptRefinement(asked, archive, library, store.get), origin);
  }

  async function record(
    accepted: (AcceptedRequest & Pick<Job, 'request' | 'targets'>) | AcceptedRefinement,
    { rerunOf, rule, routedBy, by = system, client, alsoDo: more }: Origin,
  ): Promise<AcceptedJob> {
    const { request, targets, model, reasonForModel, understood, numberOfInstances, requestKey } = accepted;
    const { id, version } = model.manifest;
    const createdBy = namedActor(by);
    const job: Omit<Job, 'lastEventId'> = {
      id: randomUUID(),
      state: 'queued',
      request,
      ...('refinement' in accepted && { refinement: accepted.refinement }),
      targets: [...targets],
      createdAt: new Date().toISOString(),
      ...(createdBy !== undefined && { createdBy }),
      stageTimes: {},
      model: { id, version, sha256: model.sha256, reason: reasonForModel },
      ...(numberOfInstances !== undefined && { numberOfInstances }),
      ...(rerunOf !== undefined && { rerunOf }),
      ...('comparesWithPrior' in accepted && { comparesWithPrior: true }),
      ...(rule !== undefined && { rule }),
      ...(routedBy?.mayStartAt !== undefined && { mayStartAt: routedBy.mayStartAt.toISOString() }),
      notes: [],
      findings: [],
    };
    const key = routedBy === undefined ? requestKey : `${requestKey} ${routedBy.key}`;
    const alsoDo = async (sql: SqlExecutor): Promise<void> => {
      await recordAudit(sql, requested(job, by));
      await routedBy?.alsoRecord(sql, job);
      await more?.(sql);
      await queue.add(sql, job.id);
    };
    return store.insert(job, key, alsoDo, { understood, client });
  }

  return {
    submit: (request, asker = system, client) =>
      accept(request, 'rule' in asker ? { rule: asker.rule, routedBy: asker } : { by: asker, client }),

    async rerun(id, by = system, client) {
      const job = await store.get(id);
      if (!hasEnded(job)) throw new PromptsegError('job-open', `The job has not ended; it is ${job.state}.`);
      const origin = { rerunOf: id, by, client, ...(job.rule && { rule: job.rule }) };
      const refinement = refinementRequestOf(job);
      return refinement === undefined ? accept(job.request, origin) : refine(refinement, origin);
    },

    refine: (request, by = system, client, alsoDo) => refine(request, { by, client, alsoDo }),

    async cancel(id, by = system) {
      const cancelled = await leases.requestCancel(id, by);
      if (cancelled !== undefined) return cancelled;
      const { state } = await store.get(id);
      if (state === 'storing' || state === 'verifying')
        throw new PromptsegError('job-being-stored', 'The result is being stored; the job can no longer be cancelled.');
      throw new PromptsegError('job-ended', `The job has already ended: ${state}.`);
    },
  };
}

function requireDestinations(asked: readonly string[] = [], others: readonly string[]): void {
  const known = [sourceDestination, ...others];
  const unknown = asked.filter((name) => !known.includes(name));
  const inQuotes = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ');
  if (unknown.length > 0)
    throw new PromptsegError(
      'destination-unknown',
      `The settings name no destination ${inQuotes(unknown)}; they name ${inQuotes(known)}.`,
      { details: { unknown, known } },
    );
}
