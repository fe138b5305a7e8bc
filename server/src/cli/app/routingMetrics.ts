import { Counter, Gauge, type Registry } from 'prom-client';
import { routedStates } from '#contract/routing.js';
import type { Routing, RoutingListener } from '../../routing/openRouting.js';

/**
 * State of routing. Only the routing server exports counters, so that the sum over several servers is correct; every
 * server exports gauges. Labels are rule names and states.
 * @returns event handlers
 */
export function registerRoutingMetrics(
  registry: Registry,
  { feed, history }: Pick<Routing, 'feed' | 'history'>,
): RoutingListener {
  const gauge = (name: string, help: string, read: () => Promise<number>): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  };
  gauge(
    'promptseg_routing_feed_lag_changes',
    'Orthanc changes not yet read.',
    async () => (await feed.view()).lagChanges ?? 0,
  );
  gauge(
    'promptseg_routing_feed_lag_seconds',
    'Time between the last Orthanc change and the last one read.',
    async () => (await feed.view()).lagSeconds ?? 0,
  );
  gauge(
    'promptseg_routing_oldest_ready_seconds',
    'Time since the oldest unrouted series became complete.',
    async () => (await feed.view()).oldestReadySeconds,
  );
  new Gauge({
    name: 'promptseg_routing_series_waiting',
    help: 'Series that are arriving, complete but not yet routed, or parked because they cannot be read.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      for (const [state, count] of Object.entries((await feed.view()).series)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'promptseg_routing_rule_series',
    help: 'Series that matched a rule, by outcome.',
    labelNames: ['rule', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const [rule, counts] of await history.counts())
        for (const state of routedStates) this.set({ rule, state }, counts[state]);
    },
  });
  const seen = new Counter({
    name: 'promptseg_routing_series_total',
    help: 'Series that the rules evaluated, by outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const routed = new Counter({
    name: 'promptseg_routing_matches_total',
    help: 'Matches of a rule and a series, by action.',
    labelNames: ['rule', 'outcome'],
    registers: [registry],
  });
  const gaps = new Counter({
    name: 'promptseg_routing_feed_gaps_total',
    help: "Gaps found in Orthanc's list of changes.",
    labelNames: ['kind'],
    registers: [registry],
  });
  const parked = new Counter({
    name: 'promptseg_routing_parked_total',
    help: 'Series parked, by rule.',
    registers: [registry],
  });
  return {
    onSeries(outcome, routings) {
      seen.inc({ outcome });
      for (const { rule, outcome: done } of routings) routed.inc({ rule, outcome: done });
    },
    onGap: (kind) => gaps.inc({ kind }),
    onParked: () => parked.inc(),
  };
}
