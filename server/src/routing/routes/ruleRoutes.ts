import type { Response } from 'express';
import { z } from 'zod';
import { type Rule, type RuleVersion, ruleSchema, ruleSetSchema } from '#contract/rule.js';
import {
  confirmQuerySchema,
  type RulesView,
  type RuleView,
  rulesViewSchema,
  ruleVersionsViewSchema,
  ruleViewSchema,
} from '#contract/rules.js';
import type { ArchiveReads } from '../../http/archiveReads.js';
import { principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import type { Archive } from '../../pacs/archive.js';
import { PromptsegError } from '../../platform/errors.js';
import type { ModelLibrary } from '../../segmenter/packages/modelPackage.js';
import type { RecentSeries } from '../recentSeries.js';
import type { FollowedRuleFile } from '../rules/ruleFile.js';
import { etagOf, etagOfAll } from '../rules/ruleIdentity.js';
import type { RuleReader } from '../rules/ruleReader.js';
import type { RuleStore } from '../rules/ruleStore.js';
import { requireNotTooWide } from '../rules/tooWide.js';
import { adviceOnRules, inOrder } from './adviceOnRules.js';
import { isText, jsonOrYaml, ruleParams } from './ruleBodies.js';

export interface RuleRoutesParts {
  readonly store: RuleStore;
  /** The file of PROMPTSEG_RULES_FILE, if there is one. */
  readonly file?: FollowedRuleFile | undefined;
  readonly recent: RecentSeries;
  /** Reads bodies sent by clients. */
  readonly reader: RuleReader;
  readonly archive: Archive;
  readonly reads: ArchiveReads;
  readonly library: ModelLibrary;
  /** Names of destinations in the settings, besides `source`. */
  readonly destinations: readonly string[];
}

/** Number of recent series on which a rule is tested before it becomes valid. */
const triedOn = 20;

const ifMatch = z.object({
  'If-Match': z.string().optional().describe('The ETag that was read; 412 if another version is valid now'),
});
const ifMatchOrNew = ifMatch.extend({
  'If-None-Match': z.literal('*').optional().describe('"*": only if there is no rule with this name'),
});
const theRules = { description: 'Rules', schema: rulesViewSchema };
const theRule = { description: 'The rule, with its ETag', schema: ruleViewSchema };

/** `/rules`: read and change routing rules. */
export function ruleRoutes({ store, file, recent, reader, library, destinations }: RuleRoutesParts): readonly Route[] {
  const adviceOn = adviceOnRules(library, destinations);
  const view = async (version: RuleVersion): Promise<RuleView> => ({
    ...version,
    etag: etagOf(version),
    readOnly: version.origin === 'file' && file !== undefined,
    advice: await adviceOn(version.rule),
  });
  const withEtag = (response: Response, version: RuleVersion): Promise<RuleView> => {
    response.set('ETag', etagOf(version));
    return view(version);
  };
  const withEtagOfAll = async (response: Response, versions: readonly RuleVersion[]): Promise<RulesView> => {
    const etag = etagOfAll(versions);
    const ruleFile = file?.state();
    response.set('ETag', etag);
    return { rules: await inOrder(versions, view), etag, ...(ruleFile !== undefined && { ruleFile }) };
  };

  /** A rule with the same conditions as a valid one needs no further confirmation. */
  async function requireConfirmation(
    rules: readonly Rule[],
    { confirm }: { readonly confirm: 'true' | 'false' },
  ): Promise<void> {
    if (confirm === 'true') return;
    const valid = new Map((await store.list()).map(({ rule }) => [rule.name, rule]));
    const matchesAsBefore = ({ name, match }: Rule): boolean =>
      JSON.stringify(valid.get(name)?.match) === JSON.stringify(match);
    for (const rule of rules) if (!matchesAsBefore(rule)) requireNotTooWide(rule);

    const begin = rules.filter((rule) => rule.enabled && !(matchesAsBefore(rule) && valid.get(rule.name)?.enabled));
    if (begin.length === 0) return;
    // Rules can be changed even if the archive does not respond.
    const { series } = await recent.describe(triedOn).catch(() => ({ series: [] }));
    for (const rule of begin) requireNotTooWide(rule, series);
  }

  return [
    route({
      method: 'get',
      path: '/rules',
      operationId: 'listRules',
      summary: 'Routing rules in the order of their evaluation, and the state of the rule file',
      responses: { 200: theRules },
      handler: async ({ response, send }) => send(200, await withEtagOfAll(response, await store.list())),
    }),
    route({
      method: 'put',
      path: '/rules',
      operationId: 'replaceRules',
      summary: 'Replace all rules except those of the rule file; all of them become valid, or none',
      query: confirmQuerySchema,
      headers: ifMatch,
      accepts: jsonOrYaml(ruleSetSchema),
      responses: { 200: theRules },
      async handler({ query, request, response, send }) {
        const { rules } = await reader.read('set', request.body);
        await requireConfirmation(rules, query);
        const now = await store.replaceAll(rules, 'api', request.get('If-Match'), principalOf(request));
        send(200, await withEtagOfAll(response, now));
      },
    }),
    route({
      method: 'post',
      path: '/rules',
      operationId: 'createRule',
      summary: 'Add a rule, evaluated after all others',
      query: confirmQuerySchema,
      accepts: jsonOrYaml(ruleSchema),
      responses: { 201: theRule },
      async handler({ query, request, response, send }) {
        const rule = await reader.read('rule', request.body);
        await requireConfirmation([rule], query);
        const created = await store.create(rule, principalOf(request));
        response.location(`/api/v1/rules/${rule.name}`);
        send(201, await withEtag(response, created));
      },
    }),
    route({
      method: 'get',
      path: '/rules/{name}',
      operationId: 'getRule',
      summary: 'One rule',
      params: ruleParams,
      responses: { 200: theRule },
      handler: async ({ params: { name }, response, send }) =>
        send(200, await withEtag(response, await store.get(name))),
    }),
    route({
      method: 'put',
      path: '/rules/{name}',
      operationId: 'putRule',
      summary: 'Add or change a rule; a change creates a new version',
      params: ruleParams,
      query: confirmQuerySchema,
      headers: ifMatchOrNew,
      accepts: jsonOrYaml(ruleSchema),
      responses: { 200: theRule, 201: theRule },
      async handler({ params: { name }, query, request, response, send }) {
        const rule = await reader.read('rule', isText(request) ? request.body : { name, ...request.body });
        if (rule.name !== name)
          throw new PromptsegError(
            'request-invalid',
            'The name in the rule is not the one in the address; a rule cannot be renamed.',
          );
        await requireConfirmation([rule], query);
        const by = principalOf(request);
        if (request.get('If-None-Match') === '*') {
          send(201, await withEtag(response, await store.create(rule, by)));
          return;
        }
        const { version, created } = await store.put(rule, request.get('If-Match'), by);
        send(created ? 201 : 200, await withEtag(response, version));
      },
    }),
    route({
      method: 'delete',
      path: '/rules/{name}',
      operationId: 'deleteRule',
      summary: 'Delete a rule; its versions are kept, and its jobs continue',
      params: ruleParams,
      headers: ifMatch,
      responses: { 204: { description: 'Deleted' } },
      async handler({ params: { name }, request, send }) {
        await store.remove(name, request.get('If-Match'), principalOf(request));
        send(204);
      },
    }),
    route({
      method: 'get',
      path: '/rules/{name}/versions',
      operationId: 'listRuleVersions',
      summary: 'All versions of a rule, newest first, also of a deleted rule',
      params: ruleParams,
      responses: { 200: { description: 'Versions', schema: ruleVersionsViewSchema } },
      handler: async ({ params: { name }, send }) => send(200, { versions: [...(await store.history(name))] }),
    }),
  ];
}
