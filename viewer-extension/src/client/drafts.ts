import type { Draft, DraftMask, DraftRequest, DraftsView } from '../../../server/contract/drafts.js';
import type { Neighbours, RegionPrompt } from '../../../server/contract/imagePrompts.js';
import type { Job } from '../../../server/contract/job.js';
import type { ModelsView, PromptableView } from '../../../server/contract/models.js';
import { createSend, jsonOf } from './request.js';

/** `strokes`: it takes scribbles and lassos, too. */
export type ClickModel = Pick<PromptableView, 'id' | 'modalities' | 'strokes'>;

/** REST calls about corrections that are not stored yet. Each throws ApiError, or TypeError without a response. */
export interface DraftsApi {
  /** The installed models that take clicks. */
  listClickModels(): Promise<readonly ClickModel[]>;
  list(studyInstanceUID: string): Promise<readonly Draft[]>;
  get(id: string): Promise<Draft>;
  begin(request: DraftRequest): Promise<Draft>;
  addClick(id: string, click: RegionPrompt): Promise<Draft>;
  undo(id: string): Promise<Draft>;
  setNeighbours(id: string, neighbours: Neighbours): Promise<Draft>;
  mask(id: string): Promise<DraftMask>;
  accept(id: string): Promise<Job>;
  discard(id: string): Promise<void>;
}

/** @param base path or address of the API */
export function createDraftsApi(authorization: () => Readonly<Record<string, string>>, base: string): DraftsApi {
  const send = createSend(authorization, base);
  const json = <Body>(...request: Parameters<typeof send>): Promise<Body> => jsonOf<Body>(send(...request));
  return {
    async listClickModels() {
      const { promptable } = await json<ModelsView>('GET', '/models');
      return promptable.filter(({ takes }) => takes === 'clicks');
    },
    async list(studyInstanceUID) {
      const query = new URLSearchParams({ study: studyInstanceUID });
      return (await json<DraftsView>('GET', `/drafts?${query}`)).drafts;
    },
    get: (id) => json('GET', `/drafts/${id}`),
    begin: (request) => json('POST', '/drafts', { json: request }),
    addClick: (id, click) => json('POST', `/drafts/${id}/clicks`, { json: click }),
    undo: (id) => json('DELETE', `/drafts/${id}/clicks/last`),
    setNeighbours: (id, neighbours) => json('PUT', `/drafts/${id}/neighbours`, { json: neighbours }),
    mask: (id) => json('GET', `/drafts/${id}/mask`),
    accept: (id) => json('POST', `/drafts/${id}/accept`),
    async discard(id) {
      await send('DELETE', `/drafts/${id}`);
    },
  };
}
