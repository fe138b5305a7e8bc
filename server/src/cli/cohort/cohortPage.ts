import type { FoundFinding } from '#contract/finding.js';
import type { Job } from '#contract/job.js';
import { escapeMarkup } from '../../platform/escapeMarkup.js';
import { quantile } from '../../values/quantile.js';
import type { Cohort } from './cohortFolder.js';
import type { EndedSeries } from './cohortTable.js';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #8886; padding: 0.25rem 0.75rem; text-align: left; }
.number { font-variant-numeric: tabular-nums; text-align: right; }
.outliers { display: flex; flex-wrap: wrap; gap: 1rem; padding: 0; }
.outliers li { list-style: none; width: 15rem; }
.outliers img { background: #000; display: block; width: 100%; }
svg { display: block; height: 6rem; margin-top: 0.5rem; width: 100%; }
.distribution { max-width: 40rem; }
.ends { display: flex; justify-content: space-between; margin: 0; }
`;

/** A structure that was measured in a series. */
interface Measured {
  readonly job: Job;
  readonly seriesInstanceUID: string;
  readonly finding: FoundFinding;
  /** mL, or mm² on single images. */
  readonly size: number;
}

/**
 * The HTML page of a cohort, for its output folder: for each structure the distribution of its sizes and the outlying
 * series; then the series without a result, by reason. Pictures are separate files; links lead to the server's viewer.
 * @param server address of the server
 */
export function formatCohortPage(
  { chosenBy, request }: Cohort,
  series: readonly EndedSeries[],
  server: string,
): string {
  const title = request.prompts.join(', ');
  const structures = groupBy(measuredOf(series), ({ finding }) => finding.target.name);
  const completed = series.filter(({ progress }) => progress.state === 'ended' && progress.job.state === 'completed');
  return [
    '<!doctype html>',
    `<html lang="en"><meta charset="utf-8"><title>Cohort: ${escapeMarkup(title)}</title><style>${style}</style>`,
    `<h1>${escapeMarkup(title)}</h1>`,
    `<p>${series.length} series chosen by ${escapeMarkup(chosenBy)}; ${completed.length} completed. `,
    'All measurements are in <a href="cohort.csv">cohort.csv</a> and cohort.parquet. For research use only.</p>',
    ...[...structures].map(([name, measured]) => sectionOf(name, measured, server)),
    ...withoutResult(series),
    '</html>\n',
  ].join('\n');
}

const measuredOf = (series: readonly EndedSeries[]): readonly Measured[] =>
  series.flatMap(({ progress, seriesInstanceUID }) =>
    progress.state === 'refused'
      ? []
      : progress.job.findings.flatMap((finding) => {
          if (finding.status !== 'found') return [];
          const size = finding.volumeMl ?? finding.areaMm2;
          return size === undefined ? [] : [{ job: progress.job, seriesInstanceUID, finding, size }];
        }),
  );

function sectionOf(name: string, measured: readonly Measured[], server: string): string {
  const sizes = Float64Array.from(measured, ({ size }) => size).sort();
  const [low, median, high] = [0.25, 0.5, 0.75].map((share) => quantile(sizes, share));
  const unit = measured[0]!.finding.volumeMl === undefined ? 'mm²' : 'mL';
  // Tukey's fences (Exploratory Data Analysis, 1977).
  const reach = 1.5 * (high! - low!);
  const outliers = measured
    .filter(({ size }) => size < low! - reach || size > high! + reach)
    .toSorted((a, b) => Math.abs(b.size - median!) - Math.abs(a.size - median!));
  const cautioned = measured.filter(({ finding }) => (finding.cautions ?? []).length > 0).length;
  const figures: readonly (readonly [string, string])[] = [
    ['series', `${sizes.length}`],
    ['median', `${shown(median!)} ${unit}`],
    ['quartiles', `${shown(low!)} to ${shown(high!)} ${unit}`],
    ['range', `${shown(sizes[0]!)} to ${shown(sizes.at(-1)!)} ${unit}`],
    ['with a caution', `${cautioned}`],
    ['far from the others', `${outliers.length}`],
  ];
  return [
    `<h2>${escapeMarkup(name)}</h2>`,
    `<table>${figures.map(rowOf).join('')}</table>`,
    `<div class="distribution">${histogram(sizes, `Distribution of ${name}, ${unit}`)}`,
    `<p class="ends"><span>${shown(sizes[0]!)} ${unit}</span><span>${shown(sizes.at(-1)!)} ${unit}</span></p></div>`,
    outliers.length === 0
      ? ''
      : `<p>More than 1.5 times the distance of the quartiles beyond them:</p><ul class="outliers">${outliers
          .map((each) => outlier(each, unit, server))
          .join('')}</ul>`,
  ].join('\n');
}

const rowOf = ([what, value]: readonly [string, string]): string =>
  `<tr><th>${what}</th><td class="number">${value}</td></tr>`;

function outlier({ job, seriesInstanceUID, finding, size }: Measured, unit: string, server: string): string {
  const address = new URL('/segment-by-text', server);
  address.searchParams.set('StudyInstanceUIDs', job.request.studyInstanceUID);
  address.searchParams.set('result', job.id);
  const words = escapeMarkup(`${finding.target.name}, ${shown(size)} ${unit}`);
  const cautions = (finding.cautions ?? []).map(({ text }) => `<br>${escapeMarkup(text)}`).join('');
  return (
    `<li><a href="${escapeMarkup(address.href)}"><img src="pictures/${escapeMarkup(seriesInstanceUID)}.png" ` +
    `alt="Three planes of the series" loading="lazy">${words}</a>${cautions}</li>`
  );
}

const bars = 24;

function histogram(sizes: Float64Array, label: string): string {
  const [least, greatest] = [sizes[0]!, sizes.at(-1)!];
  const step = (greatest - least) / bars || 1;
  const counts = new Uint32Array(bars);
  for (const size of sizes) counts[Math.min(bars - 1, Math.floor((size - least) / step))]!++;
  const most = Math.max(...counts);
  const drawn = [...counts].map((count, place) => {
    const height = (100 * count) / most;
    const from = shown(least + place * step);
    const title = `<title>${count} from ${from}</title>`;
    return `<rect x="${place * 10}" y="${100 - height}" width="9" height="${height}">${title}</rect>`;
  });
  return (
    `<svg viewBox="0 0 ${bars * 10} 101" preserveAspectRatio="none" role="img" aria-label="${escapeMarkup(label)}" ` +
    `fill="#3b82c4">${drawn.join('')}<rect y="100" width="${bars * 10}" height="1" fill="#888"/></svg>`
  );
}

/** Series that were refused, failed, or in which something was not found, by reason. */
function withoutResult(series: readonly EndedSeries[]): readonly string[] {
  const reasons = series.flatMap(({ progress, seriesInstanceUID }) => {
    if (progress.state === 'refused') return [{ seriesInstanceUID, reason: progress.reason }];
    const { state, problem, findings } = progress.job;
    if (state !== 'completed') return [{ seriesInstanceUID, reason: problem?.detail ?? state }];
    return findings.flatMap((finding) =>
      finding.status === 'not-found'
        ? [{ seriesInstanceUID, reason: `${finding.target.name}: not found. ${finding.reason}` }]
        : [],
    );
  });
  if (reasons.length === 0) return [];
  const rows = [...groupBy(reasons, ({ reason }) => reason)].map(([reason, all]) => {
    const names = all.map(({ seriesInstanceUID }) => escapeMarkup(seriesInstanceUID)).join('<br>');
    return `<tr><td class="number">${all.length}</td><td>${escapeMarkup(reason)}</td><td>${names}</td></tr>`;
  });
  return [
    '<h2>Not found, refused or failed</h2>',
    `<table><tr><th>series</th><th>reason</th><th>Series Instance UID</th></tr>${rows.join('')}</table>`,
  ];
}

const shown = (size: number): string => (size >= 100 ? size.toFixed(0) : size.toPrecision(3));

/** As `Map.groupBy`, which Node.js 20 does not have. */
function groupBy<T>(all: readonly T[], keyOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group === undefined) groups.set(keyOf(each), [each]);
    else group.push(each);
  }
  return groups;
}
