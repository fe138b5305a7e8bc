import { bodyPartOfWord } from './bodyParts.js';
import { canonicalWord } from './canonicalWord.js';
import { modalityOfWord } from './imagingWords.js';
import { isAnatomical } from './knownAnatomy.js';
import { quotation } from './quotations.js';
import { type Token, tokenize } from './tokenize.js';
import { everythingWords, fillers, links, requestWords, sides } from './wordRoles.js';

const either = (list: string): string => `(?:${list.trim().split(/\s+/).join('|').replaceAll('_', ' ')})`;
/** A part of a pattern that need not be there, with the blank after it. */
const maybe = (pattern: string): string => `(?:${pattern} )?`;

const article = maybe(either('the his her their its our der die das dem den des einer einem seiner ihrer'));
const where = maybe(either('in on at from of bei in auf'));
const modality = either([...modalityOfWord.keys()].join(' '));
const imagedPart = either([...modalityOfWord.keys(), ...bodyPartOfWord.keys(), 't1', 't2', 'cranial'].join(' '));
const study = `(?:${either(`
    study studies scan scans exam exams examination examinations image images imaging series visit visits time
    acquisition acquisitions timepoint timepoints one ones untersuchung untersuchungen aufnahme aufnahmen studie
    studien bild bilder bildern serie befund befunde befunden termin mal
  `)}|${modality})`;
const imagedStudy = `(?:${imagedPart} ){0,3}${study}(?: ${either([...bodyPartOfWord.keys()].join(' '))})?`;
const between = maybe(either('between zwischen'));
const earlier = either(`
    prior previous earlier last preceding former old older past baseline fruhere fruheren fruherer fruherem fruheres
    fruehere frueheren frueherer vorherige vorherigen vorheriger vorherigem vorige vorigen voriger letzte letzten
    letzter letztem letztes vorangegangene vorangegangenen vorangegangener alte alten alter
  `);
const current = either(`
    this current present todays new latest dieser diesem diese aktuellen aktueller aktuelle aktuellem heutigen
    heutiger heutige
  `);
const now = either('now today current currently presently jetzt heute aktuell derzeit nun');
const before = either(`
    before earlier previously prior priors previous baseline past the_past last_time vorher fruher frueher davor
    zuvor damals
  `);
/** German has one word for it. */
const priorStudy = `vor ?(?:${either(`
    untersuchung untersuchungen aufnahme aufnahmen studie studien befund befunde befunden bild bilder bildern serie
    kontrolle scan ct mrt mr
  `)})`;
const and = `(?:${either(`
    and or vs versus plus to und sowie gegenuber gegenueber as_well_as compared_with compared_to
  `)}|,)`;
/** Nothing follows that it could be "before" or "prior" of. */
const end = `(?= [,:.]| ${either('and or plus und oder sowie in on im on_the')}(?: |$)|$)`;

const priorNamed = `${article}(?:${earlier} ${imagedStudy}|${priorStudy})`;
const priorMeant = `${where}(?:${priorNamed}|${article}${before}${end})`;
const comparedWith = either(`
    compared_with compared_to compared_against compared compare_with compare_to compare_against comparing_with
    comparing_to comparison_with comparison_to comparison_against in_comparison_with in_comparison_to vs versus
    against relative_to since than difference_to difference_from different_from im_vergleich_zu im_vergleich_zum
    im_vergleich_zur im_vergleich_mit im_vergleich vergleich_zu vergleich_zum vergleich_zur vergleich_mit vergleich
    verglichen_mit verglichen_zu verglichen_zum verglichen_zur vergleiche_mit im_unterschied_zu im_unterschied_zum
    im_unterschied_zur gegenuber gegenueber gegen seit als vgl vgl_mit vgl_zu vgl_zum vgl_zur
  `);

/** Words of a request to compare: "compare the liver with the prior study". */
const comparing: ReadonlySet<string> = new Set(
  'compare compares comparing comparison vergleiche vergleichen vergleich vergleichst vgl'.split(' '),
);
/** What may stand between them and the earlier study. */
const comparedSeparately = `${either('with to against and mit zu zur zum und')} ${maybe(
  either('that those the_one the_ones den denen der'),
)}${where}${priorNamed}|${either('with to against zu')} ${article}${before}${end}`;

const patterns = (list: readonly string[]): readonly RegExp[] =>
  list.map((pattern) => new RegExp(`(?<![^ ])(?:${pattern})(?![^ ])`, 'g'));

const phrases = patterns([
  // "now and before", "today vs. the prior study", "before and now"
  `${now} ${and} ${maybe(and)}${maybe(either('also auch'))}${priorMeant}`,
  `${article}${before} ${and} ${maybe(either('again wieder'))}${now}${end}`,
  // "in the current and the prior study", "on this CT and the previous one"
  `${where}${between}${article}${current} ${and} ${article}${earlier} ${imagedStudy}`,
  `${where}${between}${article}${earlier} ${and} ${article}${current} ${imagedStudy}`,
  `${where}${between}${article}${current} ${imagedStudy} ${and} ${maybe(either('also auch'))}${where}${priorNamed}`,
  // "compared with the prior study", "im Vergleich zur Voraufnahme", "since the last scan"
  `${maybe('as')}${comparedWith} ${priorMeant}`,
  // "over time", "im Verlauf", not "im Verlauf der Arterie"
  `${either('over through across throughout')} ${maybe('the')}${maybe('course of')}time`,
  `${either('uber_die ueber_die mit_der im_lauf_der im_laufe_der')} zeit`,
  `im ${maybe('zeitlichen')}verlauf(?! ${either('der des von vom einer eines dieser dieses')}(?: |$))`,
  'im (?:zeitverlauf|verlaufsvergleich)',
  // "volume change of the spleen", "Größenänderung der Milz"
  `${either('volume volumetric size interval longitudinal temporal')} (?:changes?|comparisons?)(?: in| of)?`,
  `changes? (?:in|of) ${article}(?:volumes?|size)(?: of)?`,
  '(?:volumen|volums|grossen|groessen)(?:ver)?(?:anderung|aenderung)(?:en)?',
]);
const besideComparing = patterns([comparedSeparately]);

/** "Has the liver changed?": the words at both ends. */
const questions = patterns([
  '(?<=^|\\. )(?<begin>(?:how )?(?:has|have|did)) [^.]*? (?<close>changed?)(?= \\.|$)',
  '(?<=^|\\. )(?<begin>(?:wie )?(?:hat|haben) sich) [^.]*? (?<close>verandert|veraendert|geandert|geaendert)(?= \\.|$)',
]);

/** Words that belong to a comparison that other words ask for: "how has the liver changed since the last scan". */
const belonging: ReadonlySet<string> = new Set(
  `
    change changes changed changing difference differences compare compares comparing compared comparison
    comparisons development veranderung veranderungen veraenderung veraenderungen verandert veraendert anderung
    anderungen aenderung aenderungen geandert geaendert vergleich vergleiche vergleichen vergleichst verglichen
    entwicklung entwickelt unterschied unterschiede
  `
    .trim()
    .split(/\s+/),
);
/** The same directly before those words: "larger than before", but not "greater trochanter". */
const belongingBefore: ReadonlySet<string> = new Set(
  `
    bigger larger smaller greater grown shrunk increased decreased also between grosser groesser kleiner gewachsen
    geschrumpft auch zwischen
  `
    .trim()
    .split(/\s+/),
);

/** They are changed for another one, which is no change over time. */
const devices = new Set('catheter drain tube stent graft implant screw needle pacemaker electrode shunt'.split(' '));

/**
 * Takes the words off a text that ask for a comparison with the earlier study: "ventricles now and before", "Leber im
 * Vergleich zur Voraufnahme". What is in quotation marks is literal. Words that may mean anything else stay, so that
 * they are refused like others that no model knows: "prior fracture", "liver before contrast", "signal change".
 */
export function takeComparison(text: string): { readonly text: string; readonly isAsked: boolean } {
  const tokens = tokenize(text);
  const line = lineOf(text, tokens);
  const taken = new Set<number>();
  const take = (from: number, to: number): void => {
    for (let place = line.tokenAt(from); place < tokens.length && line.startOf(place) < to; place++) taken.add(place);
  };
  for (const phrase of phrases)
    for (const match of line.text.matchAll(phrase)) take(match.index, match.index + match[0].length);
  const compared = line.words.findIndex((word) => comparing.has(word));
  if (compared >= 0)
    for (const phrase of besideComparing)
      for (const match of line.text.matchAll(phrase))
        if (match.index > line.startOf(compared) && !line.text.slice(line.startOf(compared), match.index).includes('.'))
          take(match.index, match.index + match[0].length);
  for (const question of questions)
    for (const match of line.text.matchAll(question)) {
      const { begin = '', close = '' } = match.groups ?? {};
      const endsAt = match.index + match[0].length;
      take(match.index, match.index + begin.length);
      take(endsAt - close.length, endsAt);
    }
  const change = changeOfStructure(line.words);
  if (change !== undefined) taken.add(change);
  if (taken.size === 0) return { text, isAsked: false };
  for (const [place, word] of line.words.entries()) {
    const belongs = belonging.has(word) || (belongingBefore.has(word) && taken.has(place + 1));
    if (taken.has(place) || !belongs) continue;
    taken.add(place);
    if (/^(?:in|to|them|it|sie|es)$/.test(line.words[place + 1] ?? '')) taken.add(place + 1);
  }
  return { text: without(text, tokens, taken), isAsked: true };
}

/** Whether any of the prompts asks for a comparison with the earlier study. */
export const asksForComparison = (prompts: readonly string[]): boolean =>
  prompts.some((prompt) => takeComparison(prompt).isAsked);

/** The prompts without what asks for a comparison: what is segmented on the earlier study. */
export const withoutComparison = (prompts: readonly string[]): readonly string[] =>
  prompts.flatMap((prompt) => {
    const { text, isAsked } = takeComparison(prompt);
    if (!isAsked) return [prompt];
    return text.trim() === '' ? [] : [text.trim()];
  });

/** The tokens of a text, one blank between them; quoted ones are `"`. */
function lineOf(text: string, tokens: readonly Token[]) {
  const quoted = [...text.matchAll(quotation)].map(({ index, 0: { length } }) => ({ from: index, to: index + length }));
  const words = tokens.map((token) => {
    if (quoted.some(({ from, to }) => token.start >= from && token.end <= to)) return '"';
    if (token.kind === 'word') return token.text;
    return token.ends === 'sentence' ? '.' : text[token.start] === ':' ? ':' : ',';
  });
  const starts: number[] = [];
  let length = 0;
  for (const word of words) {
    starts.push(length);
    length += word.length + 1;
  }
  return {
    text: words.join(' '),
    words,
    startOf: (place: number): number => starts[place]!,
    tokenAt: (start: number): number => starts.findIndex((each) => each >= start),
  };
}

const opensRequest = [requestWords, fillers];
const opensStructure = [fillers, new Set(sides.keys())];

/**
 * Place of the "change" of "change of the spleen", which nothing but polite words precedes: "fatty change of the liver"
 * is a finding, and so may be "a change of the liver".
 */
function changeOfStructure(words: readonly string[]): number | undefined {
  const place = words.findIndex(
    (word, at) =>
      (word === 'change' && words[at + 1] === 'of') ||
      (/^(?:anderung|aenderung)$/.test(word) && /^(?:der|des|von|vom|beider)$/.test(words[at + 1] ?? '')),
  );
  if (place < 0 || /^(?:an?|eine?)$/.test(words[place - 1] ?? '')) return undefined;
  const begins = words.findLastIndex((word, at) => at < place && (/^[.,:]$/.test(word) || links.has(word))) + 1;
  if (!words.slice(begins, place).every((word) => opensRequest.some((set) => set.has(word)))) return undefined;
  const of = words.slice(place + 2).find((word) => !opensStructure.some((set) => set.has(word)));
  if (of === undefined) return undefined;
  const canonical = canonicalWord(of);
  const isStructure = isAnatomical(of) || isAnatomical(canonical) || bodyPartOfWord.has(of) || everythingWords.has(of);
  return isStructure && !devices.has(canonical) ? place : undefined;
}

/** The text without some of its tokens; one blank instead of those that follow one another. */
function without(text: string, tokens: readonly Token[], taken: ReadonlySet<number>): string {
  let kept = '';
  let from = 0;
  for (const [place, { start, end }] of tokens.entries()) {
    if (!taken.has(place)) continue;
    if (!taken.has(place - 1)) kept += `${text.slice(from, start)} `;
    from = end;
  }
  return kept + text.slice(from);
}
