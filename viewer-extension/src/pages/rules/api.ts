import type { z } from 'zod';
import type { DestinationsView } from '../../../../server/contract/destinations.js';
import type { ModelsView } from '../../../../server/contract/models.js';
import type { ResolveView } from '../../../../server/contract/prompts.js';
import type {
  Backfill,
  BackfillRequest,
  BackfillStudies,
  countsViewSchema,
  FeedView,
  ParkedSeries,
  RoutedState,
  routedPageViewSchema,
} from '../../../../server/contract/routing.js';
import type {
  DryRunView,
  RecentMatchesView,
  RuleCheckView,
  RulesView,
  RuleVersionsView,
  RuleView,
} from '../../../../server/contract/rules.js';
import { call } from '../parts/call.js';
import type { RuleDraft } from './ruleText.js';

export type CountsView = z.infer<typeof countsViewSchema>;
export type HistoryPage = z.infer<typeof routedPageViewSchema>;

const ofRule = (name: string): string => `/rules/${encodeURIComponent(name)}`;

/** All calls throw ApiError. */
export const listRules = (): Promise<RulesView> => call('GET', '/rules');
export const listVersions = (name: string): Promise<RuleVersionsView> => call('GET', `${ofRule(name)}/versions`);
export const readFeed = (): Promise<FeedView> => call('GET', '/rules/feed');
export const readCounts = (): Promise<CountsView> => call('GET', '/rules/counts');
export const listModels = (): Promise<ModelsView> => call('GET', '/models');
export const listDestinations = (): Promise<DestinationsView> => call('GET', '/destinations');

export async function listParked(): Promise<readonly ParkedSeries[]> {
  return (await call<{ parked: ParkedSeries[] }>('GET', '/rules/parked')).parked;
}
export async function listBackfills(): Promise<readonly Backfill[]> {
  return (await call<{ backfills: Backfill[] }>('GET', '/rules/backfills')).backfills;
}

export interface SaveOptions {
  /** Of the version that was changed; absent for a new rule. */
  readonly etag: string | undefined;
  /** Yes to "would match everything". */
  readonly confirmed: boolean;
}

/**
 * @throws ApiError `rule-changed` if somebody else has changed it meanwhile, `rule-too-wide` if it is to be
 * confirmed
 */
export function saveRule(rule: RuleDraft, { etag, confirmed }: SaveOptions): Promise<RuleView> {
  const query = confirmed ? '?confirm=true' : '';
  return etag === undefined
    ? call('POST', `/rules${query}`, { json: rule })
    : call('PUT', `${ofRule(String(rule.name))}${query}`, { json: rule, headers: { 'If-Match': etag } });
}

export const deleteRule = (name: string, etag: string): Promise<void> =>
  call('DELETE', ofRule(name), { headers: { 'If-Match': etag } });

/** @param text YAML: the response has lines */
export const validate = (text: string, signal: AbortSignal): Promise<RuleCheckView> =>
  call('POST', '/rules/validate', { body: { content: text, contentType: 'application/yaml' }, signal });

/** @param saved name of the rule, for who may only try those that are saved */
export function recentMatches(
  rule: object,
  saved: string | undefined,
  { modality, description }: { readonly modality: string; readonly description: string },
  signal: AbortSignal,
): Promise<RecentMatchesView> {
  const query = new URLSearchParams({
    limit: '20',
    ...(modality && { modality }),
    ...(description && { description }),
  });
  return saved === undefined
    ? call('POST', `/rules/recent-matches?${query}`, { json: { rule }, signal })
    : call('GET', `${ofRule(saved)}/recent-matches?${query}`, { signal });
}

export const dryRun = (rule: object, saved: string | undefined, studyInstanceUID: string): Promise<DryRunView> =>
  saved === undefined
    ? call('POST', '/rules/test', { json: { rule, studyInstanceUID } })
    : call('POST', `${ofRule(saved)}/test`, { json: { studyInstanceUID } });

export const resolvePrompts = (prompts: readonly string[], model: string, signal: AbortSignal): Promise<ResolveView> =>
  call('POST', '/prompts/resolve', { json: { prompts, model }, signal });

export function readHistory(name: string, state: RoutedState | '', cursor?: string): Promise<HistoryPage> {
  const query = new URLSearchParams({ limit: '25', ...(state && { state }), ...(cursor !== undefined && { cursor }) });
  return call('GET', `${ofRule(name)}/history?${query}`);
}

export const release = (seriesInstanceUID: string): Promise<void> =>
  call('POST', `/rules/parked/${seriesInstanceUID}/release`);
export const startBackfill = (request: BackfillRequest): Promise<Backfill> =>
  call('POST', '/rules/backfills', { json: request });
export const countBackfillStudies = (from: string, to: string, signal: AbortSignal): Promise<BackfillStudies> =>
  call('GET', `/rules/backfills/studies?${new URLSearchParams({ from, to })}`, { signal });
export const cancelBackfill = (id: string): Promise<Backfill> => call('DELETE', `/rules/backfills/${id}`);
