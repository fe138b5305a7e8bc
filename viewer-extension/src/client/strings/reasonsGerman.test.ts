import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { reasonInGerman, sentences } from './reasonsGerman.js';

const server = path.resolve(import.meta.dirname, '../../../..', 'server', 'src');
/** The server's code where it says why something was not found, long texts in one piece. */
const sources = ['segmenter', 'story']
  .flatMap((folder) => readdirSync(path.join(server, folder), { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => /(?<!\.test)\.ts$/.test(file))
  .map((file) => readFileSync(path.join(server, file), 'utf8').replaceAll(/['`] \+\s+['`]/g, ''))
  .join('\n');

it.each([
  ['The image does not show a body.', 'Das Bild zeigt keinen Körper.'],
  [
    'It is not in the field of view: the image shows chest, abdomen and pelvis.',
    'Es ist nicht im Bildbereich: Das Bild zeigt Brustkorb, Bauch und Becken.',
  ],
  ['It is not in the field of view.', 'Es ist nicht im Bildbereich.'],
  ['The image shows no body, only air.', 'Das Bild zeigt keinen Körper, nur Luft.'],
  ['No aerated lung is in the field of view.', 'Im Bildbereich ist keine belüftete Lunge.'],
  [
    'Aerated lung was found on the other side only; no Left lung is in the field of view, or it is not aerated.',
    'Belüftete Lunge gibt es nur auf der anderen Seite; diese ist nicht im Bildbereich oder nicht belüftet.',
  ],
  [
    'Only 0.12 mL met the criteria of Airways; less than 2 mL counts as not found.',
    'Nur 0.12 mL erfüllen die Kriterien dafür; weniger als 2 mL gelten als nicht gefunden.',
  ],
  [
    'It is nowhere the most probable structure; its highest probability is 0.31.',
    'Nirgends ist es die wahrscheinlichste Struktur; die höchste Wahrscheinlichkeit ist 0.31.',
  ],
  [
    'No voxel is above the threshold 0.5; the highest probability is 0.42.',
    'Kein Voxel liegt über der Schwelle 0.5; die höchste Wahrscheinlichkeit ist 0.42.',
  ],
  ['The model was trained to find it in CT and PT only.', 'Das Modell kann es nur in CT und PT finden.'],
  ['The model does not outline it in any slice.', 'Das Modell umreißt es in keiner Schicht.'],
  [
    '83 % of its mask is also in "liver", which fits better. To see it, request it by name.',
    '83 % seiner Maske gehören auch zu „liver“, was besser passt. Beim Namen genannt, wird es gezeigt.',
  ],
  ['A sentence of another version.', 'A sentence of another version.'],
])('%j is %j', (english, german) => expect(reasonInGerman(english)).toBe(german));

it.each(sentences.map(([english]) => [english.source]))('%s is still what the server says', (english) => {
  const literal = english
    .replaceAll(/^\^|\$$/g, '')
    .split(/\(.*?\)|\.\+|at most /)
    .map((part) => part.replaceAll('\\.', '.'));
  expect(literal.filter((part) => part.length > 3 && !sources.includes(part))).toEqual([]);
});
