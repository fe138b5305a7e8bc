import type { Request, Response } from 'express';
import { z } from 'zod';
import { type CompanionKind, type Job, jobSchema } from '#contract/job.js';
import { editedQuerySchema, editedViewSchema, pictureQuerySchema, resultQuerySchema } from '#contract/results.js';
import { uidSchema } from '#contract/uid.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { SqlExecutor } from '../../database/database.js';
import type { ArchiveReads } from '../../http/archiveReads.js';
import { principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import { PromptsegError } from '../../platform/errors.js';
import { exported } from '../records/auditedJob.js';
import type { JobStore } from '../records/jobStore.js';
import { findResult } from '../results/findResult.js';
import type { ResultsService } from '../results/resultsService.js';
import { fhirFindings } from './fhirFindings.js';
import { jobParams } from './jobParams.js';
import { measurementsCsv } from './measurementsCsv.js';
import { readDicomUpload } from './readDicomUpload.js';

const theJob = { description: 'The job', schema: jobSchema };

interface ObjectExport {
  /** Also the last segment of the path. */
  readonly what: 'segmentation' | Exclude<CompanionKind, 'measurement-report'>;
  readonly operationId: string;
  readonly summary: string;
  readonly read: ResultsService['segmentation'];
  /** Extension of the file's name. */
  readonly ending: string;
}

/** `/segmentations/{id}/…`: download, edit and delete results. */
export function resultRoutes(
  results: ResultsService,
  { store, database }: { readonly store: Pick<JobStore, 'get'>; readonly database: SqlExecutor },
  reads: ArchiveReads,
): readonly Route[] {
  /** If it cannot be recorded, it is not sent. */
  const recordExport = (job: Job, what: Parameters<typeof exported>[1], request: Request): Promise<void> =>
    recordAudit(database, exported(job, what, principalOf(request), request.ip));

  /** A DICOM object of the result, as a file to download. */
  const objectRoute = ({ what, operationId, summary, read, ending }: ObjectExport): Route =>
    route({
      method: 'get',
      path: `/segmentations/{id}/export/${what}`,
      operationId,
      summary,
      params: jobParams,
      query: resultQuerySchema,
      responses: { 200: { description: 'A DICOM Part 10 file', type: 'application/dicom' } },
      async handler({ params: { id }, query: { result }, request, response }) {
        const part10 = await read(id, result);
        const job = await store.get(id);
        await recordExport(job, what, request);
        attach(response, `${fileNameOf(job, result)}-${ending}.dcm`, 'application/dicom');
        response.send(Buffer.from(part10));
      },
    });

  return [
    route({
      method: 'get',
      path: '/segmentations/{id}/picture.png',
      operationId: 'drawResult',
      summary: 'An axial, a coronal and a sagittal plane of the images with the result over them; no patient data',
      params: jobParams,
      query: pictureQuerySchema,
      responses: { 200: { description: 'The picture', type: 'image/png' } },
      async handler({ params: { id }, query: { result, segment, size }, request, response }) {
        const picture = await results.picture(id, result, segment, size === 'thumbnail');
        await reads.opened(request, (await store.get(id)).request.studyInstanceUID);
        response.type('image/png').send(Buffer.from(picture));
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}/measurements.csv',
      operationId: 'exportMeasurements',
      summary: 'A row per finding, or per segment of an edited result (RFC 4180, UTF-8)',
      params: jobParams,
      query: resultQuerySchema,
      responses: { 200: { description: 'The measurements', type: 'text/csv' } },
      async handler({ params: { id }, query: { result }, request, response }) {
        const job = await store.get(id);
        const csv = measurementsCsv(job, editedResultOf(job, result));
        await recordExport(job, 'measurements', request);
        attach(response, `${fileNameOf(job, result)}-measurements.csv`, 'text/csv');
        response.send(csv);
      },
    }),
    route({
      method: 'get',
      path: '/segmentations/{id}/export/fhir',
      operationId: 'exportFhir',
      summary: 'An Observation and an ImagingSelection (FHIR R5) per found structure, as a Bundle',
      params: jobParams,
      query: resultQuerySchema,
      responses: { 200: { description: 'The Bundle', type: 'application/fhir+json' } },
      async handler({ params: { id }, query: { result }, request, response }) {
        const job = await store.get(id);
        const bundle = fhirFindings(findResult(job, result));
        await recordExport(job, 'fhir', request);
        attach(response, `${fileNameOf(job, result)}-fhir.json`, 'application/fhir+json');
        response.send(JSON.stringify(bundle));
      },
    }),
    objectRoute({
      what: 'segmentation',
      operationId: 'exportSegmentation',
      summary: 'The DICOM Segmentation object as stored',
      read: (id, result) => results.segmentation(id, result),
      ending: 'segmentation',
    }),
    objectRoute({
      what: 'rt-structure-set',
      operationId: 'exportStructureSet',
      summary: 'The RT Structure Set as stored; if there is none, one is generated and not stored',
      read: (id, result) => results.structureSet(id, result),
      ending: 'contours',
    }),
    objectRoute({
      what: 'secondary-capture',
      operationId: 'exportSecondaryCapture',
      summary: 'The picture as a colour Secondary Capture, generated and not stored; its header names the patient',
      read: (id, result) => results.secondaryCapture(id, result),
      ending: 'picture',
    }),
    objectRoute({
      what: 'report',
      operationId: 'exportReport',
      summary: 'A report on one page as Encapsulated PDF, generated and not stored; its header names the patient',
      read: (id, result) => results.report(id, result),
      ending: 'report',
    }),
    objectRoute({
      what: 'presentation-state',
      operationId: 'exportPresentationState',
      summary: 'The outlines on the images as a presentation state (GSPS); if none is stored, one is generated',
      read: (id, result) => results.presentationState(id, result),
      ending: 'outlines',
    }),
    route({
      method: 'delete',
      path: '/segmentations/{id}/result',
      operationId: 'deleteResult',
      summary: 'Delete the stored result from the archive, if the archive supports it; record and edited results stay',
      params: jobParams,
      responses: { 200: theJob },
      handler: async ({ params: { id }, request, send }) =>
        send(200, await results.deleteResult(id, principalOf(request))),
    }),
    route({
      method: 'post',
      path: '/segmentations/{id}/edited',
      operationId: 'storeEditedResult',
      summary: 'Store a segmentation edited in a viewer as a new object that refers to its predecessor',
      params: jobParams,
      query: editedQuerySchema,
      accepts: { 'application/dicom': z.file(), 'multipart/related': z.file() },
      responses: {
        201: { description: 'What was stored', schema: editedViewSchema },
        200: { description: 'The same edit was stored before', schema: editedViewSchema },
      },
      async handler({ params: { id }, query: { predecessor }, request, send }) {
        await results.requireResult(id, predecessor);
        const part10 = await readDicomUpload(request);
        const { edited, job, created } = await results.storeEdited(id, predecessor, part10, principalOf(request));
        send(created ? 201 : 200, { edited, job });
      },
    }),
    route({
      method: 'delete',
      path: '/segmentations/{id}/edited/{uid}',
      operationId: 'deleteEditedResult',
      summary: 'Delete an edited result from the archive, if the archive supports it',
      params: jobParams.extend({ uid: uidSchema.describe('SOP Instance UID of the edited result') }),
      responses: { 200: theJob },
      handler: async ({ params: { id, uid }, request, send }) =>
        send(200, await results.deleteEdited(id, uid, principalOf(request))),
    }),
  ];
}

function editedResultOf(job: Job, sopInstanceUID: string | undefined) {
  if (sopInstanceUID === undefined || sopInstanceUID === job.result?.sopInstanceUID) return undefined;
  const edited = job.editedResults?.find((each) => each.sopInstanceUID === sopInstanceUID);
  if (edited !== undefined) return edited;
  throw new PromptsegError('result-missing', 'The job has no result with this SOP Instance UID.');
}

function attach(response: Response, fileName: string, type: string): void {
  response.type(type).set({ 'Content-Disposition': `attachment; filename="${fileName}"`, 'Cache-Control': 'no-store' });
}

/**
 * The name of a downloaded file: content and job, in characters that every system accepts. It consists of the names of
 * the first targets, from the model's vocabulary, the day of the job (UTC) and the start of its id. It contains nothing
 * about the patient and no typed text.
 */
function fileNameOf({ id, targets, createdAt, result: own }: Job, result?: string): string {
  const words = targets.map(({ name }) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'));
  const named = words.slice(0, 3).join('_').slice(0, 60);
  const edited = result !== undefined && result !== own?.sopInstanceUID ? '-edited' : '';
  return `promptseg-${named || 'result'}-${createdAt.slice(0, 10)}-${id.slice(0, 8)}${edited}`;
}
