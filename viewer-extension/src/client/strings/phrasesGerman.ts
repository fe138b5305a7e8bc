import { type Sentence, translateSentence } from './translateSentence.js';

const planes: Readonly<Record<string, string>> = {
  axial: 'axial',
  coronal: 'koronal',
  sagittal: 'sagittal',
  oblique: 'schräg',
};
const sides: Readonly<Record<string, string>> = { left: 'links', right: 'rechts', 'both sides': 'beide Seiten' };

/** Names of what distinguishes the stacks of a series (server/src/volume/distinguishers.ts). */
const distinguishers: Readonly<Record<string, string>> = {
  stack: 'Stapel',
  'image type': 'Bildtyp',
  'echo time': 'Echozeit',
  echo: 'Echo',
  'inversion time': 'Inversionszeit',
  'flip angle': 'Kippwinkel',
  'b-value': 'b-Wert',
  'gradient direction': 'Gradientenrichtung',
  'arterial spin labelling': 'ASL',
  'phase of the cycle': 'Phase des Zyklus',
  'time point': 'Zeitpunkt',
  'phase of the heartbeat': 'Phase des Herzschlags',
  'time frame': 'Zeitabschnitt',
  dimension: 'Dimension',
  'tube voltage': 'Röhrenspannung',
  'slice thickness': 'Schichtdicke',
  kernel: 'Kernel',
  acquisition: 'Aufnahme',
  repetition: 'Wiederholung',
};
const distinguisher = new RegExp(`^(${Object.keys(distinguishers).join('|')}) (.+)$`);

/** How far a job is (server/src/story), and which stacks or single images a series holds (server/src/volume). */
const phrases: readonly Sentence[] = [
  [/^(\d+) of (\d+) images$/, (read, all) => `${read} von ${all} Bildern`],
  [/^(\d+) images$/, (read) => `${read} Bilder`],
  [/^window (\d+) of (\d+)$/, (done, all) => `Fenster ${done} von ${all}`],
  [/^slice (\d+) of at most (\d+)$/, (done, most) => `Schicht ${done} von höchstens ${most}`],
  [/^(\d+) of (\d+) targets asked$/, (asked, all) => `${asked} von ${all} Strukturen geprüft`],
  [
    /^(\d+) (axial|coronal|sagittal|oblique) images? of (.+) pixels$/,
    (count, plane, size) => `${count} ${planes[plane!]}${count === '1' ? 'es Bild' : 'e Bilder'} mit ${size} Pixeln`,
  ],
  [/^(\d+ × \d+) pixels$/, (size) => `${size} Pixel`],
  [
    /^image( \d+)?(?: \((left|right|both sides)?(.*)\))?$/,
    (number = '', side, view = '') => {
      const shown = `${sides[side!] ?? ''}${view}`;
      return `Bild${number}${shown === '' ? '' : ` (${shown})`}`;
    },
  ],
  [/^plain image type$/, () => 'einfacher Bildtyp'],
  [distinguisher, (name, value) => `${distinguishers[name!]} ${value === 'not stated' ? 'nicht angegeben' : value}`],
];

/**
 * What the server says in English of every job and every series with several stacks, in German: "24 axial images of
 * 256 × 256 pixels". What is not among its phrases stays as it is.
 */
export const phraseInGerman = (text: string): string => text.split(', ').map(partInGerman).join(', ');

function partInGerman(part: string): string {
  return translateSentence(part, phrases);
}
