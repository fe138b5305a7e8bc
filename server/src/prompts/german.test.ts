import { describe, expect, it } from '@jest/globals';
import { germanNameOf, germanNames } from '#contract/germanNames.js';
import { viewTarget } from '../values/viewTarget.js';
import { read, rows } from './testing/readTable.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const [tissues, head, body] = [shippedVocabulary('ct-tissues'), shippedVocabulary('head'), shippedVocabulary('body')];

const onHead = rows(`
  Hippocampus || beide Hippocampi || Hippocampus beidseits || der Hippocampus im Kopf-MRT
    || Ammonshorn → left-hippocampus right-hippocampus
  linker Hippocampus || Hippocampus links || Hippocampus li. || zeige den linken Hippocampus
    || der Hippocampus auf der linken Seite → left-hippocampus
  Wo ist der rechte Mandelkern? || rechte Amygdala || Mandelkern rechts
    || bitte segmentiere den rechten Mandelkern → right-amygdala
  Gehirn || Wie groß ist das Gehirn? || Volumen des Gehirns || Kannst du mir das Gehirn zeigen? || Gehirn im Schädel-CT
    || das Hirn bitte segmentieren → brain
  Seitenventrikel || die Seitenventrikel im T1 MRT || Schädel-MRT: Seitenventrikel → lateral-ventricles
  Großhirnrinde || Grosshirnrinde || Hirnrinde → left-cerebral-cortex right-cerebral-cortex
  Kleinhirn und Hirnstamm || Kleinhirn sowie Hirnstamm || Kleinhirn, Hirnstamm → cerebellum brain-stem
  linkes Kleinhirn || Kleinhirn linksseitig → left-cerebellum
  dritter Ventrikel || den dritten Ventrikel → third-ventricle
  Schädel || Augen und Schädel im CT ohne Kontrastmittel || weiße Substanz || weisse Substanz → ?
  Leber || linke Leber || ohne Gehirn || kein Kleinhirn || Hirntumor || Gehirn links im Bild || links || Schildkröte → !
  all brain structures || alle Hirnstrukturen || alle Strukturen des Gehirns || everything in the brain
    || alles im Gehirn || show me all structures in the brain → *brain
  everything in the chest || alle Bauchorgane || all abdominal organs → !
  3. Ventrikel || der 3. Ventrikel || den III. Ventrikel || des dritten Ventrikels
    || dritter Ventrikel → third-ventricle
  III. Ventrikel und IV. Ventrikel || dritter und vierter Ventrikel → third-ventricle fourth-ventricle
  Volumen des linken Seitenventrikels || linker Seitenventrikel → left-lateral-ventricle
  innere Liquorräume || innerer Liquorraum || alle Ventrikel || die Hirnkammern → ventricles
  äußere Liquorräume || aeussere Liquorraeume || äusseren Liquorräumen → extraventricular-cerebrospinal-fluid
  der weißen Substanz || weisse Substanz || weißer Substanz → white-matter
  weiße Substanz des Kleinhirns || Kleinhirnmarklager → left-cerebellar-white-matter right-cerebellar-white-matter
  Größe des Kleinhirns || Kleinhirnhemisphären || Kleinhirnhemisphaeren → cerebellum
  rechte Kleinhirnhemisphäre || rechtsseitiges Kleinhirn → right-cerebellum
  linken Hirnhaelfte || Hemisphäre links || linksseitige Hemisphäre → left-cerebral-hemisphere
  Mandelkerns || der beiden Mandelkerne || Mandelkernen || beidseitige Mandelkerne → left-amygdala right-amygdala
  Unterhörner || Unterhoerner || Temporalhörner → left-inferior-lateral-ventricle right-inferior-lateral-ventricle
  Hippocampus re. u. li. || linker und rechter Hippocampus || Hippocampus bds. → left-hippocampus right-hippocampus
  Hippocampus li. und Mandelkern re. → left-hippocampus right-amygdala
  Schaedels || knöcherner Schädel || des knöchernen Schädels || Schädelknochen → skull
  Myelon || Rückenmarks || Rueckenmark → spinal-cord
  Augaepfel || den Augäpfeln || beide Augen → eyes
  Hirnschädel || Schädelbasis || Schädelkalotte || Kopfhaut || Halsmark || Hirnlappen || Kleinhirnwurm || Augenlid
    || Hirnmetastase || Stirnlappen || Balken → !
  hippocampus on both sides || both sides of the hippocampus
    || hippocampus, both sides → left-hippocampus right-hippocampus
`);
const onTissues = rows(`
  Lunge || Lungen || beide Lungen || die Lunge im Thorax-CT || Thorax-CT: Lunge || Bitte segmentiere die Lunge
    || Lungenflügel || Lungenfluegel → left-lung right-lung
  linke Lunge || Lunge links || linker Lungenflügel || die linke Lunge bitte
    || zeig mir die linke Lunge im CT des Thorax → left-lung
  rechte Lunge || Lunge re. || Wie groß ist die rechte Lunge? || Wo liegt die rechte Lunge → right-lung
  Knochen || alle Knochen || Knochen im CT || Knochen im CT ohne Kontrastmittel || Skelett → bone
  Lungenvolumen || Wie groß ist das Lungenvolumen? || Lungensegmentierung || Lunge im Lungenfenster
    || zeichne die Lunge ein → left-lung right-lung
  Wie viel Milliliter fasst die linke Lunge? || linkes Lungenvolumen → left-lung
  Lunge und Knochen || die Lunge sowie alle Knochen → left-lung right-lung bone
  everything in the chest || alles im Brustkorb || all structures of the chest
    || alle Brustorgane → left-lung right-lung airways
  des Knochens || knöchernes Skelett || das knöcherne Skelett || Skeletts → bone
  Größe der Lungen || Lungenflügeln || rechte und linke Lunge || Lunge li. und re. → left-lung right-lung
  Lungenlappen || Oberlappen || linker Oberlappen || Leberlappen || Lungengefäße || Knochenmark || Fettleber → !
  Knochen im Brustkorb || Fett im Bauch || linker Knochen || lever || Leber || Niere || alle Knochen ohne Rippen
    || each lobe || every lump → !
`);

const onBody = rows(`
  der Leber || Wie groß ist die Leber? || Leber im CT-Abdomen mit Kontrastmittel → liver
  Lebervolumen || Lebergröße || Lebermaske || Wie viel misst die Leber → liver
  Milzgröße || Milzgroesse || die Milzvolumetrie || spleen size → spleen
  des Kreuzbeins || Sakrum → sacrum
  der unteren Hohlvene || untere Hohlvene || V. cava inferior → inferior-vena-cava
  linkes Hüftbein || Hueftbein links || Hüftknochen li. → left-hip-bone
  des rechten Femurs || rechter Oberschenkelknochen → right-femur
  großer Gesäßmuskel || des großen Gesäßmuskels || grosser Gesaessmuskel → left-gluteus-maximus right-gluteus-maximus
  Bauchorgane || Organe des Bauchraums → liver spleen left-kidney right-kidney aorta inferior-vena-cava
  Tumorvolumen || Herzgröße || Blutvolumen || Lebertumorvolumen → !
  Leberlappen || rechter Leberlappen || Lebersegment 4 || Wirbelkörper || 3. Lendenwirbel || Hüftkopf || Hüftgelenk
    || Oberschenkel || Oberarm || Gesäßmuskel || kleiner Gesäßmuskel || obere Hohlvene || Hohlvene || Nebenmilz
    || Milzhilus || Steißbein || Schambein || Schienbein || rechte Leber → !
`);

describe('German, in every package by the codes of its targets', () => {
  it.each(onBody)('body: %s → %s', (text, ids) => expect(read(text, body)).toBe(ids));
  it.each(onHead)('head: %s → %s', (text, ids) => {
    const got = read(text, head);
    if (ids === '*brain') {
      expect(got.split(' ').length).toBeGreaterThan(30);
      expect(got).not.toMatch(/skull|eyes|skin|!/);
    } else if (ids === '?') expect(got).not.toContain('!');
    else expect(got).toBe(ids);
  });
  it.each(onTissues)('ct-tissues: %s → %s', (text, ids) => expect(read(text, tissues)).toBe(ids));

  it.each([
    ['head', head],
    ['ct-tissues', tissues],
    ['body', body],
  ])('every target of %s has a German name, which means it and nothing else', (_, vocabulary) => {
    const { targets } = vocabulary;
    for (const { concept, id } of targets) {
      const names = germanNames.get(concept.type.value) ?? [];
      expect([id, names.length > 0]).toEqual([id, true]);
      const same = targets.filter((other) => other.concept.type.value === concept.type.value).map((other) => other.id);
      for (const name of names) {
        const ids = read(name, vocabulary).split(' ');
        expect([name, ids.filter((each) => !same.includes(each))]).toEqual([name, []]);
      }
    }
  });
});

it.each([
  ['head', head],
  ['ct-tissues', tissues],
  ['body', body],
])('the German name that is shown of a target of %s means this target only', (_, vocabulary) => {
  for (const target of vocabulary.targets) {
    const name = germanNameOf(viewTarget(target))!;
    expect([name, read(name, vocabulary)]).toEqual([name, target.id]);
  }
});

it('each lobe is every target of several kinds that has the word', () => {
  const [left] = tissues.targets.filter(({ id }) => id === 'left-lung');
  const lobe = (name: string, code: string) => ({
    ...left!,
    id: name.replaceAll(' ', '-'),
    name,
    synonyms: [],
    concept: { ...left!.concept, type: { ...left!.concept.type, value: code } },
  });
  const lobes = ['left upper lobe of lung', 'left lower lobe of lung'].map((name, n) => lobe(name, `${n}`));
  const vocabulary = { ...tissues, targets: [...tissues.targets, ...lobes, lobe('caudate lobe of liver', '3')] };
  const ofLung = 'left-upper-lobe-of-lung left-lower-lobe-of-lung';
  expect(read('each lobe of the lung', vocabulary)).toBe(ofLung);
  expect(read('all lung lobes', vocabulary)).toBe(ofLung);
  expect(read('each lobe', vocabulary)).toBe(`${ofLung} caudate-lobe-of-liver`);
});
