import { language } from '../../client/strings/language.js';
import { english, type Strings } from './english.js';
import { german } from './german.js';

/** Every text that a reader sees on this page only, in the language of the page. */
export const strings: Strings = language === 'de' ? german : english;
