import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from './resolvePrompts.js';
import { read, rows } from './testing/readTable.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const body = shippedVocabulary('body');

const doubtful = `what is left of the kidneys || what's left of the kidney || the kidneys that are left
  || kidney that is left || segment what is left: kidneys || kidneys, right? || the kidneys in CT, right?
  || kidney volume (L) || kidney volume [l] || kidneys in L`;

it.each(doubtful.split('||').map((text) => text.trim()))('a word that may be no side is asked about: %s', (text) => {
  const [part, ...others] = resolvePrompts([text], body);
  expect(others).toEqual([]);
  expect(part).toMatchObject({ status: 'unknown', code: 'side-doubtful' });
  expect(part?.status === 'unknown' && part.nearest.map(({ id }) => id)).toEqual(['left-kidney', 'right-kidney']);
});

const sides = rows(`
  is left kidney visible || where is left kidney || the kidney on the left || left kidney volume in l
    || volume of the left kidney in litres || Wo ist links die Niere → left-kidney
  is it the right kidney? || kidneys, right || kidney right || right kidney, right now → right-kidney
  segment the kidneys right now || kidneys right away || the kidneys please, right now
    || volume of the kidneys in l → left-kidney right-kidney
`);

it.each(sides)('a side is one: %s → %s', (text, ids) => expect(read(text, body)).toBe(ids));

const excluded = `all -liver || all −liver || all − liver || all \\ liver || all ∖ liver || all ¬liver || all ≠ liver
  || all !liver || all ~liver || all organs -liver || kidneys − left kidney || kidneys !left || alle -Leber
  || everything (!liver) || alles ausblenden: Leber || niemals Leber || Milz anstelle der Leber || nein, Leber`;

describe('an exclusion includes nothing', () => {
  it.each(excluded.split('||').map((text) => text.trim()))('in signs and words: %s', (text) => {
    expect(read(text, body)).toBe('!');
    expect(resolvePrompts([text], body)[0]).toMatchObject({ code: 'negation' });
  });

  it.each(['Everything. Except the liver.', 'All organs! Not the liver.', 'Alles. Ausser Leber.'])(
    'in a sentence after that for everything: %s',
    (text) => expect(read(text, body)).toBe('! !'),
  );

  it.each(['all ex. liver', 'all exc. liver', 'Leber o. Milz'])('behind an abbreviation: %s', (text) =>
    expect(read(text, body)).toBe('!'),
  );

  it.each(
    rows(`
    - liver - spleen || − liver ⏎ − spleen || -liver ⏎ -spleen || liver! spleen || liver – spleen || Leber bzw. Milz
      || Liver. Not the aorta. Spleen. → liver spleen
  `),
  )('not in lists: %s → %s', (text, ids) => expect(read(text.replace(' ⏎ ', '\n'), body).replace('! ', '')).toBe(ids));
});
