import { describe, expect, it } from '@jest/globals';
import { germanNames } from '#contract/germanNames.js';
import { anatomicalTerms } from './anatomicalTerms.js';
import { resolvePrompts } from './resolvePrompts.js';
import { asksForComparison, takeComparison, withoutComparison } from './takeComparison.js';
import { read, rows } from './testing/readTable.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const vocabularies = ['head', 'body', 'ct-tissues'].map(shippedVocabulary);
const [head, body] = [vocabularies[0]!, vocabularies[1]!];

const onHead = rows(`
  ventricles now and before || ventricles before and now || ventricles now vs. before || now and before: ventricles
    || ventricles, now / before || ventricles compared with the prior study || ventricles compared to previous MRI
    || compare the ventricles with the prior study || compare the ventricles to those of the previous brain MRI
    || ventricles vs prior || ventricles versus the last scan || ventricles over time || ventricles since the last MRI
    || Are the ventricles larger than before? || are the ventricles bigger than on the previous CT?
    || how have the ventricles changed? || Have the ventricles changed since the last examination?
    || ventricles in the current and the prior study || ventricles on this scan and the previous one
    || change of the ventricles || show me the change of the ventricles over time || volume change of the ventricles
    || change in volume of the ventricles || change in size of the ventricles || interval change of the ventricles
    || ventricles (now and before) || Compare with the prior study: ventricles || ventricles as compared with baseline
    || Segment the ventricles. Compare them with the prior study. || ventricles now and in the previous study
    || difference in the ventricles between the current and the previous study || VENTRICLES NOW AND BEFORE
    || ventricles compared with before || please show the ventricles in this brain MRI now and before
    || changes of the ventricles since the prior exam || ventricle volume today and previously → ventricles
  Ventrikel jetzt und früher || Ventrikel jetzt und vorher || Ventrikel früher und heute || Ventrikel heute und damals
    || Ventrikel im Vergleich zur Voraufnahme || Ventrikel im Vergleich zum Vor-CT || Ventrikel im Verlauf
    || Ventrikel verglichen mit der letzten Untersuchung || Vergleiche die Ventrikel mit der Voruntersuchung
    || Ventrikel vgl. Voraufnahme || Ventrikel seit der letzten Untersuchung || Größenänderung der Ventrikel
    || Volumenveränderung der Ventrikel im Verlauf || Veränderung der Ventrikel seit der Voraufnahme
    || Sind die Ventrikel größer als früher? || Sind die Ventrikel groesser als auf der Voraufnahme?
    || Wie haben sich die Ventrikel verändert? || Änderung der Ventrikel || Ventrikel über die Zeit
    || Ventrikel im zeitlichen Verlauf || Ventrikel jetzt und in der Voraufnahme || Ventrikel gegenüber dem Vorbefund
    || Ventrikel im Vergleich mit früheren Aufnahmen || Ventrikel im Vergleich zu früher → ventricles
  left hippocampus and ventricles now and before
    || left hippocampus, ventricles compared with the prior MRI → left hippocampus, ventricles
`);
const onBody = rows(`
  liver compared with the prior study ||  liver now and before in this abdominal CT
    || Leber im Vergleich zur Voraufnahme || Leber, Vergleich Voraufnahme || liver vs. prior CT abdomen → liver
  change of the spleen || change of spleen || calculate the change of the spleen || Milz im Verlauf
    || has the spleen grown since the last CT → spleen
  kidneys over time || Nieren im Verlauf || Nieren jetzt und früher || compare kidneys with prior → kidneys
  liver and the change of the spleen → liver, spleen
  left kidney now and before and spleen → left kidney, spleen
  “liver” now and before → liver
`);

/** What asks for no comparison with an earlier study, or may mean something else. */
const others = rows(`
  liver before contrast || liver before and after contrast || ventricles before surgery || now and before contrast
    || liver now and before treatment || liver, now before injection || jetzt und vor Kontrastmittel || liver now
    || prior fracture || previous screw || liver and previous stent || old infarct || earlier lesion || past surgery
    || last rib || letzte Rippe || frühere Fraktur || alte Blutung || former smoker || prior biopsy and liver
    || liver in the prior study || ventricles on the previous MRI || Leber in der Voraufnahme || before || previously
    || change in signal || signal change of the white matter || change of signal || change of position of the liver
    || change in density || fatty change of the liver || degenerative changes of the spine || a change of the liver
    || changes in the liver || Veränderungen der Leber || eine Änderung der Leber || postoperative change of the spleen
    || change of the catheter || change of the drain || tube change || change
    || compare left and right kidney || compare the liver with the spleen || liver compared with spleen
    || liver vs spleen
    || liver against the diaphragm || liver with prior surgery || compare liver with previous screw
    || compare liver and prior fracture || liver compared with prior infarct || liver since birth
    || Vergleiche die linke mit der rechten Niere || Leber im Vergleich zur Milz || im Vergleich
    || comparison of the liver
    || Aorta im Verlauf der Wirbelsäule || Verlauf der Aorta || nerve in its course || follow-up CT: liver
    || baseline CT: liver || time || time of flight angiography || liver over the kidney || Leber über der Niere
    || "liver now and before" || „Leber im Vergleich zur Voraufnahme“ || current liver || current and prior liver
    || liver anterior to the kidney || posterior to the prior one || vorderer Hippocampus || liver then and now → no
`);

describe('a text that asks for a comparison with the earlier study', () => {
  it.each(onHead)('“%s” means %s', (text, meaning) => {
    expect([read(text, head), asksForComparison([text])]).toEqual([read(meaning, head), true]);
  });
  it.each(onBody)('“%s” means %s', (text, meaning) => {
    expect([read(text, body), asksForComparison([text])]).toEqual([read(meaning, body), true]);
  });
  it.each(['now and before', 'compare with the prior study', 'Jetzt und früher', 'over time'])(
    '“%s” alone is refused with a sentence',
    (text) => {
      expect(resolvePrompts([text], head)).toMatchObject([
        { status: 'unknown', code: 'comparison-alone', reason: expect.stringContaining('names no structure') },
      ]);
    },
  );
  it.each([
    'liver compared with the prior study from 2021',
    'fatty changes of the liver over time',
    'signal changes of the liver since the last MRI',
    'liver contrast now and before',
  ])('is refused with what else it says: “%s”', (text) => expect(read(text, body)).toContain('!'));
  it('is segmented on the earlier study without those words', () =>
    expect(withoutComparison(['ventricles now and before', 'now and before', 'left hippocampus'])).toEqual([
      'ventricles',
      'left hippocampus',
    ]));
});

it.each(others)('“%s” asks for none', (text) => expect(takeComparison(text)).toEqual({ text, isAsked: false }));

/** Every name of the shipped vocabularies, of the German list and of the table of terms. */
const names = new Set([
  ...vocabularies.flatMap(({ targets, groups }) =>
    [...targets, ...groups].flatMap((each) => [each.name, ...each.synonyms]),
  ),
  ...[...germanNames.values()].flat(),
  ...anatomicalTerms.split('\n').flatMap((line) =>
    line
      .split('|')
      .slice(1, 3)
      .flatMap((field) => field.split(';')),
  ),
]);

it('takes nothing off any known name', () => {
  expect(names.size).toBeGreaterThan(1000);
  const frames = [(name: string) => name, (name: string) => `please segment the ${name} in this scan, and the liver`];
  const taken = [...names]
    .flatMap((name) => frames.map((frame) => frame(name)))
    .filter((text) => takeComparison(text).isAsked);
  expect(taken).toEqual([]);
});

it('leaves every known name whole beside the words that ask', () => {
  const cut = [...names]
    .map((name) => name.trim())
    .filter((name) => takeComparison(`${name} now and before`).text.trim() !== name);
  expect(cut).toEqual([]);
});

it.each(vocabularies)('every name means the same with the words as without them', (vocabulary) => {
  const own = [...vocabulary.targets, ...vocabulary.groups].flatMap(({ name, synonyms }) => [name, ...synonyms]);
  const differ = own.filter(
    (name) => read(`${name} compared with the prior study`, vocabulary) !== read(name, vocabulary),
  );
  expect(differ).toEqual([]);
});
