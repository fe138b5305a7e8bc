import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Rule } from '#contract/rule.js';
import {
  type DryRunView,
  dryRunViewSchema,
  matchRuleSchema,
  type RecentMatchesView,
  type RuleCheckView,
  recentMatchesViewSchema,
  recentQuerySchema,
  ruleCheckViewSchema,
  testRuleSchema,
  testStudySchema,
} from '#contract/rules.js';
import { findableOf, requireStudy } from '../../http/principalOf.js';
import { parseInput } from '../../http/problems.js';
import { type Route, route } from '../../http/route.js';
import { PromptsegError } from '../../platform/errors.js';
import { dryRun, trySeries } from '../dryRun.js';
import { createMatcher } from '../rules/matchRule.js';
import type { RuleProblem } from '../rules/ruleProblems.js';
import { requireNotTooWide } from '../rules/tooWide.js';
import { adviceOnRules, inOrder } from './adviceOnRules.js';
import { jsonOrYaml, ruleParams } from './ruleBodies.js';
import type { RuleRoutesParts } from './ruleRoutes.js';

/** The rule is checked separately, and every error is reported with its position. */
const bodyWithRuleSchema = z.looseObject({ rule: z.unknown() });

const theDryRun = { description: 'Each series, why it matches or not, and the job', schema: dryRunViewSchema };
const recentSeries = { description: 'Recent series', schema: recentMatchesViewSchema };

/** `/rules/validate`, `…/test` and `…/recent-matches`: try rules without storing or queueing anything. */
export function ruleTrialRoutes({
  store,
  recent,
  reader,
  archive,
  reads,
  library,
  destinations,
}: RuleRoutesParts): readonly Route[] {
  const adviceOn = adviceOnRules(library, destinations);

  async function tryOnStudy(
    rule: Rule,
    studyInstanceUID: string,
    request: Request,
    response: Response,
  ): Promise<DryRunView> {
    await requireStudy(request, studyInstanceUID);
    const left = new AbortController();
    response.once('close', () => left.abort());
    const series = await dryRun(rule, studyInstanceUID, { archive, library }, left.signal);
    await reads.opened(request, studyInstanceUID);
    return { series: [...series] } as DryRunView;
  }

  async function tryOnRecent(
    rule: Rule,
    { limit, ...filter }: z.infer<typeof recentQuerySchema>,
    request: Request,
  ): Promise<RecentMatchesView> {
    const match = createMatcher(rule);
    const { series, unread } = await recent.describe(limit, filter);
    await reads.watched(request, '/rules/recent-matches');
    const findable = await findableOf(request, series, ({ studyInstanceUID }) => studyInstanceUID);
    return { series: findable.map((each) => trySeries(match, each)), unread };
  }

  return [
    route({
      method: 'post',
      path: '/rules/validate',
      operationId: 'validateRules',
      summary: 'Check a rule or a set of rules; nothing is stored',
      accepts: jsonOrYaml(z.unknown()),
      responses: { 200: { description: 'The problems', schema: ruleCheckViewSchema } },
      handler: async ({ request, send }) => send(200, await check(() => reader.read('any', request.body), adviceOn)),
    }),
    route({
      method: 'post',
      path: '/rules/test',
      operationId: 'testUnsavedRule',
      summary: 'Outcome of an unsaved rule for each series of a study; nothing is queued',
      accepts: { 'application/json': testRuleSchema },
      responses: { 200: theDryRun },
      async handler({ request, response, send }) {
        const { rule, ...study } = parseInput(bodyWithRuleSchema, request.body);
        const { studyInstanceUID } = parseInput(testStudySchema, study);
        send(200, await tryOnStudy(await reader.read('rule', rule), studyInstanceUID, request, response));
      },
    }),
    route({
      method: 'post',
      path: '/rules/recent-matches',
      operationId: 'matchUnsavedRule',
      summary: 'Recent series that an unsaved rule would match, with the reasons',
      query: recentQuerySchema,
      accepts: { 'application/json': matchRuleSchema },
      responses: { 200: recentSeries },
      async handler({ query, request, send }) {
        const { rule } = parseInput(bodyWithRuleSchema, request.body);
        send(200, await tryOnRecent(await reader.read('rule', rule), query, request));
      },
    }),
    route({
      method: 'post',
      path: '/rules/{name}/test',
      operationId: 'testRule',
      summary: 'Outcome of a rule for each series of a study; nothing is queued',
      params: ruleParams,
      body: testStudySchema,
      responses: { 200: theDryRun },
      async handler({ params: { name }, body: { studyInstanceUID }, request, response, send }) {
        const { rule } = await store.get(name);
        send(200, await tryOnStudy(rule, studyInstanceUID, request, response));
      },
    }),
    route({
      method: 'get',
      path: '/rules/{name}/recent-matches',
      operationId: 'matchRule',
      summary: 'Recent series that a rule would match, with the reasons',
      params: ruleParams,
      query: recentQuerySchema,
      responses: { 200: recentSeries },
      handler: async ({ params: { name }, query, request, send }) =>
        send(200, await tryOnRecent((await store.get(name)).rule, query, request)),
    }),
  ];
}

/** Here an invalid rule is a result, not an error. */
async function check(
  read: () => Promise<readonly Rule[]>,
  adviceOn: (rule: Rule) => Promise<readonly string[]>,
): Promise<RuleCheckView> {
  try {
    const rules = [...(await read())];
    const advice = (await inOrder(rules, adviceOn)).flat();
    return { valid: true, rules, problems: [], tooWide: rules.flatMap(whyTooWide), advice };
  } catch (error) {
    if (!(error instanceof PromptsegError) || error.code !== 'rule-invalid') throw error;
    return { valid: false, problems: [...(error.details.problems as readonly RuleProblem[])], tooWide: [], advice: [] };
  }
}

function whyTooWide(rule: Rule): string[] {
  try {
    requireNotTooWide(rule);
    return [];
  } catch (error) {
    return [(error as PromptsegError).message];
  }
}
