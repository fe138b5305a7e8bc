import { useEffect, useState } from 'react';
import type { StructuresView } from '../../../../server/contract/structures.js';
import type { AskingApi } from '../../client/asking.js';
import type { Trouble } from '../../client/trouble.js';
import { toTrouble } from '../toTrouble.js';

/** The attributes of a series, and the model, that determine which structures can be requested. */
export interface StructuresOf {
  readonly modality: string;
  readonly bodyPartExamined: string;
  readonly model: string | undefined;
}

export interface KnownStructures {
  readonly view?: StructuresView;
  readonly trouble?: Trouble;
}

/** All structures that the models for a series can segment; empty until the server has responded. */
export function useStructures(api: Pick<AskingApi, 'listStructures'>, of: StructuresOf): KnownStructures {
  const { modality, bodyPartExamined, model } = of;
  const [known, setKnown] = useState<KnownStructures>({});
  useEffect(() => {
    const left = new AbortController();
    setKnown({});
    api.listStructures({ modality, bodyPartExamined, model }, left.signal).then(
      (view) => !left.signal.aborted && setKnown({ view }),
      (error) => !left.signal.aborted && setKnown({ trouble: toTrouble(error) }),
    );
    return () => left.abort();
  }, [api, modality, bodyPartExamined, model]);
  return known;
}
