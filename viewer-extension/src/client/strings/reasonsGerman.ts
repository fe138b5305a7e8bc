import { regionsInGerman } from './cautionsGerman.js';
import { type Sentence, translateSentence } from './translateSentence.js';

/**
 * Why a target was not found, as the model families say it (server/src/segmenter, server/src/story). Figures stay as
 * they are written.
 */
export const sentences: readonly Sentence[] = [
  [/^The image does not show a body\.$/, () => 'Das Bild zeigt keinen Körper.'],
  [
    /^It is not in the field of view(?:: the image shows (.+))?\.$/,
    (shown = '') => `Es ist nicht im Bildbereich${shown === '' ? '' : `: Das Bild zeigt ${regionsInGerman(shown)}`}.`,
  ],
  [/^The image shows no body, only air\.$/, () => 'Das Bild zeigt keinen Körper, nur Luft.'],
  [/^No aerated lung is in the field of view\.$/, () => 'Im Bildbereich ist keine belüftete Lunge.'],
  [
    /^Aerated lung was found on the other side only; no .+ is in the field of view, or it is not aerated\.$/,
    () => 'Belüftete Lunge gibt es nur auf der anderen Seite; diese ist nicht im Bildbereich oder nicht belüftet.',
  ],
  [
    /^No aerated lung is in the field of view, and airways are only recognised if they lead to the lungs\.$/,
    () => 'Im Bildbereich ist keine belüftete Lunge, und Atemwege werden nur erkannt, wenn sie zur Lunge führen.',
  ],
  [
    /^No trachea was found above the lungs: it is outside the field of view, or its lumen could not be separated\.$/,
    () =>
      'Über der Lunge wurde keine Luftröhre gefunden: Sie ist außerhalb des Bildbereichs, oder ihr Lumen war nicht ' +
      'abzugrenzen.',
  ],
  [/^Nothing in the image meets the criteria of .+\.$/, () => 'Nichts im Bild erfüllt die Kriterien dafür.'],
  [
    /^Only (\S+ mL) met the criteria of .+; less than (\S+ mL) counts as not found\.$/,
    (found, least) => `Nur ${found} erfüllen die Kriterien dafür; weniger als ${least} gelten als nicht gefunden.`,
  ],
  [
    /^It is nowhere the most probable structure; its highest probability is (\S+)\.$/,
    (highest) => `Nirgends ist es die wahrscheinlichste Struktur; die höchste Wahrscheinlichkeit ist ${highest}.`,
  ],
  [
    /^No voxel is above the threshold (\S+); the highest probability is (\S+)\.$/,
    (threshold, highest) =>
      `Kein Voxel liegt über der Schwelle ${threshold}; die höchste Wahrscheinlichkeit ist ${highest}.`,
  ],
  [
    /^Its highest probability, (\S+), is below the existence threshold (\S+)\.$/,
    (highest, threshold) =>
      `Die höchste Wahrscheinlichkeit, ${highest}, liegt unter ${threshold}; erst ab da gilt es als vorhanden.`,
  ],
  [
    /^Only (\S+ mL) were marked, less than the (\S+ mL) that count as found\.$/,
    (marked, least) => `Nur ${marked} wurden markiert; erst ${least} gelten als gefunden.`,
  ],
  [
    /^It is only between slices: no image of the series shows it\.$/,
    () => 'Es liegt nur zwischen den Schichten: Kein Bild der Serie zeigt es.',
  ],
  [
    /^Every voxel of the image is 0, which this model takes for the outside of the patient\.$/,
    () => 'Jedes Voxel des Bildes ist 0; das hält dieses Modell für außerhalb des Patienten.',
  ],
  [
    /^No voxel of the image is above 0, which this model takes for the outside of the patient\.$/,
    () => 'Kein Voxel des Bildes liegt über 0; das hält dieses Modell für außerhalb des Patienten.',
  ],
  [
    /^The model was trained to find it in (.+) only\.$/,
    (modalities) => `Das Modell kann es nur in ${inAll(modalities)} finden.`,
  ],
  [
    /^The model looks for it in images of modality (.+) only\.$/,
    (modalities) => `Das Modell sucht es nur in Bildern der Modalität ${inAll(modalities)}.`,
  ],
  [
    /^The model does not outline it in (the image|any slice)\.$/,
    (where) => `Das Modell umreißt es in ${where === 'the image' ? 'dem Bild nicht' : 'keiner Schicht'}.`,
  ],
  [
    /^What the model outlines does not look like it: .+ is (\S+); (\S+) would count as found\.$/,
    (value, least) =>
      `Was das Modell umreißt, sieht nicht danach aus: Der größte p-Wert ist ${value}; ab ${least} gälte es als ` +
      'gefunden.',
  ],
  [
    /^Its probability to be in a slice is at most (\S+); (\S+) would count as found\.$/,
    (highest, least) =>
      `Mit höchstens ${highest} Wahrscheinlichkeit ist es in einer Schicht; ab ${least} gälte es als gefunden.`,
  ],
  [
    /^No pixel of it is more probable than not, or all are .+; its probability to be in a slice is at most (\S+)\.$/,
    (highest) =>
      'Kein Pixel gehört wahrscheinlich dazu, oder alle gehören eher zu einer anderen gesuchten Struktur; mit ' +
      `höchstens ${highest} Wahrscheinlichkeit ist es in einer Schicht.`,
  ],
  [
    /^(\d+ %) of its mask is also in "(.+)", which fits better\. To see it, request it by name\.$/,
    (share, other) =>
      `${share} seiner Maske gehören auch zu „${other}“, was besser passt. Beim Namen genannt, wird es gezeigt.`,
  ],
  [/^The model marks nothing in what was drawn\.$/, () => 'Das Modell markiert nichts in dem, was gezeichnet wurde.'],
];

/** "CT and MR" */
const inAll = (modalities = ''): string => modalities.replaceAll(' and ', ' und ');

/** Why something was not found, in German. */
export const reasonInGerman = (reason: string): string => translateSentence(reason, sentences);
