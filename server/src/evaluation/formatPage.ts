import { escapeMarkup } from '../platform/escapeMarkup.js';
import { type CaseRecord, pictureOf } from './caseRecord.js';
import type { Evaluation } from './evaluateDataset.js';
import {
  countsOf,
  explanations,
  figure,
  interval,
  millimetres,
  percent,
  percents,
  remarks,
} from './formatEvaluation.js';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid #8886; font-variant-numeric: tabular-nums; padding: 0.25rem 0.75rem; }
th, td { text-align: right; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 2rem 0; }
img { background: #000; height: auto; max-width: 100%; }
.scroll { overflow-x: auto; }
`;

/**
 * The evaluation as an HTML page: the figures, then, worst case first, a picture of the structure with the lowest
 * agreement. Files are named relative to the output folder; the page loads nothing from elsewhere.
 */
export function formatPage(evaluation: Evaluation): string {
  const { dataset, model, labels, mean, toleranceMm, cases, failed } = evaluation;
  const title = `${model.id} ${model.version} on ${dataset.name}`;
  const header = ['structure', 'cases', 'Dice', '95 % CI', 'median', `NSD (${toleranceMm} mm)`, 'mean distance (mm)'];
  const rows = labels.map((label) => [
    label.label,
    `${label.cases}`,
    figure(label.dice?.mean),
    interval(label.dice?.interval),
    figure(label.dice?.median),
    figure(label.surfaceDice?.mean),
    millimetres(label.meanDistanceMm?.mean),
    millimetres(label.distance95Mm?.mean),
    percent(label.volumeError?.mean),
    percents(label.volumeLimits),
    `${label.foundWhereAbsent} of ${label.casesWithout}`,
  ]);
  const means = ['mean', '', figure(mean?.dice), interval(mean?.diceInterval), '', figure(mean?.surfaceDice)];
  const all = [
    header.concat('95th percentile (mm)', 'volume error', 'limits of agreement', 'found where absent'),
    ...rows,
    means,
  ];
  const drawn = cases.filter(({ worst }) => worst !== undefined).toSorted((a, b) => a.worst!.dice - b.worst!.dice);
  return [
    '<!doctype html>',
    `<html lang="en"><meta charset="utf-8"><title>${escapeMarkup(title)}</title><style>${style}</style>`,
    `<h1>${escapeMarkup(title)}</h1>`,
    paragraph(`${countsOf(evaluation)} For research use only.`),
    `<div class="scroll">${table(all)}</div>`,
    ...[...explanations, ...remarks(evaluation)].map(paragraph),
    ...(failed.length > 0
      ? ['<h2>Cases that failed</h2>', ...failed.map((each) => paragraph(`${each.case}: ${each.reason}`))]
      : []),
    '<h2>Cases, the worst first</h2>',
    paragraph('Each picture shows the structure of the case that agrees least, where it differs most.'),
    ...drawn.map(figureOf),
    '</html>\n',
  ].join('\n');
}

function figureOf(record: CaseRecord): string {
  const { label, dice } = record.worst!;
  const words = escapeMarkup(`${record.case}: ${label}, Dice ${figure(dice)}`);
  const address = escapeMarkup(pictureOf(record).split('/').map(encodeURIComponent).join('/'));
  return `<figure><figcaption>${words}</figcaption><img src="${address}" alt="${words}" loading="lazy"></figure>`;
}

const paragraph = (text: string): string => `<p>${escapeMarkup(text)}</p>`;

/** @param rows the first is the header */
const table = ([header = [], ...rows]: readonly (readonly string[])[]): string =>
  `<table><tr>${cells('th', header)}</tr>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</table>`;

const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
  texts.map((text) => `<${tag}>${escapeMarkup(text)}</${tag}>`).join('');
