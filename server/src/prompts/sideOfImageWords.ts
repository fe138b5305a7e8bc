import { contextNouns, contextPrepositions, fillers } from './wordRoles.js';

const words = (list: string): readonly string[] => list.trim().split(/\s+/);

/**
 * The role of a word in a phrase such as "on the left side of the image", as one letter of a pattern; folded as by
 * `tokenize`. The later list wins. Words in no list are `x`, commas and "and" are `l`, sides are `s`.
 */
export const letterOf: ReadonlyMap<string, string> = new Map(
  [
    // Any word that would otherwise be dropped silently needs a letter here.
    ['f', ...fillers],
    ['w', ...contextNouns, ...words('cts')],
    ['q', ...words('patient patients person patienten patientin me us you')],
    ['p', ...contextPrepositions, ...words('as toward towards near wie')],
    ['o', 'of'],
    [
      'n',
      ...words(`side sided hand handed half part portion area region edge border margin corner third quadrant
        seite seiten halfte haelfte teil drittel rand ecke bereich`),
    ],
    [
      'i',
      ...words(`image images picture pictures pic screen monitor slice slices slide photo photograph film figure
        viewport canvas radiograph thumbnail frame window bild bilds bildes bilder bildern bildschirm bildschirms schirm
        schnittbild schnittbildes schicht schnitt aufnahme ansicht foto anzeige`),
    ],
    [
      'm',
      ...words(`axial coronal sagittal transverse transversal current displayed original shown given top bottom upper
        lower axialen koronaren sagittalen oben unten obere oberen untere unteren aktuellen`),
    ],
    ['v', ...words('viewer viewers observer observers onlooker reader readers betrachter betrachters beobachter')],
    ['d', ...words('see seen shown displayed viewed depicted visible appears gesehen gezeigt dargestellt sichtbar')],
    ['c', ...words('bildseite bildseiten bildhalfte bildhaelfte bildrand bildrandes bildrands bildteil bildecke')],
    ['b', ...words('bildlinks bildrechts')],
    ['e', ...words('i we one ich wir man')],
    ['k', ...words('look looking sehe sehen sieht betrachte betrachtet')],
    ['y', ...words('my mine our')],
    ['z', ...words('leftmost rightmost')],
  ].flatMap(([letter = '', ...list]) => list.map((word) => [word, letter] as const)),
);
