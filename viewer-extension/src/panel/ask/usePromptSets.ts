import { useCallback, useEffect, useState } from 'react';
import type { PromptSet, PromptSetRequest } from '../../../../server/contract/promptSet.js';
import type { AskingApi } from '../../client/asking.js';
import { strings } from '../../client/strings.js';
import { ApiError, type Trouble } from '../../client/trouble.js';
import { toTrouble } from '../toTrouble.js';

export interface PromptSetActions {
  /** @returns whether it was saved */
  save(request: PromptSetRequest): Promise<boolean>;
  rename(set: PromptSet, name: string): Promise<boolean>;
  remove(set: PromptSet): Promise<boolean>;
  /** Saves all of them; those whose names are taken are left out. */
  importAll(sets: readonly PromptSetRequest[]): Promise<boolean>;
}

export interface SharedPromptSets extends PromptSetActions {
  /** By name; undefined until loaded. */
  readonly sets?: readonly PromptSet[];
  /** What was done last, a sentence. */
  readonly done?: string;
  readonly trouble?: Trouble;
}

/** The named sets of prompts of the server: those of everybody, read again after each change. */
export function usePromptSets(api: AskingApi): SharedPromptSets {
  const [state, setState] = useState<Pick<SharedPromptSets, 'sets' | 'done' | 'trouble'>>({});
  /** Runs a change, and reports its outcome. */
  const run = useCallback(
    async (change: () => Promise<string | undefined>): Promise<boolean> => {
      try {
        const done = await change();
        const sets = await api.listPromptSets();
        setState({ sets, ...(done === undefined ? {} : { done }) });
        return true;
      } catch (error) {
        setState((before) => ({ ...(before.sets && { sets: before.sets }), trouble: toTrouble(error) }));
        return false;
      }
    },
    [api],
  );
  useEffect(() => {
    void run(async () => undefined);
  }, [run]);
  return {
    ...state,
    save: (request) =>
      run(async () => {
        await api.createPromptSet(request);
        return strings.sets.saved(request.name);
      }),
    rename: ({ id, prompts, modality }, name) =>
      run(async () => {
        await api.changePromptSet(id, { name, prompts, ...(modality === undefined ? {} : { modality }) });
        return strings.sets.saved(name);
      }),
    remove: ({ id }) =>
      run(async () => {
        await api.deletePromptSet(id);
        return undefined;
      }),
    importAll: (requests) =>
      run(async () => {
        let added = 0;
        for (const request of requests) {
          try {
            await api.createPromptSet(request);
            added += 1;
          } catch (error) {
            if (!(error instanceof ApiError) || error.status !== 409) throw error;
          }
        }
        return strings.sets.imported(added, requests.length - added);
      }),
  };
}
