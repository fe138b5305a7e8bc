import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  type Draft,
  draftMaskSchema,
  draftRequestSchema,
  draftSchema,
  draftsQuerySchema,
  draftsViewSchema,
} from '#contract/drafts.js';
import { neighboursSchema, regionPromptSchema } from '#contract/imagePrompts.js';
import { jobSchema } from '#contract/job.js';
import type { ArchiveReads } from '../../http/archiveReads.js';
import { clientOf } from '../../http/clientOf.js';
import { identityOf, principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import { lastEventIdHeader, lastEventIdOf, openEventStream } from '../../http/serverSentEvents.js';
import { PromptsegError } from '../../platform/errors.js';
import type { DraftService } from '../draftService.js';
import type { Jobs } from '../openJobs.js';
import type { WaitEstimates } from '../queue/waitEstimates.js';
import { requireRefinable } from './requireRefinable.js';

const params = z.object({ draft: z.uuid().describe('Id of the draft') });
const theDraft = { description: 'The draft', schema: draftSchema };

/** `/drafts`: segments made or corrected by clicks that somebody looks at before they are stored. */
export function draftRoutes(
  drafts: DraftService,
  { store }: Pick<Jobs, 'store'>,
  estimates: WaitEstimates,
  reads: ArchiveReads,
): readonly Route[] {
  /** A draft of a study that the sender may not find does not exist for them. */
  async function find(id: string, request: Request): Promise<Draft> {
    const draft = await drafts.get(id);
    const { mayFindStudy } = identityOf(request);
    if (mayFindStudy !== undefined && !(await mayFindStudy(draft.studyInstanceUID)))
      throw new PromptsegError('draft-not-found', 'There is no draft with this id.');
    return draft;
  }

  return [
    route({
      method: 'post',
      path: '/drafts',
      operationId: 'beginDraft',
      summary: 'Begin to click on something new on the images, or on a segment of a stored result',
      body: draftRequestSchema,
      responses: { 201: theDraft },
      async handler({ body, request, response, send }) {
        await requireRefinable(request, body, store);
        const draft = await drafts.begin(body, principalOf(request));
        response.location(`/api/v1/drafts/${draft.id}`);
        send(201, draft);
      },
    }),
    route({
      method: 'get',
      path: '/drafts',
      operationId: 'listDrafts',
      summary: 'The drafts of a study that are neither accepted nor discarded, the last changed first',
      query: draftsQuerySchema,
      responses: { 200: { description: 'The drafts', schema: draftsViewSchema } },
      async handler({ query: { study }, request, send }) {
        const { mayFindStudy } = identityOf(request);
        const mayFind = mayFindStudy === undefined || (await mayFindStudy(study));
        send(200, { drafts: mayFind ? [...(await drafts.list(study))] : [] });
      },
    }),
    route({
      method: 'get',
      path: '/drafts/{draft}',
      operationId: 'getDraft',
      summary: 'A draft with its clicks',
      params,
      responses: { 200: theDraft },
      handler: async ({ params: { draft }, request, send }) => send(200, await find(draft, request)),
    }),
    route({
      method: 'get',
      path: '/drafts/{draft}/events',
      operationId: 'followDraft',
      summary: 'Each change of a draft, until it is accepted or discarded (Server-Sent Events)',
      params,
      headers: lastEventIdHeader,
      responses: { 200: { description: 'Events “draft” with the draft, then “end”', type: 'text/event-stream' } },
      async handler({ params: { draft: id }, request, response }) {
        await find(id, request);
        follow(drafts, id, request, response);
      },
    }),
    route({
      method: 'post',
      path: '/drafts/{draft}/clicks',
      operationId: 'addClick',
      summary: 'Add a click, scribble or lasso on what is or is not part of the structure',
      params,
      body: regionPromptSchema,
      responses: { 200: theDraft },
      async handler({ params: { draft }, body, request, send }) {
        await find(draft, request);
        send(200, await drafts.addClick(draft, body, principalOf(request)));
      },
    }),
    route({
      method: 'delete',
      path: '/drafts/{draft}/clicks/last',
      operationId: 'undoClick',
      summary: 'Remove the last click, scribble or lasso, if there is one',
      params,
      responses: { 200: theDraft },
      async handler({ params: { draft }, request, send }) {
        await find(draft, request);
        send(200, await drafts.undo(draft, principalOf(request)));
      },
    }),
    route({
      method: 'put',
      path: '/drafts/{draft}/neighbours',
      operationId: 'setNeighbours',
      summary: 'Say what becomes of the other segments where the corrected one grows',
      params,
      body: neighboursSchema,
      responses: { 200: theDraft },
      async handler({ params: { draft }, body, request, send }) {
        await find(draft, request);
        send(200, await drafts.setNeighbours(draft, body, principalOf(request)));
      },
    }),
    route({
      method: 'get',
      path: '/drafts/{draft}/mask',
      operationId: 'previewDraft',
      summary: 'The mask after the clicks, in the block of voxels that they may have changed',
      params,
      responses: { 200: { description: 'The mask', schema: draftMaskSchema } },
      async handler({ params: { draft }, request, send }) {
        const { studyInstanceUID } = await find(draft, request);
        const mask = await drafts.mask(draft);
        await reads.opened(request, studyInstanceUID);
        send(200, mask);
      },
    }),
    route({
      method: 'post',
      path: '/drafts/{draft}/accept',
      operationId: 'acceptDraft',
      summary: 'Store what the clicks made: a job like that of POST /refinements, which ends the draft',
      params,
      responses: { 202: { description: 'The job; follow it below /segmentations', schema: jobSchema } },
      async handler({ params: { draft }, request, response, send }) {
        await find(draft, request);
        const { job } = await drafts.accept(draft, principalOf(request), clientOf(request));
        response.location(`/api/v1/segmentations/${job.id}`);
        send(202, await estimates.of(job));
      },
    }),
    route({
      method: 'delete',
      path: '/drafts/{draft}',
      operationId: 'discardDraft',
      summary: 'Discard a draft; nothing is stored',
      params,
      responses: { 204: { description: 'Discarded' } },
      async handler({ params: { draft }, request, send }) {
        await find(draft, request);
        await drafts.discard(draft, principalOf(request));
        send(204);
      },
    }),
  ];
}

/** Sends the draft now, unless the client knows this version, and after each change. */
function follow(drafts: DraftService, id: string, request: Request, response: Response): void {
  const stream = openEventStream(response);
  let sent = lastEventIdOf(request) ?? 0;
  let sending: Promise<void> = Promise.resolve();
  const sendNow = async (): Promise<void> => {
    try {
      const draft = await drafts.get(id);
      if (draft.version <= sent) return;
      sent = draft.version;
      await stream.send({ id: sent, event: 'draft', data: draft });
    } catch (error) {
      if (!(error instanceof PromptsegError) || error.code !== 'draft-not-found') return;
      await stream.send({ event: 'end', data: { id } });
      stream.end();
    }
  };
  const inTurn = (): void => {
    sending = sending.then(sendNow);
  };
  response.once('close', drafts.subscribe(id, inTurn));
  inTurn();
}
