import type { Caution, OtherStructure, patientSides } from '../../../../server/contract/caution.js';
import { germanNameOf } from '../../../../server/contract/germanNames.js';

const sides: Readonly<Record<(typeof patientSides)[number], string>> = {
  right: 'rechts',
  left: 'links',
  front: 'vorn',
  back: 'hinten',
  feet: 'unten',
  head: 'oben',
};

/** What the server calls the regions that an image shows. */
const regions: Readonly<Record<string, string>> = {
  head: 'Kopf',
  neck: 'Hals',
  chest: 'Brustkorb',
  abdomen: 'Bauch',
  pelvis: 'Becken',
  thigh: 'Oberschenkel',
};

/** "Kopf und Hals", of a list of names or of "head and neck" */
export function regionsInGerman(names: readonly string[] | string): string {
  const german = (typeof names === 'string' ? names.split(/, | and /) : names).map((name) => regions[name] ?? name);
  return german.length < 2 ? german.join('') : `${german.slice(0, -1).join(', ')} und ${german.at(-1)}`;
}

type Sentences = { readonly [Code in Caution['code']]: (caution: Extract<Caution, { code: Code }>) => string };

const sentences: Sentences = {
  'cut-off': ({ sides: cut }) =>
    `Der Rand der Bilder schneidet es ab (${cut.map((side) => sides[side]).join(', ')}): Die Werte sind die des ` +
    'gezeigten Teils.',
  'few-slices': ({ count }) =>
    `Es ist nur auf ${count === 1 ? 'einer Schicht' : `${count} Schichten`}, das Volumen ist also ungenau.`,
  pieces: ({ count, share }) => `Es besteht aus ${count} Teilen; nur ${percent(share)} hängen zusammen.`,
  holes: ({ count, volumeMl }) =>
    `Es hat ${count === 1 ? 'einen Hohlraum' : `${count} Hohlräume`} von ${millilitres(volumeMl)}.`,
  'wrong-side': ({ distanceMm, other }) =>
    other === undefined
      ? `Es liegt ${Math.round(distanceMm)} mm auf der falschen Seite der Körpermitte.`
      : `Es liegt jenseits von ${nameOf(other)}: Die Seiten sind vielleicht vertauscht.`,
  'volume-impossible': ({ volumeMl, least, most }) =>
    volumeMl > most
      ? `${millilitres(volumeMl)} sind mehr, als ein Mensch hat: höchstens ${millilitres(most)}.`
      : `${millilitres(volumeMl)} sind weniger, als ein Mensch hat: mindestens ${millilitres(least)}. Es ist ` +
        'vielleicht etwas anderes.',
  'volume-outside-adults': ({ volumeMl, least, most, source }) =>
    `${millilitres(volumeMl)} liegen außerhalb des Bereichs von Erwachsenen in ${source}, ${millilitres(least)} bis ` +
    `${millilitres(most)}. Das ist keine Diagnose.`,
  'sides-differ': ({ factor, other }) =>
    `Es unterscheidet sich um den Faktor ${factor.toFixed(0)} von ${nameOf(other)}.`,
  'not-enclosed': ({ other }) => `Es ist nicht umgeben von: ${nameOf(other)}.`,
  'parts-missing': ({ others }) => `Keiner seiner Teile wurde gefunden: ${others.map(nameOf).join(', ')}.`,
  overlap: ({ other, share }) => `Es teilt Voxel mit ${nameOf(other)}: ${percent(share)} des kleineren der beiden.`,
  'larger-than-whole': ({ other }) => `Es ist größer als das Ganze, zu dem es gehört: ${nameOf(other)}.`,
  'outside-whole': ({ other, share }) =>
    `${percent(share)} liegen außerhalb des Ganzen, zu dem es gehört: ${nameOf(other)}.`,
  'no-bone-around': ({ share }) =>
    `Nur ${percent(share)} sind von Knochen umgeben: Das sieht nicht wie das Innere eines Schädels aus.`,
  'body-too-wide': ({ widthMm }) => `Der Körper ist hier ${widthMm} mm breit, breiter als jeder Kopf.`,
  'other-body-part': ({ stated, shown }) =>
    `Laut Body Part Examined zeigt die Serie ${stated}, das Bild zeigt aber ${regionsInGerman(shown)}.`,
  'other-modality': ({ stated, shown }) =>
    `Die Serie hat die Modalität ${stated}, das Bild sieht aber nach ${shown} aus.`,
  turned: ({ head, front }) =>
    `Laut seinen Angaben ist im Bild der Kopf ${sides[head]} und die Vorderseite ${sides[front]}: Es ist gedreht, ` +
    'und die Seiten sind vielleicht vertauscht.',
  'earlier-version': ({ text }) => text,
};

/** Whether a code is one of a caution. */
export const isCautionCode = (code: unknown): code is Caution['code'] =>
  typeof code === 'string' && Object.hasOwn(sentences, code);

/** The sentence of a caution in German. */
export const cautionInGerman = <Code extends Caution['code']>(caution: Extract<Caution, { code: Code }>): string =>
  (sentences[caution.code as Code] as (caution: Extract<Caution, { code: Code }>) => string)(caution);

const nameOf = (other: OtherStructure): string => germanNameOf(other) ?? other.name;
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const millilitres = (volume: number): string =>
  `${volume.toLocaleString('de', { maximumFractionDigits: volume < 10 ? 2 : 0 })} mL`;
