import { randomUUID } from 'node:crypto';
import type { JobService } from '../jobs/jobService.js';
import type { Jobs } from '../jobs/openJobs.js';
import type { Archive } from '../pacs/archive.js';
import type { OrthancChanges } from '../pacs/orthancChanges.js';
import { createTurns } from '../platform/turns.js';
import { createBackfillRunner } from './backfill.js';
import { createFeedViewer, type FeedViewer } from './feedView.js';
import { createJobFollower } from './followJobs.js';
import { createArrivals } from './records/arrivals.js';
import { type Backfills, createBackfills } from './records/backfills.js';
import { createRoutingHistory, type RoutingHistory } from './records/history.js';
import { createLedger } from './records/ledger.js';
import { createRouterLease } from './records/routerLease.js';
import { createRouterStates } from './records/routerState.js';
import { createTriggerStates } from './records/triggerStates.js';
import { type Router, type RouterParts, startRouter } from './router.js';
import { createRuleBook } from './rules/ruleBook.js';
import type { RuleStore } from './rules/ruleStore.js';
import { createDicomWebTrigger } from './triggers/dicomWebTrigger.js';
import { createOrthancTrigger } from './triggers/orthancTrigger.js';
import type { FeedGap } from './triggers/trigger.js';

/** Events of routing on this server, for its metrics. */
export interface RoutingListener {
  onSeries: RouterParts['listener']['onSeries'];
  onGap(kind: FeedGap['kind']): void;
  /** A series of a rule was parked. */
  onParked(): void;
}

/** Routing on this server: records and rules, which every server can read and change, and the router. */
export interface Routing {
  readonly feed: FeedViewer;
  readonly history: RoutingHistory;
  readonly backfills: Backfills;
  start(listener: RoutingListener): Router;
}

/**
 * Assembles the parts of routing. If the archive is an Orthanc, its list of changes is followed even while no rule is
 * enabled, so that a new rule does not start with earlier arrivals; any other archive is searched only while a rule is
 * enabled.
 */
export function openRouting({
  orthanc,
  settleSeconds,
  jobs,
  archive,
  service,
  rules,
}: {
  readonly orthanc?: OrthancChanges | undefined;
  readonly settleSeconds: number;
  readonly jobs: Jobs;
  readonly archive: Archive;
  readonly service: JobService;
  readonly rules: Pick<RuleStore, 'list'>;
}): Routing {
  const { database, messages } = jobs;
  const lease = createRouterLease(database, randomUUID());
  const arrivals = createArrivals(database);
  const ledger = createLedger(database, messages);
  const states = createTriggerStates(database);
  const routerStates = createRouterStates(database);
  const backfills = createBackfills(database, messages);
  const history = createRoutingHistory(database, messages, arrivals);
  const feed = createFeedViewer(orthanc === undefined ? 'dicomweb' : 'orthanc', {
    states,
    arrivals,
    router: routerStates,
  });

  return {
    feed,
    history,
    backfills,
    start({ onSeries, onGap, onParked }) {
      const parts = { archive, service, database, lease, ledger, inTurn: createTurns().run };
      const common = { database, lease, arrivals, states, settleSeconds };
      return startRouter({
        ...parts,
        book: createRuleBook(rules),
        arrivals,
        follower: createJobFollower({ jobs, service, lease, ledger, onParked }),
        backfills: createBackfillRunner(backfills, parts),
        states: routerStates,
        listener: { onSeries },
        triggerFor:
          orthanc === undefined
            ? searchWhileRulesAreEnabled(createDicomWebTrigger({ ...common, archive }))
            : followAlways(createOrthancTrigger({ ...common, changes: orthanc, onGap })),
      });
    },
  };
}

const followAlways =
  (trigger: ReturnType<typeof createOrthancTrigger>): RouterParts['triggerFor'] =>
  () =>
    trigger;

const searchWhileRulesAreEnabled =
  (trigger: ReturnType<typeof createDicomWebTrigger>): RouterParts['triggerFor'] =>
  (rules) => {
    if (rules.some(({ version }) => version.rule.enabled)) return trigger;
    trigger.pause();
    return undefined;
  };
