import type { ComparedFinding, Comparison } from '#contract/comparison.js';
import { csvLine, roundFigure } from '../platform/csv.js';

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : roundFigure(value);
const codesOf = (at: ComparedFinding['now']): string | undefined => at?.cautions?.map(({ code }) => code).join(' ');

/** Volumes in mL, diameters in mm, times in days. */
const columns: Readonly<Record<string, (finding: ComparedFinding) => string | number | undefined>> = {
  name: ({ target }) => target.name,
  code_value: ({ target }) => target.code.value,
  code_scheme: ({ target }) => target.code.scheme,
  code_meaning: ({ target }) => target.code.meaning,
  laterality: ({ target }) => target.laterality,
  status: ({ status }) => status,
  volume_ml_before: ({ before }) => rounded(before?.volumeMl),
  volume_ml_now: ({ now }) => rounded(now?.volumeMl),
  change_ml: ({ changeMl }) => rounded(changeMl),
  change_percent: ({ changeFraction }) => rounded(changeFraction === undefined ? undefined : 100 * changeFraction),
  repeatability_percent: ({ repeatabilityPercent }) => repeatabilityPercent,
  within_repeatability: ({ isWithinRepeatability: is }) => (is === undefined ? undefined : is ? 'yes' : 'no'),
  longest_axial_diameter_mm_before: ({ before }) => rounded(before?.longestAxialDiameterMm),
  longest_axial_diameter_mm_now: ({ now }) => rounded(now?.longestAxialDiameterMm),
  caution_codes_before: ({ before }) => codesOf(before),
  caution_codes_now: ({ now }) => codesOf(now),
};

/** A comparison as CSV (RFC 4180, UTF-8): a row per structure, with what holds for all of them repeated. */
export function comparisonCsv({ prior, now, before, modelsDiffer, registration, findings }: Comparison): string {
  const common: Readonly<Record<string, string | number | undefined>> = {
    days_between: prior.daysBefore,
    prior_study_instance_uid: prior.studyInstanceUID,
    prior_series_instance_uid: prior.seriesInstanceUID,
    protocol_differences: prior.differences.map(({ part }) => part).join(' '),
    models_differ: modelsDiffer ? 'yes' : 'no',
    registration: registration?.status === 'used' ? 'rigid' : 'none',
    job: now.job,
    prior_job: before.job,
  };
  return [
    csvLine([...Object.keys(columns), ...Object.keys(common)]),
    ...findings.map((finding) =>
      csvLine([...Object.values(columns).map((cellOf) => cellOf(finding)), ...Object.values(common)]),
    ),
  ].join('');
}
