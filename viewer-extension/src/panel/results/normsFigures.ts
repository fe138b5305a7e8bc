import type { FoundFinding } from '../../../../server/contract/finding.js';
import { decimal } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';

/** Terms and values of what norms say of a finding: its share of the intracranial volume, and its centiles. */
export function normsFigures({
  intracranialPercent,
  centiles = [],
}: Pick<FoundFinding, 'intracranialPercent' | 'centiles'>): readonly (readonly [term: string, value: string])[] {
  const { norms } = laterStrings;
  return [
    ...(intracranialPercent === undefined
      ? []
      : [[norms.ofIntracranial, `${decimal(intracranialPercent, intracranialPercent < 1 ? 3 : 1)} %`] as const]),
    ...centiles.map(({ percentile, beyond, of, norms: { title, source, population } }) => {
      const place =
        beyond !== undefined
          ? norms[beyond](decimal(percentile, 0))
          : percentile < 1
            ? norms.below('1')
            : percentile > 99
              ? norms.above('99')
              : decimal(percentile, 0);
      const term = of === 'volume' ? norms.centile : norms.centileOfShare;
      return [term, `${place} (${title}; ${source}; ${population})`] as const;
    }),
  ];
}
