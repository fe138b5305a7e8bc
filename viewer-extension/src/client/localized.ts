import { language } from './strings/language.js';

const asItIs = <Value>(value: Value): Value => value;

/**
 * What the server sent, in the language of the page: names of structures, titles and next steps of errors. The table
 * of a language is a file of its own, read only where it is shown.
 */
export const localized: <Value>(value: Value) => Value =
  language === 'de'
    ? await import('./strings/inGerman.js').then(
        ({ inGerman }) => inGerman,
        () => asItIs,
      )
    : asItIs;
