import { z } from 'zod';
import {
  backfillRangeSchema,
  backfillRequestSchema,
  backfillSchema,
  backfillStudiesSchema,
  backfillsViewSchema,
  countsViewSchema,
  feedViewSchema,
  historyQuerySchema,
  parkedViewSchema,
  routedPageViewSchema,
} from '#contract/routing.js';
import { uidSchema } from '#contract/uid.js';
import { findableOf, principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import type { JobService } from '../../jobs/jobService.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Routing } from '../openRouting.js';
import type { RuleStore } from '../rules/ruleStore.js';
import { searchStudies } from '../triggers/searchStudies.js';

export interface RoutingRoutesParts {
  readonly routing: Pick<Routing, 'feed' | 'history' | 'backfills'>;
  readonly rules: Pick<RuleStore, 'list' | 'history'>;
  readonly service: Pick<JobService, 'cancel'>;
  readonly archive: Pick<Archive, 'query'>;
}

const backfillParams = z.object({ id: z.uuid().describe('Id of the backfill') });
const theBackfill = { description: 'The backfill', schema: backfillSchema };
/** Time limit for counting: a rough number is enough for a person's decision. */
const mostCounted = 5000;
const studyOf = ({ studyInstanceUID }: { readonly studyInstanceUID: string }): string => studyInstanceUID;

/** `/rules/feed`, `/rules/{name}/history`, `/rules/parked` and `/rules/backfills`: the state of routing. */
export function routingRoutes({
  routing: { feed, history, backfills },
  rules,
  service,
  archive,
}: RoutingRoutesParts): readonly Route[] {
  async function requireRules(names: readonly string[]): Promise<void> {
    const enabled = new Set((await rules.list()).flatMap(({ rule }) => (rule.enabled ? [rule.name] : [])));
    const missing = names.find((name) => !enabled.has(name));
    if (missing !== undefined) throw new PromptsegError('rule-not-found', `There is no enabled rule "${missing}".`);
  }

  return [
    route({
      method: 'get',
      path: '/rules/feed',
      operationId: 'readFeed',
      summary: 'Progress of routing with arriving series, and what delays it',
      responses: { 200: { description: 'The feed', schema: feedViewSchema } },
      handler: async ({ send }) => send(200, await feed.view()),
    }),
    route({
      method: 'get',
      path: '/rules/counts',
      operationId: 'countRouted',
      summary: 'Number of series per rule, by outcome',
      responses: { 200: { description: 'Counts by rule', schema: countsViewSchema } },
      handler: async ({ send }) => send(200, { rules: Object.fromEntries(await history.counts()) }),
    }),
    route({
      method: 'get',
      path: '/rules/parked',
      operationId: 'listParked',
      summary: 'Parked series, which failed too often to be retried automatically',
      responses: { 200: { description: 'Series', schema: parkedViewSchema } },
      handler: async ({ request, send }) =>
        send(200, { parked: await findableOf(request, await history.parked(), studyOf) }),
    }),
    route({
      method: 'post',
      path: '/rules/parked/{series}/release',
      operationId: 'releaseParked',
      summary: 'Retry a parked series',
      params: z.object({ series: uidSchema.describe('Series Instance UID') }),
      responses: { 204: { description: 'The series is retried' } },
      async handler({ params: { series }, request, send }) {
        const studies = await history.studiesOfParked(series);
        const findable = await findableOf(request, studies, (study) => study);
        await history.release(series, findable, principalOf(request));
        send(204);
      },
    }),
    route({
      method: 'post',
      path: '/rules/backfills',
      operationId: 'createBackfill',
      summary: 'Start a backfill: evaluate the rules for the studies of a range of days',
      body: backfillRequestSchema,
      responses: { 201: theBackfill },
      async handler({ body, request, response, send }) {
        await requireRules(body.rules ?? []);
        const backfill = await backfills.create(body, principalOf(request));
        response.location(`/api/v1/rules/backfills/${backfill.id}`);
        send(201, backfill);
      },
    }),
    route({
      method: 'get',
      path: '/rules/backfills',
      operationId: 'listBackfills',
      summary: 'Backfills, newest first',
      responses: { 200: { description: 'Backfills', schema: backfillsViewSchema } },
      handler: async ({ send }) => send(200, { backfills: await backfills.list() }),
    }),
    route({
      method: 'get',
      path: '/rules/backfills/studies',
      operationId: 'countBackfillStudies',
      summary: 'Number of studies in a range of days, before starting a backfill',
      query: backfillRangeSchema,
      responses: { 200: { description: 'The number', schema: backfillStudiesSchema } },
      async handler({ query: { from, to }, response, send }) {
        const left = new AbortController();
        response.once('close', () => left.abort());
        const range = `${from}-${to}`.replaceAll(/(\d{4})-(\d\d)-(\d\d)/g, '$1$2$3');
        const { length } = await searchStudies(archive, { StudyDate: range }, left.signal, mostCounted + 1);
        send(200, { studies: Math.min(length, mostCounted), more: length > mostCounted });
      },
    }),
    route({
      method: 'get',
      path: '/rules/backfills/{id}',
      operationId: 'getBackfill',
      summary: 'One backfill with its progress',
      params: backfillParams,
      responses: { 200: theBackfill },
      handler: async ({ params: { id }, send }) => send(200, await backfills.get(id)),
    }),
    route({
      method: 'delete',
      path: '/rules/backfills/{id}',
      operationId: 'cancelBackfill',
      summary: 'Stop a backfill and cancel its jobs that have not started',
      params: backfillParams,
      responses: { 200: theBackfill },
      async handler({ params: { id }, request, send }) {
        // A job that has begun or ended meanwhile stays as it is.
        const principal = principalOf(request);
        for (const jobId of await backfills.cancel(id, principal))
          await service.cancel(jobId, principal).catch(unlessItBegan);
        send(200, await backfills.get(id));
      },
    }),
    route({
      method: 'get',
      path: '/rules/{name}/history',
      operationId: 'listRouted',
      summary: 'Series of a rule with their outcomes, newest first',
      params: z.object({ name: z.string().describe('Name of the rule') }),
      query: historyQuerySchema,
      responses: { 200: { description: 'A page', schema: routedPageViewSchema } },
      async handler({ params: { name }, query: { state, cursor, limit }, request, send }) {
        // Also for a deleted rule, but not for one that never existed.
        await rules.history(name);
        const page = await history.of(name, { state, before: cursor, limit });
        send(200, { ...page, entries: await findableOf(request, page.entries, studyOf) });
      },
    }),
  ];
}

function unlessItBegan(error: unknown): void {
  if (error instanceof PromptsegError && ['job-ended', 'job-being-stored', 'job-not-found'].includes(error.code))
    return;
  throw error;
}
