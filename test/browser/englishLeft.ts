import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { germanNames } from '../../server/contract/germanNames.js';
import { germanErrors } from '../../viewer-extension/src/client/strings/errorsGerman.js';
import { textsOf, textTables } from '../../viewer-extension/src/testing/textTables.js';

const wordsIn = (text: string): readonly string[] =>
  [...text.matchAll(/\p{L}[\p{L}-]+/gu)].map(([word]) => word.toLowerCase());
const wordsOf = (texts: Iterable<string>): ReadonlySet<string> => new Set([...texts].flatMap(wordsIn));
const tables = (language: 'english' | 'german'): readonly string[] =>
  Object.values(textTables).flatMap((each) => textsOf(each[language]).map(([, text]) => text));

const models = path.resolve(import.meta.dirname, '../../models');
/** Names that the shipped models have for what they know. */
const namesOfStructures: readonly string[] = readdirSync(models)
  .map((id) => path.join(models, id, 'vocabulary.json'))
  .flatMap((file) => {
    try {
      return (JSON.parse(readFileSync(file, 'utf8')) as { targets: { name: string }[] }).targets;
    } catch {
      return [];
    }
  })
  .map(({ name }) => name);

const german = wordsOf([
  ...tables('german'),
  ...[...germanNames.values()].flat(),
  ...Object.values(germanErrors).flat(),
]);
/** Words that the English texts and the English names of structures have, and nothing in German has. */
const english: ReadonlySet<string> = wordsOf(
  [...tables('english'), ...namesOfStructures].filter((text) => !/^python |^pip |^npx /.test(text)),
);

/** Names that are the same in every language. */
const names = /\b(Head|Body|CT tissues|LiteMedSAM|Regions by clicks|head|body|ct-tissues|lite-medsam|regions)\b/g;

/**
 * English on a German page: texts that are seen, and those that a screen reader says, with a word that only the English
 * tables have. What is marked as English (`lang="en"`) and code are left out.
 *
 * @param within selector of the part that is looked at
 */
export async function englishLeft(page: Page, within = 'body'): Promise<string[]> {
  const texts = await page.evaluate((selector) => {
    const spoken = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'];
    const isGerman = (element: Element): boolean =>
      element.closest('[lang]')?.getAttribute('lang') === 'de' && element.closest('code, pre, kbd, textarea') === null;
    return [...document.querySelectorAll(selector)].flatMap((root) =>
      [root, ...root.querySelectorAll('*')]
        .filter((element) => isGerman(element) && (element.tagName === 'OPTION' || element.checkVisibility()))
        .flatMap((element) => [
          ...[...element.childNodes].flatMap((node) => (node instanceof Text ? [node.data] : [])),
          ...spoken.flatMap((name) => element.getAttribute(name) ?? []),
        ]),
    );
  }, within);
  if (texts.length === 0) throw new Error(`nothing German in ${within}`);
  return [...new Set(texts)].flatMap((text) => {
    const found = wordsIn(text.replaceAll(names, '')).filter((word) => english.has(word) && !german.has(word));
    return found.length === 0 ? [] : [`${text.trim()} [${found.join(', ')}]`];
  });
}
