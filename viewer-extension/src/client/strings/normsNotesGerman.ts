import { type Sentence, translateSentence } from './translateSentence.js';

/** Why there is no centile (server/src/story/norms/withNorms.ts). */
const reasons: readonly Sentence[] = [
  [/^it is not for images of modality (.+)$/, (modality) => `sie gelten nicht für Bilder der Modalität ${modality}`],
  [/^the edge of the images cuts these structures off$/, () => 'der Bildrand schneidet diese Strukturen ab'],
  [/^the images do not state the patient's age$/, () => 'die Bilder nennen kein Alter'],
  [
    /^the images contradict themselves about the age of the patient$/,
    () => 'die Angaben der Bilder zum Alter widersprechen sich',
  ],
  [/^the images do not state the patient's sex$/, () => 'die Bilder nennen kein Geschlecht'],
  [/^its table has no people of that sex$/, () => 'ihre Tabelle enthält niemanden dieses Geschlechts'],
  [
    /^it needs the intracranial contents, whole and requested in the same text$/,
    () => 'sie brauchen den ganzen Schädelinnenraum, im selben Text angefordert',
  ],
  [/^its table does not reach the age of the patient$/, () => 'ihre Tabelle reicht nicht bis zu diesem Alter'],
];

/** What packages of norms do not say. */
export const normsNotes: readonly Sentence[] = [
  [
    /^No centile by “(.+)” for (.+): (.+)\.$/,
    (title, names, why = '') =>
      `Keine Perzentile nach den Normwerten „${title}“ für ${names}: ${translateSentence(why, reasons)}.`,
  ],
  [/^The norms (.+) cannot be used: (.+)$/, (id, why) => `Die Normwerte ${id} sind nicht verwendbar: ${why}`],
];
