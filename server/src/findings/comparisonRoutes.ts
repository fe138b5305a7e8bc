import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  comparisonQuerySchema,
  comparisonRequestSchema,
  comparisonSchema,
  priorsViewSchema,
} from '#contract/comparison.js';
import { recordAudit } from '../database/auditTrail.js';
import type { SqlExecutor } from '../database/database.js';
import type { ArchiveReads } from '../http/archiveReads.js';
import { clientOf } from '../http/clientOf.js';
import { identityOf, principalOf } from '../http/principalOf.js';
import { type Route, route } from '../http/route.js';
import { exported } from '../jobs/records/auditedJob.js';
import type { JobStore } from '../jobs/records/jobStore.js';
import { jobParams } from '../jobs/routes/jobParams.js';
import { comparisonCsv } from './comparisonCsv.js';
import type { Asker, Comparisons, ReadOptions } from './comparisons.js';

const pairParams = jobParams.extend({ earlier: z.uuid().describe('Id of the job of the earlier series') });

/** `/segmentations/{id}/priors` and `/comparisons`: what changed since an earlier study of the patient. */
export function comparisonRoutes(
  comparisons: Comparisons,
  { store, database }: { readonly store: Pick<JobStore, 'get'>; readonly database: SqlExecutor },
  reads: ArchiveReads,
): readonly Route[] {
  async function readPair(
    { id, earlier }: z.output<typeof pairParams>,
    query: z.output<typeof comparisonQuerySchema>,
    call: Handled,
  ) {
    const [job, before] = [await store.get(id), await store.get(earlier)];
    const comparison = await comparisons.read(job, before, askerOf(call), optionsOf(query));
    await reads.opened(call.request, comparison.prior.studyInstanceUID);
    return { job, comparison };
  }

  return [
    route({
      method: 'get',
      path: '/segmentations/{id}/priors',
      operationId: 'listPriors',
      summary: 'Earlier series of the same patient that the findings of a job can be compared with',
      params: jobParams,
      responses: { 200: { description: 'The series, and why others were left out', schema: priorsViewSchema } },
      async handler({ params: { id }, request, response, send }) {
        await reads.searched(request, '/api/v1/segmentations/{id}/priors?PatientID');
        send(200, await comparisons.priors(await store.get(id), askerOf({ request, response })));
      },
    }),
    route({
      method: 'post',
      path: '/segmentations/{id}/comparisons',
      operationId: 'createComparison',
      summary:
        'Compare the findings of a job with the same targets on an earlier study; starts a job there, unless one ' +
        'with the same text and model has completed',
      params: jobParams,
      body: comparisonRequestSchema,
      responses: {
        202: { description: 'The earlier series is being segmented', schema: comparisonSchema },
        200: { description: 'The earlier series was segmented before, or its job is open', schema: comparisonSchema },
      },
      async handler({ params: { id }, body, request, response, send }) {
        const job = await store.get(id);
        const { comparison, created } = await comparisons.start(job, askerOf({ request, response }), body);
        await reads.opened(request, comparison.prior.studyInstanceUID);
        response.location(`/api/v1/segmentations/${id}/comparisons/${comparison.before.job}`);
        send(created ? 202 : 200, comparison);
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}/comparisons/{earlier}',
      operationId: 'getComparison',
      summary: 'The findings of two jobs side by side; empty until the earlier job has completed',
      params: pairParams,
      query: comparisonQuerySchema,
      responses: { 200: { description: 'The comparison', schema: comparisonSchema } },
      async handler({ params, query, request, response, send }) {
        send(200, (await readPair(params, query, { request, response })).comparison);
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}/comparisons/{earlier}/table.csv',
      operationId: 'exportComparison',
      summary: 'The comparison as a table: a row per structure (RFC 4180, UTF-8)',
      params: pairParams,
      query: comparisonQuerySchema,
      responses: { 200: { description: 'The table', type: 'text/csv' } },
      async handler({ params, query, request, response }) {
        const { job, comparison } = await readPair(params, query, { request, response });
        await recordAudit(database, exported(job, 'comparison', principalOf(request), request.ip));
        response
          .type('text/csv')
          .set('Content-Disposition', `attachment; filename="promptseg-comparison-${job.id.slice(0, 8)}.csv"`)
          .send(comparisonCsv(comparison));
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}/comparisons/{earlier}/report',
      operationId: 'exportComparisonReport',
      summary:
        'The comparison as a DICOM structured report (TID 1500) that refers to both results; not stored, ' +
        'and its header names the patient',
      params: pairParams,
      query: comparisonQuerySchema,
      responses: { 200: { description: 'A DICOM Part 10 file', type: 'application/dicom' } },
      async handler({ params, query, request, response }) {
        const [job, before] = [await store.get(params.id), await store.get(params.earlier)];
        const asker = askerOf({ request, response });
        const { comparison, part10 } = await comparisons.report(job, before, asker, optionsOf(query));
        await reads.opened(request, comparison.prior.studyInstanceUID);
        await recordAudit(database, exported(job, 'comparison', principalOf(request), request.ip));
        response
          .type('application/dicom')
          .set({
            'Content-Disposition': `attachment; filename="promptseg-comparison-${job.id.slice(0, 8)}.dcm"`,
            'Cache-Control': 'no-store',
          })
          .send(Buffer.from(part10));
      },
    }),
  ];
}

const optionsOf = ({ result, registration }: z.output<typeof comparisonQuerySchema>): ReadOptions => ({
  edited: result,
  registration,
});

interface Handled {
  readonly request: Request;
  readonly response: Response;
}

/** The search in the archive, and a registration, stop when the client disconnects. */
function askerOf({ request, response }: Handled): Asker {
  const left = new AbortController();
  response.once('close', () => left.abort());
  return {
    principal: principalOf(request),
    client: clientOf(request),
    mayFind: identityOf(request).mayFindStudy,
    signal: left.signal,
  };
}
