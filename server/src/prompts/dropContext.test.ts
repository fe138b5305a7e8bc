import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from './resolvePrompts.js';
import { read, rows } from './testing/readTable.js';
import { shippedVocabulary } from './testing/shippedVocabulary.js';

const [tissues, head] = [shippedVocabulary('ct-tissues'), shippedVocabulary('head')];

const onTissues = rows(`
  lung in chest CT || lungs on this CT scan of the chest || chest CT: lungs → left-lung right-lung
  lungs in a contrast-enhanced chest CT || lungs in CT with contrast || lungs in non-contrast CT
    || lungs in CT without contrast → left-lung right-lung
  lungs in the portal venous phase || lungs in arterial phase CT || chest CT, lungs || CT chest, lungs
    || chest CT lungs → left-lung right-lung
  lungs in axial thin slice CT of the thorax || lungs from the low-dose CT || in thoracic CT, the lungs
    || lungs in HRCT → left-lung right-lung
  Can you show me where the lungs are? || where are the lungs located || how big are the lungs || lungs in chest
    || lung in the thorax → left-lung right-lung
  please annotate the lungs || I am interested in the lungs || I am looking for the lungs
    || calculate the volume of the lungs → left-lung right-lung
  what is the volume of the lungs in this chest CT? || go ahead and segment the lungs
    || help me find the lungs → left-lung right-lung
  left lung in thorax CT || Segment the left lung in the given CT volume. → left-lung
  left lung in the CT of the chest || CT of the chest: left lung || in chest CT the left lung → left-lung
  bone in abdominal CT || bone in a knee CT || how much bone || bone in liver CT || bone in CT without contrast → bone
  airways in the chest || the airways of the thorax || airways in chest imaging → airways
  first the lungs, second the bones → left-lung right-lung bone
  lungs in CT of chest and abdomen || lungs in chest/abdomen CT || lungs on CT of the abdomen, pelvis
    || CT of chest and abdomen: lungs || CT chest with contrast - lungs → left-lung right-lung
  lungs on non-contrast chest CT || lungs in HR-CT || lungs in inspiration CT || portalvenöses CT Lunge
    || cCT: Lunge → left-lung right-lung
  lung volume in ml || how many ml are the lungs || volume of the lungs (cc) || Wie viel ml hat die Lunge?
    || I'd like to have the lungs segmented → left-lung right-lung
  lungs in CTPA || lungs in the lung window || CT in the bone window: lungs
    || lungs in CT with IV contrast || Thorax CT with iv contrast - lungs → left-lung right-lung
  chest organs || organs of the chest || Organe des Brustraums || Brustorgane → left-lung right-lung airways
  left: lung || links: Lunge → left-lung
  CT of the abdomen. Lungs please || lungs, CT of the chest with contrast || lungs; chest CT → left-lung right-lung
  lungs in the RT planning CT || RT structures: lungs || lungs as RT structure set || lungs for RT
    || lungs on fat-sat T2 HASTE || lungs in opposed phase Dixon || lungs on SPECT/CT → left-lung right-lung
  Lunge in der portalvenösen Phase || Lunge in der portalvenoesen Phase 
    || volume of the lungs in l || how many l are the lungs || Lunge im CT in früher Phase → left-lung right-lung
  left and/or right lung || left, and right lung || lungs right now || lungs right away → left-lung right-lung
  rt lung || lung RT || RT lung in CT → right-lung
  liver in CT of chest and abdomen, lungs → ! left-lung right-lung
  bone, chest → bone !
  lungs in chest CT and bone || lungs and bone in chest CT → left-lung right-lung bone
  bone in the chest || fat in the abdomen || soft tissue of the neck || bone in the pelvis || fat in the lungs
    || bone of the chest → !
  chest || chest CT || CT of the chest || portal venous phase || contrast-enhanced → !
  bone without contrast || lungs without bone || lung in liver || large lung || vertebra T1 || T1 lung || lungs T2
    || chest lungs → !
  lung cancer in chest CT || lung nodule in CT || upper lung in chest CT || kidney in abdominal CT
    || lungs in chest fluid → !
`);

const onHead = rows(`
  hippocampus in head MRI || hippocampus in brain MRI || hippocampus in T1 || hippocampus in the head
    || head MRI: hippocampus → left-hippocampus right-hippocampus
  brain MRI: hippocampus || in the MRI of the brain: hippocampus
    || in the head MRI, hippocampus → left-hippocampus right-hippocampus
  hippocampus in 3T brain MRI || hippocampus in 1.5 T MRI || hippocampus in a 7 tesla MRI of the head
    || hippocampus in T2 TSE || 3 T MRI: hippocampus → left-hippocampus right-hippocampus
  hippocampus in a T1-weighted MRI of the brain || hippocampus in contrast-enhanced T1 MRI
    || hippocampus T1 MRI → left-hippocampus right-hippocampus
  how big is the hippocampus in this MPRAGE || volume of the hippocampus in MRI → left-hippocampus right-hippocampus
  brain in head CT || CT of the brain || brain MRI || brain CT || image of the brain || show me the brain
    || how large is the brain → brain
  ventricles in FLAIR || ventricles in a FLAIR sequence || ventricles in the brain || T2 FLAIR: ventricles
    || ventricles in head CT without contrast → ventricles
  lateral ventricles in T1 MRI of the brain → lateral-ventricles
  left hippocampus in head MRI || left hippocampus in the brain on T1 MRI → left-hippocampus
  skull in head CT || skull in CT || MRI brain, skull → skull
  brain MRI, skull → brain skull
  brain MRI hippocampus || MRI brain, hippocampus || T1 post-contrast brain MRI hippocampus
    || Kopf-CT Hippocampus || hippocampus of each side || hippocampus on either side
    || both sides: hippocampus → left-hippocampus right-hippocampus
  head CT brain → brain
  MRT Schädel, linker Hippocampus || Schädel-MRT Hippocampus links → left-hippocampus
  left: hippocampus, amygdala || links: Hippocampus, Mandelkern → left-hippocampus left-amygdala
  left: hippocampus; right: amygdala → left-hippocampus right-amygdala
  Kopf-MRT, Hippocampus || Hippocampus, Kopf-MRT || Hippocampus (Kopf-MRT) || MRT des Kopfes, Hippocampus
    || kraniales MRT, Hippocampus || cMRT: Hippocampus → left-hippocampus right-hippocampus
  head MRI, hippocampus || brain MRI, hippocampus || hippocampus, brain MRI || hippocampus brain MRI
    || hippocampus - brain MRI → left-hippocampus right-hippocampus
  MRI of the head. Segment the hippocampus. || Hippocampus. MRI of the head
    || T1-weighted brain MRI; hippocampus → left-hippocampus right-hippocampus
  Kopf-CT, Gehirn || Schädel-CT, Gehirn || head CT. Brain → brain
  skull, brain MRI → skull brain
  Kopf-MRT und Hippocampus || head, hippocampus → head left-hippocampus right-hippocampus
  head in MRI || head CT → head
  hippocampus T1 || hippocampus in chest || hippocampus in the abdomen || skin of the chest
    || left hippocampus in the right amygdala → !
`);

describe('context in any order is no target', () => {
  it.each(onTissues)('%s → %s', (text, ids) => expect(read(text, tissues)).toBe(ids));
  it.each(onHead)('%s → %s', (text, ids) => expect(read(text, head)).toBe(ids));
});

it.each([
  ['lung in chest CT', { words: 'chest ct', modalities: ['CT'], regions: ['trunk'] }],
  ['lungs in a T1 weighted MRI of the neck', { words: 't1 weighted mri neck', modalities: ['MR'], regions: ['neck'] }],
  ['lungs in this scan', undefined],
])('what a text says of the image: %s', (text, about) => {
  const [part] = resolvePrompts([text], tissues);
  expect(part).toMatchObject({ status: 'understood' });
  expect(part?.status === 'understood' ? part.about : part).toEqual(about);
});
