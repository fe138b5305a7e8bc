import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { noteInGerman, notes } from './notesGerman.js';

const server = path.resolve(import.meta.dirname, '../../../..', 'server', 'src');
/** The server's code where notes come from, long texts in one piece. */
const sources = ['jobs', 'pacs', 'results', 'segmenter', 'story', 'values', 'volume']
  .flatMap((folder) => readdirSync(path.join(server, folder), { recursive: true }).map((file) => `${folder}/${file}`))
  .filter((file) => /(?<!\.test)\.ts$/.test(file))
  .map((file) => readFileSync(path.join(server, file), 'utf8').replaceAll(/['`] \+\s+['`]/g, ''))
  .join('\n');

/** Whether the server says it, as one text or as two that it joins. */
const isSaid = (text: string): boolean =>
  sources.includes(text) ||
  [...text].some((_, at) => at > 3 && at < text.length - 3 && [text.slice(0, at), text.slice(at)].every(isWritten));
const isWritten = (text: string): boolean => sources.includes(text);

/** One of each kind, as tests of the server have them. */
const examples: readonly (readonly [english: string, german: string])[] = [
  [
    'Used 174 of 181 images: 4 localizers, 1 secondary capture, 2 images in no stack (slices-uneven) left out.',
    '174 von 181 Bildern verwendet; ausgelassen: 4 × Localizer, 1 × Bildschirmfotos (Secondary Capture), ' +
      '2 × Bilder in keinem Stapel (slices-uneven).',
  ],
  [
    'The image decided which model runs: by its Body Part Examined the series shows CHEST, but the image shows head ' +
      'and neck.',
    'Das Bild hat das Modell bestimmt: Laut Body Part Examined zeigt die Serie CHEST, das Bild zeigt aber Kopf und ' +
      'Hals.',
  ],
  [
    'Left out, because they hold no image: 2 of the instances of the series.',
    'Ausgelassen, weil sie kein Bild enthalten: 2 der Instanzen der Serie.',
  ],
  [
    'The series holds 2 stacks of slices. Used by rule (most images, then the first of its kind): echo-time-4.6 ' +
      '(echo time 4.6 ms, 24 axial images of 256 × 256 pixels). The others: echo-time-9.2.',
    'Die Serie enthält 2 Schichtstapel. Verwendet nach Regel: echo-time-4.6 (Echozeit 4.6 ms, 24 axiale Bilder mit ' +
      '256 × 256 Pixeln). Die anderen: echo-time-9.2.',
  ],
  [
    'The images were taken as one stack of 40 places; one place is shown twice.',
    'Die Bilder gelten als ein Stapel mit 40 Positionen; eine ist doppelt gezeigt.',
  ],
  [
    'The images of the stack differ in KVP and Flip Angle; they were taken as one volume all the same.',
    'Die Bilder des Stapels unterscheiden sich in KVP und Flip Angle; sie gelten trotzdem als ein Volumen.',
  ],
  [
    'The stack shows only 20 of the 40 positions at which the series has parallel images; what only the other images ' +
      'show is not in the result.',
    'Der Stapel zeigt nur 20 der 40 Positionen, an denen die Serie parallele Bilder hat; was nur die anderen zeigen, ' +
      'ist nicht im Ergebnis.',
  ],
  [
    'Every image states a Frame of Reference UID of its own, as some anonymising programs write them; their ' +
      'positions make one even stack, so they were taken as one space. Results name the UID of the first slice that ' +
      'has one.',
    'Jedes Bild nennt eine eigene Frame of Reference UID, wie manche Programme zum Anonymisieren sie schreiben; ihre ' +
      'Positionen ergeben einen gleichmäßigen Stapel, also gelten sie als ein Raum. Ergebnisse nennen die UID der ' +
      'ersten Schicht, die eine hat.',
  ],
  [
    'No image states a Frame of Reference UID; their positions make one even stack, so they were taken as one space. ' +
      'Results name a UID made from that of the series.',
    'Kein Bild nennt eine Frame of Reference UID; ihre Positionen ergeben einen gleichmäßigen Stapel, also gelten ' +
      'sie als ein Raum. Ergebnisse nennen eine aus der Serie gebildete UID.',
  ],
  [
    'The slices are unevenly spaced (2 to 3.5 mm); for segmenting they were interpolated to even steps of 2 mm.',
    'Die Schichtabstände sind ungleich (2 bis 3.5 mm); für das Segmentieren wurde auf gleiche Schritte von 2 mm ' +
      'interpoliert.',
  ],
  [
    '2 slices are missing (after slice 4, 9); for segmenting the gaps were bridged by interpolation.',
    '2 Schichten fehlen (nach Schicht 4, 9); für das Segmentieren wurde dort interpoliert.',
  ],
  [
    '1 slice is missing (after slice 4); for segmenting the gap was bridged by interpolation.',
    'Eine Schicht fehlt (nach Schicht 4); für das Segmentieren wurde dort interpoliert.',
  ],
  [
    'The archive counts 12 images in the series, but lists 9 and delivers 9; these were used.',
    'Das Archiv zählt 12 Bilder in der Serie, listet 9 auf und liefert aber 9; diese wurden verwendet.',
  ],
  [
    "PET activity was converted to SUVbw with the patient's weight and the injected dose, decayed from the injection " +
      'to the start of the series.',
    'Die PET-Aktivität wurde mit Gewicht des Patienten und injizierter Dosis in SUVbw umgerechnet, mit dem Zerfall ' +
      'von der Injektion bis zu: Beginn der Serie.',
  ],
  [
    'PET activity was not converted to SUVbw, for the half-life is not known.',
    'Die PET-Aktivität wurde nicht in SUVbw umgerechnet: Die Halbwertszeit ist nicht bekannt.',
  ],
  [
    'The images state 47 slices, but there are 2: some may be missing.',
    'Die Bilder nennen 47 Schichten, vorhanden sind 2: Vielleicht fehlen einige.',
  ],
  [
    'Weight, dose or times differ among the images, which changes SUVbw by up to 100 % from image to image: the ' +
      'values can hardly be right.',
    'Gewicht, Dosis oder Zeiten sind von Bild zu Bild verschieden und ändern SUVbw um bis zu 100 %: Die Werte können ' +
      'kaum stimmen.',
  ],
  [
    'The slices are 6 mm apart but state a spacing of 3 mm: images between them may be missing, so volumes are ' +
      'estimates.',
    'Die Schichten haben einen Abstand von 6 mm, nennen aber 3 mm: Bilder dazwischen fehlen vielleicht, Volumen sind ' +
      'also Schätzungen.',
  ],
  [
    'PET activity was not converted to SUVbw, for the half-life is not believable.',
    'Die PET-Aktivität wurde nicht in SUVbw umgerechnet: Die Halbwertszeit ist nicht glaubhaft.',
  ],
  [
    'PET activity was not converted to SUVbw, for the injected dose is too small for the weight.',
    'Die PET-Aktivität wurde nicht in SUVbw umgerechnet: Die injizierte Dosis ist für das Gewicht zu klein.',
  ],
  [
    'The model ran on the CPU. CUDA: its libraries are not installed; WebGPU: there is no adapter.',
    'Das Modell lief auf the CPU. (CUDA: its libraries are not installed; WebGPU: there is no adapter.)',
  ],
  [
    'The model ran on 4 prompts at a time, because memory ran out with 8.',
    'Das Modell lief mit 4 Texten auf einmal, denn mit 8 reichte der Speicher nicht.',
  ],
  [
    '3 clicks of a person corrected segment 2 of the result: 2 on what is part of it, 1 on what is not.',
    '3 Klicks einer Person: Segment 2 des Ergebnisses korrigiert (2 auf das, was dazugehört, 1 auf anderes).',
  ],
  ['One box that a person drew made this segment.', 'Ein Kasten einer Person: neues Segment.'],
  [
    "A box on axial plane 30 of 64 was followed to the planes 21 to 40; the model's own estimate of the fit is 0.93, " +
      'and 0.71 on the least certain plane. It ended before plane 21 because the model marks nothing there and after ' +
      'plane 40 because the mask is suddenly much larger there.',
    'Kasten auf der axialen Ebene 30 von 64, verfolgt auf die Ebenen 21 bis 40; das Modell selbst schätzt die Güte ' +
      'auf 0.93, auf der unsichersten Ebene auf 0.71. Ende: vor Ebene 21, das Modell markiert dort nichts; nach ' +
      'Ebene 40, die Maske ist dort plötzlich viel größer.',
  ],
  [
    "No centile by “Invented figures” for Brain, Thalamus: the images do not state the patient's sex.",
    'Keine Perzentile nach den Normwerten „Invented figures“ für Brain, Thalamus: die Bilder nennen kein Geschlecht.',
  ],
  ['A sentence of another version.', 'A sentence of another version.'],
];

it.each(examples)('%j is %j', (english, german) => expect(noteInGerman(english)).toBe(german));

it.each(notes.map(([english]) => [english.source]))('%s is still what the server says', (english) => {
  const literal = english
    .replaceAll(/^\^|\$$/g, '')
    .replaceAll(/\\([.()])/g, (_, sign) => (sign === '.' ? '\u0001' : sign === '(' ? '\u0002' : '\u0003'))
    .split(/\((?:[^()]|\([^()]*\))*\)\??|\.[+*]\??|\w\?/)
    .map((part) => part.replaceAll('\u0001', '.').replaceAll('\u0002', '(').replaceAll('\u0003', ')'));
  expect(literal.filter((part) => part.trim().length > 4 && !isSaid(part.trim()))).toEqual([]);
});
