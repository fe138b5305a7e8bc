import { english, type Strings } from './strings/english.js';
import { language } from './strings/language.js';

/**
 * All texts of the panel in the language of the page. Tables other than English are separate files, fetched only if
 * needed.
 */
export const strings: Strings =
  language === 'de'
    ? await import('./strings/german.js').then(
        ({ german }) => german,
        () => english,
      )
    : english;
