import type { FoundFinding } from '#contract/finding.js';
import type { ReportedStructure } from '../pictures/drawReport.js';
import { roundFigure } from '../platform/csv.js';
import { describeNorms } from './norms/describeNorms.js';

/** A finding as a report on one page lists it. */
export function reportedStructure({
  target,
  volumeMl,
  longestAxialDiameterMm,
  mean,
  unit,
  cautions = [],
  ...norms
}: Pick<
  FoundFinding,
  'target' | 'longestAxialDiameterMm' | 'mean' | 'unit' | 'cautions' | 'intracranialPercent' | 'centiles'
> & {
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
    norms: describeNorms(norms),
  };
}
