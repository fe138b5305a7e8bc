import { language } from './strings/language.js';
import { type LaterStrings, laterEnglish } from './strings/laterEnglish.js';

/** The texts of what is fetched later, in the language of the page. */
export const laterStrings: LaterStrings =
  language === 'de'
    ? await import('./strings/laterGerman.js').then(
        ({ laterGerman }) => laterGerman,
        () => laterEnglish,
      )
    : laterEnglish;
