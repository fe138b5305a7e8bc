import { escapeMarkup } from '../platform/escapeMarkup.js';
import type { Evaluation } from './evaluateDataset.js';
import { publishedMethods } from './formatEvaluation.js';

const [labelWidth, plotWidth, rowHeight, margin] = [260, 520, 26, 16];
/** Distinguishable with colour vision deficiencies (Okabe and Ito's palette). */
const methodColours = ['#d55e00', '#009e73', '#cc79a7', '#e69f00'];

/**
 * The evaluation as an SVG picture: for each structure a bar of its mean Dice, a dot for every case, and published
 * figures.
 */
export function drawEvaluation({ dataset, model, labels, cases }: Evaluation): string {
  const measured = labels.filter(({ dice }) => dice !== undefined);
  const methods = publishedMethods(measured);
  const published = measured.find((label) => label.published !== undefined)?.published?.dataset;
  const top = 64;
  const bottom = top + measured.length * rowHeight;
  const x = (dice: number): string => (labelWidth + dice * plotWidth).toFixed(1);
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}" stroke="#dddddd"/>` +
      text(x(tick), bottom + 16, tick.toFixed(1), 'middle'),
  );
  const rows = measured.map((label, index) => {
    const y = top + (index + 0.5) * rowHeight;
    const { mean } = label.dice!;
    const dots = cases.flatMap((record) =>
      record.labels
        .filter((measure) => measure.label === label.label && measure.trueMl > 0)
        .map(({ dice = 0 }) => `<circle cx="${x(dice)}" cy="${y}" r="2.5" fill="#003d66" fill-opacity="0.6"/>`),
    );
    const others = methods.flatMap((method, place) => {
      const dice = label.published?.dice[method];
      return dice === undefined ? [] : [mark(x(dice), y, methodColours[place % methodColours.length]!)];
    });
    return [
      text(labelWidth - 8, y + 4, label.label, 'end'),
      `<rect x="${x(0)}" y="${y - 8}" width="${(mean * plotWidth).toFixed(1)}" height="16" fill="#56b4e9"/>`,
      ...dots,
      ...others,
      text(labelWidth + plotWidth + 8, y + 4, mean.toFixed(3), 'start'),
    ].join('');
  });
  const legend = methods.map((method, place) => {
    const left = margin + place * 180;
    const y = bottom + 40;
    return mark(`${left}`, y, methodColours[place % methodColours.length]!) + text(left + 8, y + 4, method, 'start');
  });
  const width = labelWidth + plotWidth + 64;
  const height = bottom + (methods.length > 0 ? 76 : 32);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ` +
      `${height}" font-family="sans-serif" font-size="12" fill="#222222">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(margin, 24, `Dice of ${model.id} ${model.version} on ${dataset.name}`, 'start', 16),
    text(margin, 44, `Bars: means of ${cases.length} cases; dots: single cases.`, 'start'),
    ...ticks,
    ...rows,
    ...legend,
    ...(published === undefined
      ? []
      : [text(margin, bottom + 64, `Coloured lines: published for ${published}.`, 'start')]),
    '</svg>\n',
  ].join('\n');
}

const mark = (x: string, y: number, colour: string): string =>
  `<line x1="${x}" x2="${x}" y1="${y - 10}" y2="${y + 10}" stroke="${colour}" stroke-width="3"/>`;

const text = (x: number | string, y: number, words: string, anchor: 'start' | 'middle' | 'end', size = 12): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}">${escapeMarkup(words)}</text>`;
