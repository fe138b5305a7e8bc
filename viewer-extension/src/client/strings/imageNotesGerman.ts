import { phraseInGerman } from './phrasesGerman.js';
import type { Sentence } from './translateSentence.js';

/** What was noticed about the images of a series (server/src/volume, server/src/pacs). */
export const imageNotes: readonly Sentence[] = [
  [
    /^Used (\d+) of (\d+) images: (.+) left out\.$/,
    (used, all, kinds = '') => `${used} von ${all} Bildern verwendet; ausgelassen: ${kindsInGerman(kinds)}.`,
  ],
  [
    /^Left out, because they hold no image: (\d+) of the instances of the series\.$/,
    (count) => `Ausgelassen, weil sie kein Bild enthalten: ${count} der Instanzen der Serie.`,
  ],
  [
    /^The series holds (\d+) (.+)\. Used (by rule \(.+?\)|as requested): (\S+) \((.+)\)\. The others: (.+)\.$/,
    (count, what = '', why, id, description = '', others = '') =>
      `Die Serie enthält ${count} ${choices[what] ?? what}. Verwendet ` +
      `${why === 'as requested' ? 'wie angefordert' : 'nach Regel'}: ${id} (${phraseInGerman(description)}). ` +
      `Die anderen: ${others.replace(/ and (\d+) more$/, ' und $1 weitere')}.`,
  ],
  [
    /^The images were taken as one stack of (\d+) places; (.+) shown twice\.$/,
    (places, shared) =>
      `Die Bilder gelten als ein Stapel mit ${places} Positionen; ` +
      `${shared === 'one place is' ? 'eine ist' : `${shared?.split(' ')[0]} sind`} doppelt gezeigt.`,
  ],
  [
    /^The images of the stack differ in (.+); they were taken as one volume all the same\.$/,
    (attributes = '') =>
      `Die Bilder des Stapels unterscheiden sich in ${and(attributes)}; sie gelten trotzdem als ein Volumen.`,
  ],
  [
    /^The stack shows only (\d+) of the (\d+) positions at which the series has parallel images; .+\.$/,
    (shown, all) =>
      `Der Stapel zeigt nur ${shown} der ${all} Positionen, an denen die Serie parallele Bilder hat; was nur die ` +
      'anderen zeigen, ist nicht im Ergebnis.',
  ],
  [
    /^(.+? states?.*?) Frame of Reference UID.*; their positions make .+ Results name (a UID made|the UID).+\.$/,
    (which = '', named) =>
      `${framesOfReference[which] ?? which}; ihre Positionen ergeben einen gleichmäßigen Stapel, also gelten sie als ` +
      'ein Raum. Ergebnisse nennen ' +
      `${named === 'a UID made' ? 'eine aus der Serie gebildete UID' : 'die UID der ersten Schicht, die eine hat'}.`,
  ],
  [
    /^The slices are unevenly spaced \((\S+) to (\S+) mm\); .+ interpolated to even steps of (\S+) mm\.$/,
    (least, greatest, step) =>
      `Die Schichtabstände sind ungleich (${least} bis ${greatest} mm); für das Segmentieren wurde auf gleiche ` +
      `Schritte von ${step} mm interpoliert.`,
  ],
  [
    /^(\d+) slices? .+ missing \(after slice (.+)\); for segmenting the .+ bridged by interpolation\.$/,
    (count, where) =>
      `${count === '1' ? 'Eine Schicht fehlt' : `${count} Schichten fehlen`} (nach Schicht ${where}); für das ` +
      'Segmentieren wurde dort interpoliert.',
  ],
  [
    /^The series is a single slice; its thickness is taken as (\S+ mm)(, for the image does not say it)?\.$/,
    (thickness, unsaid) =>
      `Die Serie ist eine einzelne Schicht; als Dicke gilt ${thickness}` +
      `${unsaid === '' ? '' : ', denn das Bild nennt keine'}.`,
  ],
  [
    /^The slices are stacked at an angle of (\S+)° to their normal, .+\.$/,
    (angle) =>
      `Die Schichten sind um ${angle}° zu ihrer Normalen geneigt gestapelt, wie bei gekippter CT-Gantry; die Bilder ` +
      'wurden verwendet, wie sie sind.',
  ],
  [
    /^The slices are (\S+ mm) thick and are (\S+ mm) apart: .+ volumes are estimates\.$/,
    (thickness, step) =>
      `Die Schichten sind ${thickness} dick und haben einen Abstand von ${step}: Das meiste dazwischen wurde nicht ` +
      'abgebildet, Volumen sind also Schätzungen.',
  ],
  [
    /^The slices are (\S+ mm) apart but state a spacing of (\S+ mm): .+ volumes are estimates\.$/,
    (step, stated) =>
      `Die Schichten haben einen Abstand von ${step}, nennen aber ${stated}: Bilder dazwischen fehlen vielleicht, ` +
      'Volumen sind also Schätzungen.',
  ],
  [
    /^Image Orientation \(Patient\) is rounded: .+\.$/,
    () => 'Image Orientation (Patient) ist gerundet: Zeilen und Spalten wurden rechtwinklig und auf Länge 1 gebracht.',
  ],
  [
    /^Slope and intercept differ from slice to slice; every slice was rescaled with its own\.$/,
    () => 'Slope und Intercept sind von Schicht zu Schicht verschieden; jede wurde mit den eigenen umgerechnet.',
  ],
  [
    /^Weight, dose or times differ among the images, which changes SUVbw by up to (\d+) % .+\.$/,
    (percent) =>
      `Gewicht, Dosis oder Zeiten sind von Bild zu Bild verschieden und ändern SUVbw um bis zu ${percent} %: Die ` +
      'Werte können kaum stimmen.',
  ],
  [
    /^The images state (\d+) slices, but there are (\d+): some may be missing\.$/,
    (stated, found) => `Die Bilder nennen ${stated} Schichten, vorhanden sind ${found}: Vielleicht fehlen einige.`,
  ],
  [
    /^(\d+) padding pixels, which are no measurement, were set to (.+)\.$/,
    (count, value) => `${count} Füllpixel, die keine Messwerte sind, wurden auf ${value} gesetzt.`,
  ],
  [
    /^(\d+) padding pixels, which are no measurement, were taken as black\.$/,
    (count) => `${count} Füllpixel, die keine Messwerte sind, gelten als schwarz.`,
  ],
  [
    /^The values \((\S+) to (\S+)\) can hardly be Hounsfield units: .+ look at the result\.$/,
    (lowest, highest) =>
      `Die Werte (${lowest} bis ${highest}) können kaum Hounsfield-Einheiten sein. Auf ein CT-Modell ist hier kein ` +
      'Verlass; sehen Sie sich das Ergebnis an.',
  ],
  [
    /^(Rescale|Modality LUT) Type is (.+), not HU; the values were taken as Hounsfield units all the same\.$/,
    (of, type) => `${of} Type ist ${type}, nicht HU; die Werte gelten trotzdem als Hounsfield-Einheiten.`,
  ],
  [
    /^Rescale Slope or Intercept is missing; 1 and 0 were taken\.$/,
    () => 'Rescale Slope oder Intercept fehlt; 1 und 0 wurden angenommen.',
  ],
  [
    /^Values were read through the Modality LUT of the images\.$/,
    () => 'Die Werte wurden über die Modality LUT der Bilder gelesen.',
  ],
  [
    /^The files of the images have bytes behind their last element, which were not read\.$/,
    () => 'Die Dateien der Bilder haben Bytes hinter dem letzten Element; sie wurden nicht gelesen.',
  ],
  [
    /^The images? (?:was|were) compressed with loss before (it was|they were) stored\.$/,
    (which) =>
      which === 'it was'
        ? 'Das Bild wurde vor dem Speichern verlustbehaftet komprimiert.'
        : 'Die Bilder wurden vor dem Speichern verlustbehaftet komprimiert.',
  ],
  [
    /^The images are meant to be shown with low values white \(MONOCHROME1\); their values were used as they are\.$/,
    () => 'Die Bilder sollen niedrige Werte weiß zeigen (MONOCHROME1); ihre Werte wurden unverändert verwendet.',
  ],
  [
    /^Low values are white in the image \(MONOCHROME1\); it was inverted for the model\.$/,
    () => 'Niedrige Werte sind im Bild weiß (MONOCHROME1); für das Modell wurde es invertiert.',
  ],
  [
    /^Gray values were taken as the image says that they are to be shown: (.+)\.$/,
    (how) => `Grauwerte wurden so verwendet, wie das Bild sie zu zeigen verlangt: ${how}.`,
  ],
  [
    /^The image states no window; its gray values were taken from the least to the greatest\.$/,
    () => 'Das Bild nennt kein Fenster; die Grauwerte wurden vom kleinsten bis zum größten verwendet.',
  ],
  [
    /^The image states its pixel spacing at the detector, .+: sizes are given in pixels only\.$/,
    () =>
      'Das Bild nennt den Pixelabstand am Detektor, wo der Schatten größer ist als der Patient: Größen stehen nur in ' +
      'Pixeln da.',
  ],
  [
    /^The regions of the image have different scales: sizes are given in pixels only\.$/,
    () => 'Die Bereiche des Bildes haben verschiedene Maßstäbe: Größen stehen nur in Pixeln da.',
  ],
  [
    /^Of (.+), (\d+ × \d+) pixels from column (\d+) and row (\d+) on were read, from (\d+) tiles\.$/,
    (level, size, column, row, tiles) =>
      `Von ${level} wurden ${size} Pixel ab Spalte ${column} und Zeile ${row} gelesen, aus ${tiles} Kacheln.`,
  ],
  [
    /^Parts of the region have no tile: taken as bare glass\.$/,
    () => 'Teile des Bereichs haben keine Kachel: Sie gelten als leeres Glas.',
  ],
  [
    /^Left out: (\d+) images of the slide's label or of the whole glass\.$/,
    (count) => `Ausgelassen: ${count} Bilder des Etiketts oder des ganzen Objektträgers.`,
  ],
  [
    /^The archive does not deliver series as a whole; all (\d+) images were retrieved one by one\.$/,
    (count) => `Das Archiv liefert Serien nicht als Ganzes; alle ${count} Bilder wurden einzeln abgerufen.`,
  ],
  [
    /^The archive left (\d+) images? out of the series at first; retrieved one by one, all arrived\.$/,
    (count) => `Das Archiv gab zunächst ${imagesInGerman(count)} der Serie nicht heraus, einzeln dann doch alle.`,
  ],
  [
    /^The archive neither counts nor lists the images of a series: whether the (\d+) that it delivered .+\.$/,
    (got) =>
      `Das Archiv zählt die Bilder einer Serie nicht und listet sie nicht auf: Ob die ${got} gelieferten alle sind, ` +
      'lässt sich nicht prüfen.',
  ],
  [
    /^The archive counts (\d+) images in the series, but (?:lists (\d+) and )?delivers (\d+); these were used\.$/,
    (counted, listed, got) =>
      `Das Archiv zählt ${counted} Bilder in der Serie, ${listed === '' ? '' : `listet ${listed} auf und `}liefert ` +
      `aber ${got}; diese wurden verwendet.`,
  ],
  [
    /^The archive delivered (\d+) images? of the series more than once; used once\.$/,
    (count) => `Das Archiv lieferte ${imagesInGerman(count)} der Serie mehrfach; jedes wurde einmal verwendet.`,
  ],
  [
    /^The archive delivered (\d+) images? of another series as well; left out\.$/,
    (count) => `Das Archiv lieferte auch ${imagesInGerman(count)} einer anderen Serie; sie wurden ausgelassen.`,
  ],
];

const imagesInGerman = (count = ''): string => (count === '1' ? '1 Bild' : `${count} Bilder`);
const and = (list: string): string => list.replaceAll(' and ', ' und ');

const choices: Readonly<Record<string, string>> = {
  'stacks of slices': 'Schichtstapel',
  'single images': 'Einzelbilder',
  levels: 'Ebenen',
};

const framesOfReference: Readonly<Record<string, string>> = {
  'No image states a': 'Kein Bild nennt eine Frame of Reference UID',
  'Some images state no': 'Einige Bilder nennen keine Frame of Reference UID',
  'Every image states a':
    'Jedes Bild nennt eine eigene Frame of Reference UID, wie manche Programme zum Anonymisieren sie schreiben',
};

/** Kinds of images that are left out (server/src/volume/imagesLeftOut.ts), in the plural; of one, without its "s". */
const leftOut: Readonly<Record<string, string>> = {
  'secondary captures': 'Bildschirmfotos (Secondary Capture)',
  'images of other kinds': 'Bilder anderer Art',
  localizers: 'Localizer',
  mosaics: 'Mosaike',
  'colour images': 'Farbbilder',
  'derived images without a place': 'abgeleitete Bilder ohne Position',
  'images for processing': 'Rohbilder (FOR PROCESSING)',
  'loops of several frames': 'Bildfolgen',
  'images of an unknown colour model': 'Bilder mit unbekanntem Farbmodell',
  'images of a place that another one shows': 'Bilder einer Position, die ein anderes zeigt',
  'single images beside the stacks': 'einzelne Bilder neben den Stapeln',
};

const kindsInGerman = (kinds: string): string =>
  kinds
    .split(', ')
    .map((kind) => {
      const [, count, what = ''] = /^(\d+) (.+)$/.exec(kind) ?? [];
      const plural = Object.keys(leftOut).find((each) => each === what || singularOf(each) === what);
      if (count === undefined) return kind;
      if (plural !== undefined) return `${count} × ${leftOut[plural]}`;
      return `${count} × ${what.replace(/^images? in no stack/, 'Bilder in keinem Stapel')}`;
    })
    .join(', ');

const singularOf = (plural: string): string =>
  plural.replace(/^(\w+ )?(images|localizers|mosaics|captures|loops)\b/, (words) => words.slice(0, -1));
