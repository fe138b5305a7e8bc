import { roundFigure } from '../platform/csv.js';
import { escapeMarkup } from '../platform/escapeMarkup.js';
import { type CaseRecord, pictureOf } from './caseRecord.js';
import { outlineColours } from './drawMasks.js';
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
.swatch { display: inline-block; height: 0.3em; vertical-align: middle; width: 1.5em; }
`;

/** More would be too large a page for browsers: a picture has about 100 kB. */
const mostPictures = 200;

/** A picture of one structure in one case. */
interface Compared {
  readonly name: string;
  readonly index: number;
  readonly measure: CaseRecord['labels'][number] & { readonly dice: number };
}

/**
 * The evaluation as an HTML page in one file: the figures, then a picture of each structure in each case, worst first.
 * The pictures are within it and it loads nothing, so that it can be sent and opened anywhere.
 * @param readPicture the PNG with this address relative to the output folder; undefined if it was deleted
 */
export async function formatPage(
  evaluation: Evaluation,
  readPicture: (address: string) => Promise<Uint8Array | undefined>,
): Promise<string> {
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
  const compared = worstFirst(cases);
  const shown = compared.slice(0, mostPictures);
  const figures: string[] = [];
  for (const each of shown) figures.push(figureOf(each, await readPicture(pictureOf(each.name, each.index))));
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
    '<h2>Pictures, the worst first</h2>',
    '<p>The three planes through the largest disagreement. Outlines: ' +
      `${swatch('truth')} label map, ${swatch('found')} model; where both run together, the model’s is seen.</p>`,
    ...(compared.length > shown.length
      ? [paragraph(`The worst ${shown.length} of ${compared.length}; the folder cases has the others.`)]
      : []),
    ...figures,
    '</html>\n',
  ].join('\n');
}

const worstFirst = (cases: readonly CaseRecord[]): Compared[] =>
  cases
    .flatMap(({ case: name, labels }) =>
      labels.flatMap((measure, index): Compared[] => {
        const { dice } = measure;
        return dice === undefined ? [] : [{ name, index, measure: { ...measure, dice } }];
      }),
    )
    .toSorted((a, b) => a.measure.dice - b.measure.dice || b.measure.trueMl - a.measure.trueMl);

function figureOf({ name, measure }: Compared, picture: Uint8Array | undefined): string {
  const { label, dice, surfaceDice, trueMl, foundMl } = measure;
  const [there, found] = [trueMl, foundMl].map((ml) => (ml > 0 ? `${roundFigure(ml)} mL` : 'not there'));
  const text = `Dice ${figure(dice)}, NSD ${figure(surfaceDice)}; label map: ${there}; model: ${found}`;
  const words = escapeMarkup(`${name}: ${label}, ${text}`);
  const image =
    picture === undefined
      ? '<p>The picture was deleted.</p>'
      : `<img src="data:image/png;base64,${Buffer.from(picture).toString('base64')}" alt="${words}">`;
  return `<figure><figcaption>${words}</figcaption>${image}</figure>`;
}

const swatch = (name: keyof typeof outlineColours): string =>
  `<span class="swatch" style="background: rgb(${outlineColours[name].join(' ')})"></span>`;

const paragraph = (text: string): string => `<p>${escapeMarkup(text)}</p>`;

/** @param rows the first is the header */
const table = ([header = [], ...rows]: readonly (readonly string[])[]): string =>
  `<table><tr>${cells('th', header)}</tr>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</table>`;

const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
  texts.map((text) => `<${tag}>${escapeMarkup(text)}</${tag}>`).join('');
