import { formatMoment } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { SubMenu } from '../results/Menu.js';
import type { ResultStore } from '../results/resultStore.js';
import type { JobResult } from '../results/results.js';

/** A result, called as its job was asked. */
export interface TitledResult {
  readonly result: JobResult;
  readonly title: string;
}

/** The other results of the study, to be put beside this one: the older of the two is A. */
export function compareItem(result: JobResult, others: readonly TitledResult[], results: ResultStore): SubMenu {
  const { compare } = laterStrings;
  return {
    label: compare.with,
    items: others.map((other) => ({
      label: (other.result.editedAt === undefined ? compare.other : compare.edited)(
        other.title,
        formatMoment(other.result.madeAt),
      ),
      run: () => void results.compare([result, other.result].toSorted((a, b) => a.madeAt.localeCompare(b.madeAt))),
    })),
  };
}
