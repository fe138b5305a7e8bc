import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Job } from '../../server/contract/job.js';
import type { RoutedEntry } from '../../server/contract/routing.js';
import { type Jobs, openJobs } from '../../server/src/jobs/openJobs.js';
import { type Routing, routeSeries } from '../../server/src/routing/routeSeries.js';
import type { PreparedRule } from '../../server/src/routing/rules/chooseRules.js';
import { createOrthancTrigger } from '../../server/src/routing/triggers/orthancTrigger.js';
import type { Trigger } from '../../server/src/routing/triggers/trigger.js';
import type { DatabaseKind } from '../jobs/eachDatabase.js';
import { emptied } from '../jobs/jobParts.js';
import { type FakeOrthanc, fakeOrthanc } from './fakeOrthanc.js';
import { openTestRouting, rulesOf, type TestRouting } from './routingParts.js';

export const never: AbortSignal = new AbortController().signal;

/** The rule where a test names none: every CT gets its bones. */
export const rules = rulesOf({});

/** A server that routes, on a database that is empty before each test; its steps are taken by the test. */
export interface RoutingBench {
  jobs: Jobs;
  orthanc: FakeOrthanc;
  routing: TestRouting;
  /** Follows the changes of `orthanc`. */
  trigger: Trigger;
  /** Those that it noticed. */
  gaps: string[];
  /** Another server, which begins with what the database holds. */
  restart(): Promise<void>;
  readAll(): Promise<void>;
  routeAll(asked?: readonly PreparedRule[]): Promise<Routing[]>;
  /** Newest first. */
  allJobs(): Promise<readonly Job[]>;
  seriesOfJobs(): Promise<string[]>;
  follow(asked?: readonly PreparedRule[]): Promise<void>;
  /** History of the rule `ct`, newest first. */
  entries(): Promise<readonly RoutedEntry[]>;
}

export function routingOn(kind: DatabaseKind): RoutingBench {
  const bench: Partial<RoutingBench> = {
    async restart() {
      await bench.routing?.lease.release();
      bench.routing = await openTestRouting(t.jobs, t.orthanc.archive);
      const onGap = (gap: string) => t.gaps.push(gap);
      bench.trigger = createOrthancTrigger({ ...t.routing, changes: t.orthanc.changes, settleSeconds: 0, onGap });
    },
    async readAll() {
      while (await t.trigger.read(never));
    },
    async routeAll(asked = rules) {
      const routings: Routing[] = [];
      for (;;) {
        const ready = await t.routing.arrivals.ready(10);
        if (ready.length === 0) return routings;
        for (const series of ready) {
          routings.push(...(await routeSeries(series, asked, t.routing)));
          await t.jobs.database.transaction((sql) => t.routing.arrivals.routed(sql, series));
        }
      }
    },
    allJobs: async () => (await t.jobs.lists.list({ limit: 500 })).jobs,
    seriesOfJobs: async () => (await t.allJobs()).map(({ request }) => request.seriesInstanceUID).sort(),
    follow: (asked = rules) => t.routing.follower.follow(asked.map(({ version }) => version)),
    entries: async () => (await t.routing.history.of('ct', { limit: 100 })).entries,
  };
  const t = bench as RoutingBench;

  beforeAll(async () => {
    t.jobs = await openJobs(await kind.create());
  });
  afterAll(() => bench.jobs?.close());
  beforeEach(async () => {
    await t.jobs.database.executeSql(
      `${emptied} DELETE FROM promptseg.routing_series; DELETE FROM promptseg.routing_triggers;
       DELETE FROM promptseg.routed; DELETE FROM promptseg.routing_backfills;
       UPDATE promptseg.routing_lease SET holder = NULL`,
    );
    t.orthanc = fakeOrthanc();
    t.gaps = [];
    await t.restart();
  });
  return t;
}
