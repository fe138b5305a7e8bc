import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { feedbackRequestSchema, jobSchema } from '#contract/job.js';
import { feedbackQuerySchema } from '#contract/results.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { SqlExecutor } from '../../database/database.js';
import { type Identity, identityOf, principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import { csvLine } from '../../platform/csv.js';
import { feedbackExported } from '../records/auditedJob.js';
import type { FeedbackFilter, FeedbackStore, GivenFeedback } from '../records/feedbackStore.js';
import { jobParams } from './jobParams.js';
import { findingColumns } from './measurementsCsv.js';

const params = jobParams.extend({
  findingIndex: z.coerce.number().int().min(0).max(100_000).describe("Place in the job's findings"),
});
const theJob = { description: 'The job', schema: jobSchema };

/** `/segmentations/{id}/feedback` and `/feedback.csv`: feedback on findings. */
export function feedbackRoutes(feedback: FeedbackStore, database: SqlExecutor): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/segmentations/{id}/feedback',
      operationId: 'giveFeedbackToAll',
      summary: 'Accept or reject everything that the job found; replaces earlier feedback on it',
      params: jobParams,
      body: feedbackRequestSchema,
      responses: { 200: theJob },
      handler: async ({ params: { id }, body, request, send }) =>
        send(200, await feedback.giveToAll(id, body, principalOf(request))),
    }),
    route({
      method: 'put',
      path: '/segmentations/{id}/feedback/{findingIndex}',
      operationId: 'giveFeedback',
      summary: 'Accept or reject a finding; replaces earlier feedback',
      params,
      body: feedbackRequestSchema,
      responses: { 200: theJob },
      handler: async ({ params: { id, findingIndex }, body, request, send }) =>
        send(200, await feedback.give(id, findingIndex, body, principalOf(request))),
    }),
    route({
      method: 'delete',
      path: '/segmentations/{id}/feedback/{findingIndex}',
      operationId: 'takeBackFeedback',
      summary: 'Remove the feedback on a finding',
      params,
      responses: { 200: theJob },
      handler: async ({ params: { id, findingIndex }, request, send }) =>
        send(200, await feedback.takeBack(id, findingIndex, principalOf(request))),
    }),
    route({
      method: 'get',
      path: '/feedback.csv',
      operationId: 'exportFeedback',
      summary: 'All feedback, oldest first, including that on jobs whose records are deleted',
      query: feedbackQuerySchema,
      responses: { 200: { description: 'The feedback', type: 'text/csv' } },
      async handler({ query, request, response }) {
        const lines = feedbackCsv(feedback, filterOf(query), identityOf(request).mayFindStudy);
        // The first line is read before the response begins, so that a database that is down yields a problem, not half
        // a file.
        const first = await lines.next();
        await recordAudit(database, feedbackExported(principalOf(request), request.ip));
        response.type('text/csv').set('Content-Disposition', 'attachment; filename="promptseg-feedback.csv"');
        response.write(first.value);
        await pipeline(lines, response);
      },
    }),
  ];
}

function filterOf({ model, since, until }: z.infer<typeof feedbackQuerySchema>): FeedbackFilter {
  return {
    ...(model !== undefined && { model }),
    ...(since !== undefined && { since: new Date(since) }),
    ...(until !== undefined && { until: new Date(until) }),
  };
}

/** The lines of the file, streamed as they are read. */
async function* feedbackCsv(
  feedback: FeedbackStore,
  filter: FeedbackFilter,
  mayFindStudy: Identity['mayFindStudy'] = async () => true,
): AsyncGenerator<string, void> {
  const given = feedback.list(filter)[Symbol.asyncIterator]();
  let next = await given.next();
  yield csvLine([
    'given_at',
    'verdict',
    'verdict_reason',
    'finding',
    ...Object.keys(findingColumns),
    'study_instance_uid',
    'series_instance_uid',
    'segmentation_instance_uid',
    'model',
    'model_version',
    'model_sha256',
    'job',
    'given_by',
  ]);
  for (; !next.done; next = await given.next())
    if (await mayFindStudy(next.value.subject.studyInstanceUID)) yield lineOf(next.value);
}

function lineOf({ at, by, verdict, reason, findingIndex, jobId, subject }: GivenFeedback): string {
  const { finding, studyInstanceUID, seriesInstanceUID, resultInstanceUID, model } = subject;
  return csvLine([
    at,
    verdict,
    reason,
    findingIndex,
    ...Object.values(findingColumns).map((cellOf) => cellOf(finding)),
    studyInstanceUID,
    seriesInstanceUID,
    resultInstanceUID,
    model?.id,
    model?.version,
    model?.sha256,
    jobId,
    by?.displayName,
  ]);
}
