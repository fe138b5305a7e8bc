import { randomUUID } from 'node:crypto';
import { createJobService, type JobService } from '../../server/src/jobs/jobService.js';
import type { Jobs } from '../../server/src/jobs/openJobs.js';
import type { Archive } from '../../server/src/pacs/archive.js';
import { createJobFollower, type JobFollower } from '../../server/src/routing/followJobs.js';
import { type Arrivals, createArrivals } from '../../server/src/routing/records/arrivals.js';
import { type Backfills, createBackfills } from '../../server/src/routing/records/backfills.js';
import { createRoutingHistory, type RoutingHistory } from '../../server/src/routing/records/history.js';
import { createLedger, type Ledger } from '../../server/src/routing/records/ledger.js';
import { createRouterLease, type RouterLease } from '../../server/src/routing/records/routerLease.js';
import { createTriggerStates, type TriggerStates } from '../../server/src/routing/records/triggerStates.js';
import type { RoutingParts } from '../../server/src/routing/routeSeries.js';
import { type PreparedRule, prepareRules } from '../../server/src/routing/rules/chooseRules.js';
import { parseRule } from '../../server/src/routing/rules/parseRules.js';
import { hashOf, workHashOf } from '../../server/src/routing/rules/ruleIdentity.js';
import { library } from '../jobs/jobParts.js';

export interface TestRouting extends RoutingParts {
  readonly arrivals: Arrivals;
  readonly states: TriggerStates;
  readonly ledger: Ledger;
  readonly lease: RouterLease;
  readonly backfills: Backfills;
  readonly history: RoutingHistory;
  readonly follower: JobFollower;
  readonly service: JobService;
}

/** The parts of one server, which has the right to route. */
export async function openTestRouting(jobs: Jobs, archive: Archive): Promise<TestRouting> {
  const { database, messages } = jobs;
  const lease = createRouterLease(database, randomUUID());
  await lease.take();
  const arrivals = createArrivals(database);
  const ledger = createLedger(database, messages);
  const service = createJobService({ jobs, archive, library });
  return {
    archive,
    database,
    lease,
    arrivals,
    ledger,
    service,
    states: createTriggerStates(database),
    backfills: createBackfills(database, messages),
    history: createRoutingHistory(database, messages, arrivals),
    follower: createJobFollower({ jobs, service, lease, ledger, onParked: () => {} }),
    inTurn: (work) => work(),
  };
}

/** Rules as they are after they were read from the database. */
export const rulesOf = (...rules: object[]): readonly PreparedRule[] =>
  prepareRules(
    rules.map((each) => {
      const rule = parseRule({
        name: 'ct',
        match: { attribute: 'Modality', equals: 'CT' },
        prompts: ['bone'],
        ...each,
      });
      const since = new Date(0).toISOString();
      return { rule, version: 1, hash: hashOf(rule), workHash: workHashOf(rule), origin: 'api', since };
    }),
  );
