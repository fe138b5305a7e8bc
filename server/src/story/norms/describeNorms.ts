import type { Centile, FoundFinding } from '#contract/finding.js';
import { roundFigure } from '../../platform/csv.js';

/** A percentile as people read it: whole, and no further than the first and the last per cent or the norms. */
export function percentileShown({ percentile, beyond }: Pick<Centile, 'percentile' | 'beyond'>): string {
  if (beyond !== undefined) return `${beyond} ${percentile}`;
  if (percentile < 1) return 'below 1';
  return percentile > 99 ? 'above 99' : String(Math.round(percentile));
}

const quantities = { volume: 'volume', 'intracranial-percent': 'share of the intracranial volume' } as const;

/** What norms say of a finding, one sentence each, with their source. */
export const describeNorms = ({
  intracranialPercent,
  centiles = [],
}: Pick<FoundFinding, 'intracranialPercent' | 'centiles'>): readonly string[] => [
  ...(intracranialPercent === undefined ? [] : [`${roundFigure(intracranialPercent)} % of the intracranial volume.`]),
  ...centiles.map(
    ({ of, norms: { title, source }, ...place }) =>
      `Centile of the ${quantities[of]} for age and sex: ${percentileShown(place)} (${title}; ${source}).`,
  ),
];
