import { pageEnglish, pageGerman } from '../client/pageStrings.js';
import { english } from '../client/strings/english.js';
import { german } from '../client/strings/german.js';
import { laterEnglish } from '../client/strings/laterEnglish.js';
import { laterGerman } from '../client/strings/laterGerman.js';
import { english as cornerstoneEnglish } from '../pages/cornerstone/english.js';
import { german as cornerstoneGerman } from '../pages/cornerstone/german.js';
import { english as homeEnglish } from '../pages/home/english.js';
import { german as homeGerman } from '../pages/home/german.js';
import { english as jobsEnglish } from '../pages/jobs/english.js';
import { german as jobsGerman } from '../pages/jobs/german.js';
import { english as modelsEnglish } from '../pages/models/english.js';
import { german as modelsGerman } from '../pages/models/german.js';
import { english as rulesEnglish } from '../pages/rules/english.js';
import { german as rulesGerman } from '../pages/rules/german.js';

/** Every table of texts, in both languages. */
export const textTables = {
  panel: { english, german },
  'what the panel fetches later': { english: laterEnglish, german: laterGerman },
  'all pages': { english: pageEnglish, german: pageGerman },
  '/promptseg': { english: homeEnglish, german: homeGerman },
  '/models': { english: modelsEnglish, german: modelsGerman },
  '/cornerstone': { english: cornerstoneEnglish, german: cornerstoneGerman },
  '/jobs': { english: jobsEnglish, german: jobsGerman },
  '/rules': { english: rulesEnglish, german: rulesGerman },
} as const satisfies Readonly<Record<string, { readonly english: object; readonly german: object }>>;

/** Every text of a table by its path; of a text with placeholders, its output for distinct marks from 71,717 on. */
export function textsOf(node: unknown, path = ''): [path: string, text: string][] {
  if (typeof node === 'string') return [[path, node]];
  if (typeof node === 'function') {
    const marks = Array.from({ length: node.length }, (_, index) => 71_717 + index);
    return textsOf(node(...(manyMembers[path] ?? marks)), path);
  }
  return Object.entries(node as object).flatMap(([key, value]) => textsOf(value, `${path}.${key}`));
}

/** Arguments of texts that take more than single values. */
const manyMembers: Readonly<Record<string, readonly unknown[]>> = {
  '.job.ranOn': ['71717', '71718'],
  '.form.partlyUnderstood': [['71717'], ['71718']],
  '.words.join': [['71717', '71718'], 'all'],
  '.backfill.counts': [
    { studies: 71_711, series: 71_712, routed: 71_713, routedBefore: 71_714, refused: 71_715, unreadable: 71_716 },
  ],
};
