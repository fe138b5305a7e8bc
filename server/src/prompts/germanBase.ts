import { germanNames } from '#contract/germanNames.js';

const fold = (word: string): string =>
  word.toLowerCase().replaceAll('ß', 'ss').normalize('NFD').replaceAll(/\p{M}/gu, '');
/** Written without umlauts: "ae" for "ä". */
const spread = (word: string): string =>
  fold(word.replaceAll(/[äöüÄÖÜ]/g, (letter) => `${letter.normalize('NFD')[0]}e`));

const nounEndings = ['', 's', 'es', 'n', 'en', 'e', 'ens'];
const adjectiveEndings = ['e', 'er', 'es', 'en', 'em'];
const adjectiveEnding = new RegExp(`(?:${adjectiveEndings.join('|')})$`);

/** Each form of the words of all names, with its base; nouns begin with a capital, adjectives do not. */
function* formsOfWords(): Generator<readonly [form: string, base: string]> {
  const words = [
    ...new Set([...germanNames.values()].flatMap((names) => names.flatMap((name) => name.split(/[. ]+/)))),
  ];
  const nouns = words.filter((word) => /^\p{Lu}/u.test(word) && word.length >= 4);
  // Ending by ending, starting with the bare nouns: "Augen", a name, must not become a plural of "Auge".
  for (const ending of nounEndings)
    for (const noun of nouns) for (const spell of [fold, spread]) yield [spell(noun) + ending, fold(noun)];
  for (const word of words) {
    const stem = word.replace(adjectiveEnding, '');
    if (!/^\p{Ll}{3}/u.test(stem) || stem === word) continue;
    for (const ending of adjectiveEndings) for (const spell of [fold, spread]) yield [spell(stem) + ending, fold(stem)];
  }
}

const bases = new Map<string, string>();
for (const [form, base] of formsOfWords()) if (!bases.has(form)) bases.set(form, base);

/**
 * The common form of cases, plurals and spellings of the words in German names: "mandelkerns", "mandelkerne",
 * "schaedels" and "weissen" → "mandelkern", "schadel", "weiss". Undefined for other words.
 * @param word folded as by `tokenize`
 */
export const germanBase = (word: string): string | undefined => bases.get(word);
