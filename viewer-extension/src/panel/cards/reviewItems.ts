import { laterStrings } from '../../client/laterStrings.js';
import type { Rights } from '../../client/rights.js';
import type { SubMenu } from '../results/Menu.js';
import type { ResultStore } from '../results/resultStore.js';
import type { JobResult } from '../results/results.js';

/** One verdict on everything that the job found. Each finding also has buttons of its own. */
export function reviewItems(
  findings: readonly { readonly status: string }[],
  result: JobResult,
  results: Pick<ResultStore, 'judgeAll'>,
  { may }: Pick<Rights, 'may'>,
): readonly SubMenu[] {
  const count = findings.filter(({ status }) => status === 'found').length;
  if (count < 2 || !may('jobs:write')) return [];
  const { all, accept, reject } = laterStrings.review;
  const judge = (verdict: 'accepted' | 'rejected') => () => void results.judgeAll(result, { verdict });
  return [
    {
      label: all(count),
      items: [
        { label: accept, run: judge('accepted') },
        { label: reject, run: judge('rejected') },
      ],
    },
  ];
}
