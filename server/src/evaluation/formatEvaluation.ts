import { csvLine } from '../platform/csv.js';
import { type Interval, resampling } from './bootstrap.js';
import type { Evaluation } from './evaluateDataset.js';
import type { LabelSummary } from './summarize.js';

/** Names of the methods with published figures, in order. */
export const publishedMethods = (labels: readonly LabelSummary[]): readonly string[] => [
  ...new Set(labels.flatMap(({ published }) => Object.keys(published?.dice ?? {}))),
];

/** The evaluation as a Markdown page. */
export function formatMarkdown(evaluation: Evaluation): string {
  const { dataset, model, labels, mean, toleranceMm, failed, notAsked, notes } = evaluation;
  const methods = publishedMethods(labels);
  const overlaps = [
    [
      'structure',
      'cases',
      'Dice',
      '95 % CI',
      'median',
      `NSD (${toleranceMm} mm)`,
      '95 % CI',
      'found where absent',
    ].concat(methods),
    ...labels.map((label) => [
      label.label,
      `${label.cases}`,
      withSpread(label),
      interval(label.dice?.interval),
      figure(label.dice?.median),
      figure(label.surfaceDice?.mean),
      interval(label.surfaceDice?.interval),
      `${label.foundWhereAbsent} of ${label.casesWithout}`,
      ...methods.map((method) => figure(label.published?.dice[method])),
    ]),
    ['**mean**', '', figure(mean?.dice), interval(mean?.diceInterval), '', figure(mean?.surfaceDice)].concat(
      interval(mean?.surfaceDiceInterval),
      '',
      methods.map(() => ''),
    ),
  ];
  const surfaces = [
    ['structure', 'mean distance (mm)', '95th percentile (mm)', 'volume error', '95 % CI', 'limits of agreement'],
    ...labels
      .filter(({ cases }) => cases > 0)
      .map((label) => [
        label.label,
        millimetres(label.meanDistanceMm?.mean),
        millimetres(label.distance95Mm?.mean),
        percent(label.volumeError?.mean),
        percents(label.volumeError?.interval),
        percents(label.volumeLimits),
      ]),
  ];
  const published = labels.find((label) => label.published !== undefined)?.published;
  const blocks = [
    `# ${model.id} ${model.version} on ${dataset.name}`,
    `${countsOf(evaluation)} Package ${model.sha256}.`,
    table(overlaps),
    table(surfaces),
    ...explanations,
    ...remarks(evaluation),
    ...(published === undefined
      ? []
      : [
          `The columns ${methods.join(', ')} are Dice that others published for ${published.dataset} ` +
            `(${published.source}). Nothing of them was measured here; they can be compared only where this ` +
            'dataset is theirs.',
        ]),
    ...list(
      'Not asked for',
      notAsked.map(({ label, reason }) => `${label}: ${reason}`),
    ),
    ...list(
      'Cases that failed',
      failed.map((each) => `${each.case}: ${each.reason}`),
    ),
    ...notes,
  ];
  return `${blocks.join('\n\n')}\n`;
}

export function countsOf({ dataset, cases, failed, left }: Evaluation): string {
  const counted = cases.length === 1 ? '1 case' : `${cases.length} cases`;
  const stopped = left > 0 ? ` Stopped with ${left} left; the same command goes on.` : '';
  return `Modality ${dataset.modality}; ${counted} measured, ${failed.length} failed.${stopped}`;
}

/** What the figures are, a paragraph each. */
export const explanations: readonly string[] = [
  'Dice and NSD are means over the cases whose label map has the structure; a case in which it was not found counts ' +
    '0. NSD: share of the boundary voxels of both masks that are within the tolerance of the other’s boundary.',
  'Distances are from the boundary voxels of each mask to the other’s, over the cases in which the structure was ' +
    'found: the mean, and the 95th percentile of the worse direction. Volume error: found minus true, relative to ' +
    'true.',
  `95 % CI: confidence interval of the mean, for ${resampling.leastCases} cases or more, by the ${resampling.method} ` +
    `(${resampling.samples} samples, the same in every run). Limits of agreement (Bland and Altman): mean volume ` +
    'error ± 1.96 standard deviations, for 3 cases or more.',
];

/** One case has no standard deviation. */
const withSpread = ({ dice, cases }: LabelSummary): string =>
  cases > 1 && dice ? `${figure(dice.mean)} ± ${figure(dice.standardDeviation)}` : figure(dice?.mean);

/** What the number of cases does not permit, a paragraph each. */
export function remarks({ cases }: Pick<Evaluation, 'cases'>): string[] {
  if (cases.length >= resampling.leastCases) return [];
  const counted = cases.length === 1 ? '1 case says' : `${cases.length} cases say`;
  return [`No confidence intervals: ${counted} too little about others; they need ${resampling.leastCases}.`];
}

/** One line per case and label, for a spreadsheet. */
export function formatCsv({ cases }: Evaluation): string {
  const header = ['case', 'label', 'true_ml', 'found_ml', 'dice', 'nsd', 'mean_distance_mm', 'distance_95_mm'];
  const rows = cases.flatMap((record) =>
    record.labels.map(({ label, trueMl, foundMl, dice, surfaceDice, meanDistanceMm, distance95Mm }) => [
      record.case,
      label,
      trueMl.toFixed(3),
      foundMl.toFixed(3),
      dice?.toFixed(5) ?? '',
      surfaceDice?.toFixed(5) ?? '',
      meanDistanceMm?.toFixed(3) ?? '',
      distance95Mm?.toFixed(3) ?? '',
    ]),
  );
  return [header, ...rows].map(csvLine).join('');
}

/** One line per structure with every figure of it, for a spreadsheet. Limits and intervals are columns of their own. */
export function formatStructuresCsv({ labels }: Evaluation): string {
  const figures = ['dice', 'surfaceDice', 'meanDistanceMm', 'distance95Mm', 'volumeError'] as const;
  const names = ['dice', 'nsd', 'mean_distance_mm', 'distance_95_mm', 'volume_error'];
  const parts = ['mean', 'sd', 'median', 'least', 'ci_low', 'ci_high'];
  const header = [
    ...['label', 'cases', 'cases_without', 'found_where_absent'],
    ...names.flatMap((name) => parts.map((part) => `${name}_${part}`)),
    ...['volume_limit_low', 'volume_limit_high'],
  ];
  const rows = labels.map((label) => [
    ...[label.label, label.cases, label.casesWithout, label.foundWhereAbsent],
    ...figures.flatMap((name) => {
      const of = label[name];
      const spread = label.cases > 1 ? of?.standardDeviation : undefined;
      return [of?.mean, spread, of?.median, of?.least, of?.interval?.[0], of?.interval?.[1]].map(toDigits);
    }),
    ...[label.volumeLimits?.[0], label.volumeLimits?.[1]].map(toDigits),
  ]);
  return [header, ...rows].map(csvLine).join('');
}

const toDigits = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Number(value.toFixed(5));

export const figure = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3));

export const millimetres = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2));

/** With its sign: "+3.1 %". */
export const percent = (value: number | undefined): string =>
  value === undefined ? '' : `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)} %`;

/** "−10.0 % to +2.0 %". */
export const percents = (value: Interval | undefined): string => value?.map(percent).join(' to ') ?? '';

export const interval = (value: Interval | undefined): string => value?.map(figure).join('–') ?? '';

/** @param rows the first is the header */
const table = ([header = [], ...rows]: readonly (readonly string[])[]): string =>
  [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');

const line = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const list = (title: string, items: readonly string[]): string[] =>
  items.length === 0 ? [] : [`## ${title}`, items.map((item) => `- ${item}`).join('\n')];
