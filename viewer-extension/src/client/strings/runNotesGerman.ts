import type { Caution } from '../../../../server/contract/caution.js';
import { cautionInGerman, regionsInGerman } from './cautionsGerman.js';
import type { Sentence } from './translateSentence.js';

/** What was noticed about the request, the model's run and the result (server/src/story, segmenter, results). */
export const runNotes: readonly Sentence[] = [
  [
    /^(\d+) of (\d+) windows were left out: they are too far from everything that was asked for\.$/,
    (count, all) => `${count} von ${all} Fenstern wurden ausgelassen: Sie sind zu weit von allem Gesuchten entfernt.`,
  ],
  [/^The image does not show a body\.$/, () => 'Das Bild zeigt keinen Körper.'],
  [
    /^The image shows (.+?)(?: \((CT|MR|PT)\))?\.$/,
    (shown = '', modality = '') =>
      `Das Bild zeigt ${regionsInGerman(shown)}${modality === '' ? '' : ` (${modality})`}.`,
  ],
  [
    /^It is not certain which part of the body the image shows(?: \((CT|MR|PT)\))?\.$/,
    (modality = '') =>
      `Es ist nicht sicher, welchen Teil des Körpers das Bild zeigt${modality === '' ? '' : ` (${modality})`}.`,
  ],
  [
    /^By its Body Part Examined the series shows (.+), but the image shows (.+)\.$/,
    (stated, shown = '') =>
      `Laut Body Part Examined zeigt die Serie ${stated}, das Bild zeigt aber ${regionsInGerman(shown)}.`,
  ],
  [
    /^The image decided which model runs: by its (.+) the series shows (.+), but the image shows (.+)\.$/,
    (by, stated, shown = '') => {
      const source = by === 'description and protocol' ? 'Beschreibung und Protokoll' : by;
      const seen = regionsInGerman(shown);
      return `Das Bild hat das Modell bestimmt: Laut ${source} zeigt die Serie ${stated}, das Bild zeigt aber ${seen}.`;
    },
  ],
  [
    /^The series is of modality (.+), but the image looks like (.+)\.$/,
    (stated, shown) => `Die Serie hat die Modalität ${stated}, das Bild sieht aber nach ${shown} aus.`,
  ],
  [
    /^The image is upside down: .+\.$/,
    () => 'Das Bild steht laut seinen Angaben auf dem Kopf. Die Seiten sind vielleicht vertauscht.',
  ],
  [
    /^The image is back to front: .+\.$/,
    () => 'Laut den Angaben des Bildes ist die Rückseite vorn. Die Seiten sind vielleicht vertauscht.',
  ],
  [
    /^The image is turned: by its attributes, the head is at the (.+) and the front at the (.+)\.$/,
    (head = '', front = '') => turnedInGerman(head, front),
  ],
  [/^What the image shows was not determined: (.+)$/, (why) => `Was das Bild zeigt, wurde nicht bestimmt. (${why})`],
  [/^This model runs on the CPU only\.$/, () => 'Dieses Modell läuft nur auf der CPU.'],
  [
    /^The images were kept from an earlier job and not retrieved again\.$/,
    () => 'Die Bilder lagen von einem früheren Auftrag noch vor und wurden nicht erneut abgerufen.',
  ],
  [
    /^The image was segmented for an earlier prompt already; only the masks were made again\.$/,
    () => 'Das Bild war für einen früheren Text schon segmentiert; nur die Masken wurden neu erzeugt.',
  ],
  [
    /^The tissues of the image were known from an earlier job\.$/,
    () => 'Die Gewebe des Bildes waren von einem früheren Auftrag bekannt.',
  ],
  [
    /^The image was looked at for an earlier prompt already; only the prompts were run\.$/,
    () => 'Das Bild war für einen früheren Text schon ausgewertet; nur die Texte wurden neu berechnet.',
  ],
  [
    /^The archive held the result already, from an earlier attempt of this job; it was not stored again\.$/,
    () => 'Das Archiv hatte das Ergebnis schon von einem früheren Versuch; es wurde nicht erneut gespeichert.',
  ],
  [
    /^The model ran on (one|\d+) prompts? at a time, because memory ran out with (\d+)\.$/,
    (prompts, most) => `${textsAtOnce(prompts)}, denn mit ${most} reichte der Speicher nicht.`,
  ],
  [
    /^The model ran on (one|\d+) prompts? at a time, because (.+) of the GPU's memory were free\.$/,
    (prompts, free) => `${textsAtOnce(prompts)}, denn vom Speicher der GPU waren ${free} frei.`,
  ],
  [
    /^The model ran on (.+?)\.(?: (.+)\.)?$/,
    (provider, reasons) => `Das Modell lief auf ${provider}.${reasons === '' ? '' : ` (${reasons}.)`}`,
  ],
  [
    /^The worker on (.+) was stopped\. The job was started again\.$/,
    (host) => `Der Worker auf ${host} wurde gestoppt. Der Auftrag wurde neu gestartet.`,
  ],
  [/^(.+) The job was started again\.$/, (why) => `Der Auftrag wurde neu gestartet. (${why})`],
  [
    /^Free text: "(.+)" is not in the model's vocabulary; .+\.$/,
    (words) => `Freier Text: „${words}“ ist nicht im Vokabular des Modells; markiert ist, was es darunter versteht.`,
  ],
  [
    /^(One|\d+) clicks? of a person (.+): (.+)\.$/,
    (clicks, did, kinds = '') =>
      `${clicks === 'One' ? 'Ein Klick' : `${clicks} Klicks`} einer Person: ${didInGerman(did)} (` +
      `${kinds.replace('on what is part of it', 'auf das, was dazugehört').replace('on what is not', 'auf anderes')}).`,
  ],
  [
    /^(One|\d+) box(?:es)? that a person drew (.+)\.$/,
    (boxes, did) => `${boxes === 'One' ? 'Ein Kasten' : `${boxes} Kästen`} einer Person: ${didInGerman(did)}.`,
  ],
  [
    /^A box on (.+) plane (\d+) of (\d+): (.* in it; )?the model's own estimate of the fit is (\S+)\.$/,
    (plane, number, all, empty, fit) =>
      `${boxOn(plane, number, all)}: ${empty === '' ? '' : 'Das Modell markiert nichts darin; '}` +
      `das Modell selbst schätzt die Güte auf ${fit}.`,
  ],
  [
    /^A box on (.+) plane (\d+) of (\d+) was followed to .+ (\d+) to (\d+); .+ is (\S+), and (\S+) on .+? plane\.(.*)$/,
    (plane, number, all, first, last, fit, least, ended = '') =>
      `${boxOn(plane, number, all)}, verfolgt auf die Ebenen ${first} bis ${last}; das ` +
      `Modell selbst schätzt die Güte auf ${fit}, auf der unsichersten Ebene auf ${least}.` +
      `${ended === '' ? '' : ` Ende: ${ended.slice(10, -1).split(' and ').map(endInGerman).join('; ')}.`}`,
  ],
  [
    /^The region was segmented in (\d+) overlapping tiles of up to (\d+ × \d+) pixels\.$/,
    (tiles, size) => `Der Bereich wurde in ${tiles} überlappenden Kacheln bis ${size} Pixel segmentiert.`,
  ],
  [
    /^The slices were shown to the model in the window (.+) \(level (\S+), width (\S+)\)\.$/,
    (name = '', level, width) =>
      `Die Schichten wurden dem Modell im Fenster ${name.replace('as it was seen', 'der Ansicht')} gezeigt (Mitte ` +
      `${level}, Breite ${width}).`,
  ],
  [
    /^The slices were shown to the model between the percentiles (\S+) and (\S+) of the values above 0\.$/,
    (low, high) =>
      `Die Schichten wurden dem Modell zwischen den Perzentilen ${low} und ${high} der Werte über 0 gezeigt.`,
  ],
  [
    /^CT was shown to the model in the window "(.+)" \(level (\S+) HU, width (\S+) HU\)\.$/,
    (name, level, width) =>
      `Das CT wurde dem Modell im Fenster „${name}“ gezeigt (Mitte ${level} HU, Breite ${width} HU).`,
  ],
  [
    /^The grey values as they are shown were stretched between their percentiles (\S+) and (\S+)\.$/,
    (low, high) => `Die gezeigten Grauwerte wurden zwischen den Perzentilen ${low} und ${high} gespreizt.`,
  ],
  [
    /^The presence of a target is the greatest p-value of its masks: .+\.$/,
    () =>
      'Das Vorhandensein einer Struktur ist der größte p-Wert ihrer Masken: wie gut sie zu den Verteilungen passen, ' +
      'die die Autoren des Modells gemessen haben.',
  ],
  [
    /^Targets without a presence were judged by their masks alone: .+\.$/,
    () =>
      'Strukturen ohne diesen Wert wurden nur nach ihren Masken beurteilt: Das Modell hat keine Verteilungen für sie.',
  ],
  [
    /^"(.+)": (\d+) of the (\d+) slices in which .+ left out, because their p-value is below (\S+)\.$/,
    (name, left, all, least) =>
      `„${name}“: ${left} der ${all} Schichten, in denen es umrissen war, wurden ausgelassen, denn ihr p-Wert liegt ` +
      `unter ${least}.`,
  ],
  [
    /^Frames of (\d+ × \d+) pixels of one bit .+: OHIF draws them correctly only with .+\.$/,
    (size) => `${frames(size)}: OHIF zeigt sie nur mit der Erweiterung von Promptseg richtig.`,
  ],
  [
    /^Frames of (\d+ × \d+) pixels of one bit .+: the segmentation was stored as a label map\.$/,
    (size) => `${frames(size)}: Die Segmentierung wurde als Label Map gespeichert.`,
  ],
  [
    /^Frames of (\d+ × \d+) pixels of one bit .+, and the segments overlap: .+\.$/,
    (size) =>
      `${frames(size)}, und die Segmente überlappen: Die Segmentierung wurde als FRACTIONAL gespeichert, jedes Voxel ` +
      'ganz innen oder ganz außen.',
  ],
];

const textsAtOnce = (prompts = ''): string =>
  `Das Modell lief mit ${prompts === 'one' ? 'einem Text' : `${prompts} Texten`} auf einmal`;

/** What clicks or boxes did. */
const didInGerman = (did = ''): string => {
  const [, segment] = /^corrected segment (\d+) of the result$/.exec(did) ?? [];
  return segment === undefined ? 'neues Segment' : `Segment ${segment} des Ergebnisses korrigiert`;
};

const boxOn = (plane = '', number = '', all = ''): string =>
  `Kasten auf der ${planes[plane] ?? plane} Ebene ${number} von ${all}`;

const frames = (size = ''): string =>
  `Frames mit ${size} Pixeln zu einem Bit beginnen nicht an ganzen Bytes, was Archive und Viewer schlecht vertragen`;

const planes: Readonly<Record<string, string>> = { sagittal: 'sagittalen', coronal: 'koronalen', axial: 'axialen' };

const ends: Readonly<Record<string, string>> = {
  'the model marks nothing there': 'das Modell markiert dort nichts',
  'the model is not sure of its mask there': 'das Modell ist sich dort nicht sicher',
  'the mask is suddenly much smaller there': 'die Maske ist dort plötzlich viel kleiner',
  'the mask is suddenly much larger there': 'die Maske ist dort plötzlich viel größer',
};
const endInGerman = (end: string): string => {
  const [, where, plane, why = ''] = /^(before|after) plane (\d+) because (.+)$/.exec(end) ?? [];
  return where === undefined ? end : `${where === 'before' ? 'vor' : 'nach'} Ebene ${plane}, ${ends[why] ?? why}`;
};

const turnedInGerman = (head: string, front: string): string =>
  cautionInGerman({ code: 'turned', text: '', head, front } as Extract<Caution, { code: 'turned' }>);
