import type { FoundFinding } from '#contract/finding.js';
import type { ReportedStructure } from '../pictures/drawReport.js';
import { roundFigure } from '../platform/csv.js';

/** A finding as a report on one page lists it. */
export function reportedStructure({
  target,
  volumeMl,
  longestAxialDiameterMm,
  mean,
  unit,
  cautions = [],
}: Pick<FoundFinding, 'target' | 'longestAxialDiameterMm' | 'mean' | 'unit' | 'cautions'> & {
  readonly volumeMl: number;
}): ReportedStructure {
  const unitShown = unit === undefined || unit === 'arbitrary' ? '' : ` ${unit}`;
  return {
    name: target.name,
    colour: target.displayColour,
    volumeMl,
    longestAxialDiameterMm,
    mean: mean === undefined ? undefined : `${roundFigure(mean)}${unitShown}`,
    cautions: cautions.map(({ text }) => text),
  };
}
