import type { ModelsView } from '../../../server/contract/models.js';
import type { PromptSet, PromptSetRequest } from '../../../server/contract/promptSet.js';
import type { ResolveRequest, ResolveView, SuggestRequest, SuggestView } from '../../../server/contract/prompts.js';
import type { StacksView } from '../../../server/contract/results.js';
import type { StructuresView } from '../../../server/contract/structures.js';
import { jsonOf, type Send } from './request.js';

/** Calls to the server before a run. Each throws ApiError, or TypeError without a response. */
export interface AskingApi {
  /** What the prompts would be understood as, and by which model. */
  resolve(request: ResolveRequest, signal: AbortSignal): Promise<ResolveView>;
  /** Names to offer while somebody types. */
  suggest(request: SuggestRequest, signal: AbortSignal): Promise<SuggestView>;
  /** The models that serve a series of this modality and body part, the best fitting first. */
  listModels(series: { readonly modality: string; readonly bodyPartExamined?: string }): Promise<ModelsView>;
  /** The modalities of which the installed models take boxes. */
  listBoxModalities(): Promise<readonly string[]>;
  /** All that the models of such a series, or one model, can be asked for, and the presets that ship. */
  listStructures(
    of: { readonly modality: string; readonly bodyPartExamined: string; readonly model?: string | undefined },
    signal: AbortSignal,
  ): Promise<StructuresView>;
  /** The stacks of slices that a series holds, best first. */
  listStacks(studyInstanceUID: string, seriesInstanceUID: string, signal: AbortSignal): Promise<StacksView['stacks']>;
  /** The named sets of prompts, by name. */
  listPromptSets(): Promise<readonly PromptSet[]>;
  createPromptSet(request: PromptSetRequest): Promise<PromptSet>;
  changePromptSet(id: string, request: PromptSetRequest): Promise<PromptSet>;
  deletePromptSet(id: string): Promise<void>;
}

export function createAskingApi(send: Send): AskingApi {
  const json = <Body>(...request: Parameters<Send>): Promise<Body> => jsonOf<Body>(send(...request));
  const addressOf = (id: string) => `/prompt-sets/${encodeURIComponent(id)}`;
  return {
    resolve: (request, signal) => json('POST', '/prompts/resolve', { json: request, signal }),
    suggest: (request, signal) => json('POST', '/prompts/suggest', { json: request, signal }),
    listModels: ({ modality, bodyPartExamined = '' }) =>
      json('GET', `/models?${new URLSearchParams({ modality, bodyPartExamined })}`),
    async listBoxModalities() {
      const { promptable } = await json<ModelsView>('GET', '/models');
      return promptable.flatMap(({ takes, modalities }) => (takes === 'boxes' ? modalities : []));
    },
    listStructures: ({ modality, bodyPartExamined, model }, signal) => {
      const query = new URLSearchParams({
        ...(modality !== '' && { modality }),
        ...(bodyPartExamined !== '' && { bodyPartExamined }),
        ...(model !== undefined && { model }),
      });
      return json('GET', `/structures?${query}`, { signal });
    },
    async listStacks(studyInstanceUID, seriesInstanceUID, signal) {
      const address = `/studies/${studyInstanceUID}/series/${seriesInstanceUID}/stacks`;
      return (await json<StacksView>('GET', address, { signal })).stacks;
    },
    listPromptSets: async () => (await json<{ promptSets: PromptSet[] }>('GET', '/prompt-sets')).promptSets,
    createPromptSet: (request) => json('POST', '/prompt-sets', { json: request }),
    changePromptSet: (id, request) => json('PUT', addressOf(id), { json: request }),
    async deletePromptSet(id) {
      await send('DELETE', addressOf(id));
    },
  };
}
