import type { Sentence } from './translateSentence.js';

/** How the values of PET were understood (server/src/volume/petUnit.ts, standardizedUptake.ts, petTimes.ts). */
export const petNotes: readonly Sentence[] = [
  [
    /^PET activity was converted to SUVbw with the patient's weight and the injected dose, (.+)\.$/,
    (until = '') =>
      'Die PET-Aktivität wurde mit Gewicht des Patienten und injizierter Dosis in SUVbw umgerechnet, ' +
      `${untilInGerman(until)}.`,
  ],
  [
    /^PET activity was not converted to SUVbw, for (.+)\.$/,
    (why = '') => `Die PET-Aktivität wurde nicht in SUVbw umgerechnet: ${lacks[why] ?? why}.`,
  ],
  [
    /^The PET values are not activity concentrations: Units is (.+)\.$/,
    (units) => `Die PET-Werte sind keine Aktivitätskonzentrationen: Units ist ${units}.`,
  ],
  [
    /^The PET values are SUV of no stated type; they were taken as SUV by body weight\.$/,
    () => 'Die PET-Werte sind SUV ohne Angabe der Art; sie gelten als SUV nach Körpergewicht.',
  ],
  [
    /^The PET values are SUV of the type (.+), not by body weight\.$/,
    (type) => `Die PET-Werte sind SUV der Art ${type}, nicht nach Körpergewicht.`,
  ],
  [
    /^PET counts were converted to (SUVbw|activity) with Philips' private scale factor\.$/,
    (unit) =>
      `PET-Zählwerte wurden mit Philips’ privatem Faktor in ${unit === 'activity' ? 'Aktivität' : unit} umgerechnet.`,
  ],
  [
    /^(SUVbw|Activity) was read from the Real World Value Mapping of the images\.$/,
    (unit) => `${unit === 'Activity' ? 'Die Aktivität' : unit} stammt aus dem Real World Value Mapping der Bilder.`,
  ],
  [/^Without a slope the PET values have no unit\.$/, () => 'Ohne Slope haben die PET-Werte keine Einheit.'],
  [
    /^The date of (.+) is not that of the images; its time of day was taken\.$/,
    (name = '') => `Das Datum (${timeInGerman(name)}) ist nicht das der Bilder; verwendet wurde die Uhrzeit.`,
  ],
  [
    /^The date of the injection is not believable; its time of day was taken\.$/,
    () => 'Das Datum der Injektion ist nicht glaubhaft; verwendet wurde die Uhrzeit.',
  ],
  [
    /^The start of the injection is not stated; its end was taken\.$/,
    () => 'Der Beginn der Injektion ist nicht angegeben; verwendet wurde ihr Ende.',
  ],
];

const untilInGerman = (until: string): string =>
  until.startsWith('decayed')
    ? `mit dem Zerfall von der Injektion bis zu: ${timeInGerman(until.replace('decayed from the injection to ', ''))}`
    : 'denn die Werte sind auf die Injektion zerfallskorrigiert';

const times: Readonly<Record<string, string>> = {
  'the time that the images state': 'Zeitpunkt, den die Bilder nennen',
  'the start of the series': 'Beginn der Serie',
  "the start of the scan that the maker's private attribute states":
    'Beginn der Aufnahme laut privatem Attribut des Herstellers',
  'the start of the scan, found from Frame Reference Time': 'Beginn der Aufnahme, berechnet aus Frame Reference Time',
};
const timeInGerman = (name: string): string => times[name] ?? name;

/** What is missing for SUVbw. */
const lacks: Readonly<Record<string, string>> = {
  "the patient's weight is not known": 'Das Gewicht des Patienten ist nicht bekannt',
  "the patient's weight is not believable": 'Das Gewicht des Patienten ist nicht glaubhaft',
  'several injections are stated': 'Es sind mehrere Injektionen angegeben',
  'the injected dose is not known in Bq': 'Die injizierte Dosis ist nicht in Bq bekannt',
  'the images are not said to be corrected for attenuation and decay':
    'Die Bilder nennen keine Korrektur von Schwächung und Zerfall',
  'the injected dose is too small for the weight': 'Die injizierte Dosis ist für das Gewicht zu klein',
  'the half-life is not known': 'Die Halbwertszeit ist nicht bekannt',
  'the half-life is not believable': 'Die Halbwertszeit ist nicht glaubhaft',
  'the time that the decay correction refers to is not known': 'Die Bezugszeit der Zerfallskorrektur ist nicht bekannt',
  'the time of the injection is not known': 'Die Zeit der Injektion ist nicht bekannt',
  'the two times of the injection that are stated contradict each other':
    'Die zwei angegebenen Zeiten der Injektion widersprechen sich',
  'the day of the injection is not known': 'Der Tag der Injektion ist nicht bekannt',
  'the stated time of the injection is after the scan': 'Die angegebene Zeit der Injektion liegt nach der Aufnahme',
};
