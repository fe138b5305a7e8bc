import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from '../../server/src/prompts/resolvePrompts.js';
import { randomNumbers } from '../../server/src/values/randomNumbers.js';
import { vocabularySchema } from '../../server/src/values/vocabulary.js';
import { describeWithHeadModel } from '../support/headModel.js';
import { everydayWords, namesInUse, namesOfOthers, otherStructures } from './headNames.js';
import { namesByOthers } from './headNamesByOthers.js';

const syllables =
  'ba ke ki lo mu ne po ra su ti vo za gra tri plo ster ment ton ick ard osis itis oma al us um is ae ior qu xe fy';

/** Made-up words that sound like Latin, the same in every run. */
function gibberish(count: number): string[] {
  const random = randomNumbers(20_261_122);
  const all = syllables.split(' ');
  const word = () =>
    Array.from({ length: 2 + Math.floor(3 * random()) }, () => all[Math.floor(random() * all.length)]).join('');
  return Array.from({ length: count }, () => (random() < 0.4 ? `${word()} ${word()}` : word()));
}

/**
 * One letter of one long word left out, doubled, replaced or exchanged with the next; undefined if no word is long.
 */
function mistyped(name: string, random: () => number): string | undefined {
  const words = name.split(' ');
  const long = words.flatMap((word, at) => (word.length >= 6 ? [at] : []));
  const at = long[Math.floor(random() * long.length)];
  if (at === undefined) return undefined;
  const word = words[at]!;
  const n = 1 + Math.floor(random() * (word.length - 2));
  const letter = 'abcdefghijklmnopqrstuvwxyz'[Math.floor(random() * 26)]!;
  const variants = [
    word.slice(0, n) + word.slice(n + 1),
    word.slice(0, n) + word[n] + word.slice(n),
    word.slice(0, n) + letter + word.slice(n + 1),
    word.slice(0, n) + word[n + 1] + word[n] + word.slice(n + 2),
  ];
  return words.with(at, variants[Math.floor(random() * variants.length)]!).join(' ');
}

/** Of model.json: the rows of every target. */
interface ModelRows {
  readonly targets: Readonly<Record<string, readonly string[]>>;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

describeWithHeadModel('text for the head model', (model) => {
  const vocabulary = vocabularySchema.parse(JSON.parse(readFileSync(path.join(model, 'vocabulary.json'), 'utf8')));
  const named = [
    ...vocabulary.targets.map(({ name, synonyms, id }) => ({ names: [name, ...synonyms], ids: [id] })),
    ...vocabulary.groups.map(({ name, synonyms, members }) => ({ names: [name, ...synonyms], ids: members })),
  ];

  /** Ids of what a text is understood as, sorted; "?" where a part of it is not. */
  const idsOf = (text: string): string => {
    const parts = resolvePrompts([text], vocabulary);
    const ids = parts.flatMap((part) => (part.status === 'understood' ? part.targets.map(({ id }) => id) : ['?']));
    return [...new Set(ids)].sort().join(' ');
  };
  const judge = (cases: readonly (readonly [text: string, ids: readonly string[]])[]) => {
    const wrong: string[] = [];
    const refused: string[] = [];
    for (const [text, ids] of cases) {
      const understood = idsOf(text);
      if (understood === [...ids].sort().join(' ')) continue;
      (understood.includes('?') ? refused : wrong).push(`${text} → ${understood}`);
    }
    const right = 1 - (wrong.length + refused.length) / cases.length;
    return { count: cases.length, right, wrong, refused };
  };

  it('is refused where it names what the model does not know: at least 99 % of more than 500 texts', () => {
    const sided = otherStructures.flatMap((name, n) => (n % 3 === 0 ? [name, `left ${name}`] : [name]));
    const texts = [...sided, ...everydayWords, ...gibberish(200)];
    const understood = texts.filter((text) => idsOf(text) !== '?');
    console.log(
      `absent: ${texts.length} texts, not understood ${percent(1 - understood.length / texts.length)}`,
      understood,
    );
    expect(new Set(texts).size).toBeGreaterThan(500);
    expect(understood.length / texts.length).toBeLessThanOrEqual(0.01);
  });

  it('is understood rightly for every name of the vocabulary', () => {
    const { count, wrong, refused } = judge(
      named.flatMap(({ names, ids }) => names.map((name) => [name, ids] as const)),
    );
    expect(count).toBeGreaterThan(500);
    expect([...wrong, ...refused]).toEqual([]);
  });

  it('goes to the right target in at least 95 % of names with a typing error', () => {
    const random = randomNumbers(7);
    const cases = Array.from({ length: 700 }).flatMap(() => {
      const { names, ids } = named[Math.floor(random() * named.length)]!;
      const typed = mistyped(names[Math.floor(random() * names.length)]!, random);
      return typed === undefined ? [] : [[typed, ids] as const];
    });
    const { count, right, wrong } = judge(cases);
    console.log(`typing errors: ${count} texts, right ${percent(right)}, wrong ${wrong.length}`, wrong);
    expect(count).toBeGreaterThan(500);
    expect(right).toBeGreaterThanOrEqual(0.95);
    expect(wrong.length / count).toBeLessThanOrEqual(0.01);
  });

  describe.each([
    ['labels of atlases and terminologies', namesOfOthers],
    ['names that people use', namesInUse],
  ])('%s', (title, list) => {
    const known = new Set(named.flatMap(({ names }) => names.map((name) => name.toLowerCase())));
    const { count, right, wrong, refused } = judge(list);
    const heldOut = judge(list.filter(([name]) => !known.has(name.toLowerCase())));

    it('go to the right target, nearly all, and to no wrong one', () => {
      console.log(
        `${title}: ${count} texts, right ${percent(right)}; ${heldOut.count} of them are not in the vocabulary, ` +
          `right ${percent(heldOut.right)}`,
        refused,
      );
      expect(heldOut.count).toBeGreaterThan(30);
      expect(wrong).toEqual([]);
      expect(right).toBeGreaterThanOrEqual(0.94);
    });
  });

  it('is understood rightly in at least 95 % of the lists of an author who knew neither vocabulary nor tests', () => {
    const { targets } = JSON.parse(readFileSync(path.join(model, 'model.json'), 'utf8')) as ModelRows;
    // Both hemispheres of the cerebellum are the cerebellum.
    const rowsOf = (ids: readonly string[]) => [...new Set(ids.flatMap((id) => targets[id]!))].sort().join();
    for (const [n, list] of namesByOthers.entries()) {
      const refused = list.filter(([text]) => idsOf(text).includes('?'));
      const wrong = list.filter(
        ([text, ids]) => !idsOf(text).includes('?') && rowsOf(idsOf(text).split(' ')) !== rowsOf(ids),
      );
      const right = 1 - (refused.length + wrong.length) / list.length;
      console.log(
        `list ${n + 1}: ${list.length} texts, right ${percent(right)}`,
        refused.map(([text]) => text),
        wrong.map(([text]) => `${text} → ${idsOf(text)}`),
      );
      expect(list.length).toBe(150);
      expect(right).toBeGreaterThanOrEqual(0.95);
      expect(wrong.length / list.length).toBeLessThanOrEqual(0.02);
    }
  });
});
