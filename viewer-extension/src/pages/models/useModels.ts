import { useEffect, useState } from 'react';
import type { ModelDetails, ModelsView, PromptableView } from '../../../../server/contract/models.js';
import type { StructuresView } from '../../../../server/contract/structures.js';
import type { Trouble } from '../../client/trouble.js';
import { call } from '../parts/call.js';
import { toTrouble } from '../parts/toTrouble.js';
import type { Connection } from '../parts/useJobEvents.js';

export interface ModelWithStructures extends ModelDetails {
  readonly regions: StructuresView['regions'];
}

export interface InstalledModels {
  /** Undefined until they were read. */
  readonly models?: readonly ModelWithStructures[];
  /** Those that are asked by boxes or clicks. */
  readonly promptable: readonly PromptableView[];
  readonly refused: ModelsView['refused'];
  readonly trouble?: Trouble;
  readonly connection: Connection;
}

const nothing = { promptable: [], refused: [] };

/** The installed models in detail, read once: they change only when the server starts. */
export function useModels(): InstalledModels {
  const [state, setState] = useState<InstalledModels>({ ...nothing, connection: 'connecting' });
  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    const read = async (): Promise<InstalledModels> => {
      const { models, promptable, refused } = await call<ModelsView>('GET', '/models', { signal });
      const details = models.map(async ({ id }): Promise<ModelWithStructures> => {
        const query = new URLSearchParams({ model: id });
        const [model, { regions }] = await Promise.all([
          call<ModelDetails>('GET', `/models/${encodeURIComponent(id)}`, { signal }),
          call<StructuresView>('GET', `/structures?${query}`, { signal }),
        ]);
        return { ...model, regions };
      });
      return { models: await Promise.all(details), promptable, refused, connection: 'live' };
    };
    read().then(
      (now) => !signal.aborted && setState(now),
      (error) => !signal.aborted && setState({ ...nothing, connection: 'lost', trouble: toTrouble(error) }),
    );
    return () => left.abort();
  }, []);
  return state;
}
