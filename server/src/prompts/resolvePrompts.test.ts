import { describe, expect, it } from '@jest/globals';
import type { Vocabulary } from '../values/vocabulary.js';
import { resolvePrompts } from './resolvePrompts.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';
import { rows } from './testing/readTable.js';

/** What a text is understood as: targets by name, `!part` for a part that is not understood. */
function read(text: string, vocabulary: Vocabulary): string {
  return resolvePrompts([text], vocabulary)
    .flatMap((part) => (part.status === 'understood' ? part.targets.map(({ name }) => name) : [`!${part.prompt}`]))
    .join(', ');
}

const lungs = 'left lung, right lung';
const everyTissue = `body, bone, ${lungs}, airways, other air in the body, fat, soft tissue, dense contrast or metal`;
const onTissues = rows(`
  body || Body || the whole body || body outline || BODY → body
  bone || bones || Bone || all bones || the bones || skeleton || skeletons || osseous tissue || each bone
    || cortical bone and marrow → bone
  left lung || Left Lung || lEFT lUNG || LEFT LUNG || left-lung || left_lung || lung_left || Lung-Left || leftLung
    || LungLeft → left lung
  lung left || lung, left || lung (left) || lung (L) || L lung || lt lung || lt. lung || left-sided lung
    || left sided lung → left lung
  left lungs || left pulmo || pulmo sinister || sinister lung || lung on the left || lung on the left side
    || left side of the lung → left lung
  lung of the left side || the left lung of the patient || left lung (L) || lung - left → left lung
  right lung || R lung || rt lung || RIGHT-LUNG || lung right || lung, right || lung (R) || dexter lung
    || pulmo dexter → right lung
  right-hand lung || right hand side lung || the lung on the right → right lung
  lungs || lung || both lungs || the lungs || both of the lungs || all of the lungs || bilateral lungs
    || lungs bilaterally → ${lungs}
  lungs (both) || left and right lung || right and left lungs || left & right lung || L+R lung || L/R lung
    || l, r lung → ${lungs}
  left lung and right lung || left lung right lung || left lung, right lung || left or right lung
    || left lung and right → ${lungs}
  lung left and right || lung, left and right || lung: left, right || pulmo || lung parenchyma
    || both the left and the right lung → ${lungs}
  lungs and airways || lungs/airways || lungs + airways || lungs; airways || lungs & airways || lungs, airways.
    || lung plus airway → ${lungs}, airways
  lungs | airways || lungs, and airways || lungs and/or airways || lungs as well as airways || lungs – airways
    || lungs - airways → ${lungs}, airways
  lungs, airways and bone || lungs and the airways and all bones || Lungs. Airways. Bone. || lungs;airways;bone
    || • lungs • airways • bone → ${lungs}, airways, bone
  1. lungs 2. airways 3. bone || 1) lungs 2) airways 3) bone || - lungs, - airways, - bone
    || lungs then airways then bone → ${lungs}, airways, bone
  both bone and fat || bone & fat || show me bone & fat || both the bone and the fat || bone and fat, please
    || Bone + Fat → bone, fat
  fat and soft tissue || fat, soft tissue || fat and the soft tissues || fat/soft-tissue → fat, soft tissue
  soft tissue and fat || soft-tissue, fat || soft_tissue + fat || softtissue and fat
    || Soft Tissues & Fat → soft tissue, fat
  both left lung and bone || left lung and bone || left lung, bone || "left lung" and "bone" || lung left, bone
    || lung, left, bone → left lung, bone
  left lung and right lung and bone || both lungs and bone || lungs together with bone
    || lungs along with the bone → ${lungs}, bone
  airways || airway || Airways || trachea and bronchi || trachea & bronchi || bronchi and trachea
    || bronchial tree → airways
  other air in the body || the other air in the body || bowel gas || air outside the lungs
    || other body air → other air in the body
  fat || fats || body fat || adipose tissue || adipose tissues || fat of the body || fat in the body
    || fat in this body → fat
  contrast || metal || contrast or metal || contrast and metal || contrast/metal || metal or contrast
    || dense contrast or metal → dense contrast or metal
  contrast agent || contrast agents || dense contrast/metal || Dense Contrast Or Metal → dense contrast or metal
  contrast or metal and bone || contrast or metal, bone
    || dense contrast or metal & the bone → dense contrast or metal, bone
  bone and contrast or metal || bone, dense contrast or metal || bone + contrast agent → bone, dense contrast or metal
  muscle and organs || soft tissue → soft tissue
  segment the lungs please || please segment the lungs || Please find the lungs. || could you segment both lungs?
    || show lungs → ${lungs}
  can you show me the lungs in this scan? || I would like to see the lungs, thanks || let's look at the lungs
    || where are the lungs? → ${lungs}
  give me a segmentation of the lungs || lungs segmentation || lung masks || outline of the lungs in the CT image
    || lungs on this CT scan → ${lungs}
  I want to see the lungs, please || Hi! Segment the lungs. Thank you! || segment: lungs || structures: lungs
    || lungs for me please → ${lungs}
  find the lungs of this patient || the patient's lungs || highlight the lung regions || the volume of both lungs
    || CT lungs || entire lungs → ${lungs}
  everything || segment everything || all || all structures || show me everything in this scan
    || everything you can → ${everyTissue}
`);

const refusedOnTissues = rows(`
  left bone || bone on the left || right fat || left airways || both bodies || bilateral bone
    || L fat → one side of what has none
  lung nodule || left lung nodule || lung cancer || nodules in the lung || lung segment || upper left lung
    || lung apex → a part or a disease of a known structure
  upper half of the left lung || part of the left lung || the largest bone || bone marrow || bone density || lung 2
    || fat fraction → a part or a property
  around the lungs || outside the body || next to the bone || between the lungs || above the lungs
    || behind the left lung → a place
  fat in the lungs || bones in the left lung || air in the lungs || bone of the left lung || inside the body
    || in the bone → one structure within another
  no lungs || not the bone || everything except bone || everything but the bone || lungs without airways
    || all but bone → what is not wanted
  everything apart from bone || everything, except bone || don't segment the bone || lungs, not the airways
    || remove bone → what is not wanted
  exclude the lungs || anything other than bone || everthing exept bone || lungs witout airways
    || neither lungs nor bone → what is not wanted
  lungs minus airways || ignore fat || hide the bone || everything besides fat
    || all organs excluding the lungs → what is not wanted
  lungs w/o airways || bone w/out fat || bone excl. fat || bone exkl. fat || bone sans fat || bone exclusive of fat
    || forget the fat, bone → what is not wanted
  everything -bone || everything - bone || all – bone || all organs - bone || leave out the bone
    || alles bis auf Knochen || alles mit Ausnahme der Lunge || Lunge abzüglich Luftwege || lass die Lunge weg
    || Lunge exkl. Luftwege || everything save the bone → what is not wanted
  left lung bone || bone fat || fat lungs airways || lungs right fat || fat right lung bone || left lung lung
    || body bone → side by side without a comma
  left lung right || lung left lung right bone || left || right, left || both || L
    || on the left → sides that fit nothing
  liver || left kidney || spleen || heart || brain || hip || femur || none || long || issue || medal || mental || fetal
    || bony || boned → another word
  other || dense || agent || tissue || other air || tree || outline || soft → only a part of a name
  everything on the left || everything in the lungs || all left || everything red → an everything that is not everything
  please || thank you || hello || ... || ? || 🫁 || 左肺 || الرئة اليسرى || λ || 42 || !!! || () || and || and, and
    || the → nothing at all
`);

const onHead = rows(`
  left hippocampus and ventricles → left hippocampus, left lateral ventricle, right lateral ventricle, 3rd ventricle
  hippocampus || hippocampi || hippocampuses || both hippocampi || Hippocampus (L + R) || left and right hippocampus
    || hippo campus → left hippocampus, right hippocampus
  left hippocampus || Left-Hippocampus || HippocampusL || hippocampus mask left || hippocampus_left || l hippocampus
    || hippocampus, left || hippocampus sinister || L HC → left hippocampus
  left hippocampus, right amygdala || left hippocampus right amygdala || hippocampus left, amygdala right
    || hippocampus left and right amygdala → left hippocampus, right amygdala
  hippocampus, left; amygdala, right || the left hippocampus and also the right amygdala
    || Left-Hippocampus Right-Amygdala → left hippocampus, right amygdala
  left hippocampus and amygdala || left hippocampus and the amygdalae
    || left hippocampus, amygdala → left hippocampus, left amygdala, right amygdala
  left and right hippocampus and amygdala
    || hippocampi and amygdalas → left hippocampus, right hippocampus, left amygdala, right amygdala
  left hippocampus, left amygdala and left putamen → left hippocampus, left amygdala, left putamen
  left and right hippocampus, left thalamus → left hippocampus, right hippocampus, left thalamus
  thalami || thalamus || both thalami || thalamuses → left thalamus, right thalamus
  putamina || putamen || putamens → left putamen, right putamen
  caudates || caudate nuclei || caudate nucleus || both caudate nuclei || nuclei caudate → left caudate, right caudate
  left caudate nucleus || caudate nucleus, left || nucleus caudate left || left nucleus caudate → left caudate
  left ventricles || left lateral ventricle || lateral ventricle (left) || lateral left ventricle
    || ventriculus lateralis sinister || left ventricle → left lateral ventricle
  left lateral left ventricle || left lateral ventricle (L) → left lateral ventricle
  lateral ventricles || both ventricles || left and right ventricle
    || bilateral ventricles → left lateral ventricle, right lateral ventricle
  ventricles || ventricle || the ventricles of the brain || ventricular system
    || ventricles in the brain → left lateral ventricle, right lateral ventricle, 3rd ventricle
  third ventricle || 3rd ventricle || the third ventricle || 3RD VENTRICLE || ventriculus tertius → 3rd ventricle
  brain stem || brainstem || brain-stem || Brain Stems || the brainstem in this MR scan
    || stem of the brain → brain stem
  brain and brain stem || brain, brainstem || Brain & Brain-Stem → brain, brain stem
  basal ganglia || basal ganglion || basal nuclei || basal ganglia of the brain || the basal nucleus → basal ganglia
  cerebral cortex || cerebral cortices || Cerebral-Cortex || cerebral cortexes || cortical grey matter
    || cortical gray matter → cerebral cortex
  Ventricle, Third || Ventricle, 3rd → 3rd ventricle
  third and lateral ventricle
    || third and lateral ventricles → 3rd ventricle, left lateral ventricle, right lateral ventricle
  hippocampus of the left hemisphere || hippocampus in the left cerebral hemisphere || Left hippocampus (body structure)
    || Hippocampus of left hemisphere || binary mask of the left hippocampus → left hippocampus
  striatum || corpus striatum || corpora striatum → left caudate, right caudate, left putamen, right putamen
  left striatum || striatum left || left corpus striatum → left caudate, left putamen
  skull || cranium || crania || calvaria || calvariae → skull
  tumour || tumor || tumours || tumors || TUMOR || edematous lesion || oedematous lesions || œdematous lesion → tumour
  left hemisphere || hemisphere, left || left cerebral hemisphere || the left hemispheres → left hemisphere
  left ventricle and third ventricle → left lateral ventricle, 3rd ventricle
  hippocampi, thalami → left hippocampus, right hippocampus, left thalamus, right thalamus
  hippocämpus || hippocampüs || h\u200bippocampus → left hippocampus, right hippocampus
`);

const refusedOnHead = rows(`
  right hemisphere || hemisphere || both hemispheres || cerebral hemispheres → only the left one is known
  left cerebral cortex || left brain || left third ventricle || right brain stem
    || left skull → one side of what has none
  hippocampus left amygdala || thalamus right putamen → a side between two
  left lateral right ventricle || left hippocampus (R) || left hippocampus right → two sides for one structure
  inside the skull || brain tumour || skull base || tumour in the brain stem || hypothalamus || subthalamic nucleus
    || hip || cortex → something else
  ventricle 3 || ventricle 3. || 4th ventricle || fourth ventricle || 5 ventricles || caudal
    || cerebrum → something else
`);

describe('texts about tissues of a CT', () => {
  it.each(onTissues)('%s → %s', (text, meaning) => expect(read(text, tissueVocabulary)).toBe(meaning));
  it.each(refusedOnTissues)('%s is refused: %s', (text) => expectNothing(text, tissueVocabulary));
});

describe('texts about structures of a head', () => {
  it.each(onHead)('%s → %s', (text, meaning) => expect(read(text, headVocabulary)).toBe(meaning));
  it.each(refusedOnHead)('%s is refused: %s', (text) => expectNothing(text, headVocabulary));
});

function expectNothing(text: string, vocabulary: Vocabulary) {
  const resolutions = resolvePrompts([text], vocabulary);
  expect(resolutions.map(({ status }) => status)).toEqual(resolutions.map(() => 'unknown'));
  for (const resolution of resolutions)
    if (resolution.status === 'unknown') expect(resolution.reason).toMatch(/^\S.*\.$/);
}

describe('a word that is far from all that the model knows', () => {
  const refusalOf = (prompt: string, vocabulary: Vocabulary) => {
    const [resolution] = resolvePrompts([prompt], vocabulary);
    if (resolution?.status !== 'unknown') throw new Error('understood');
    return resolution;
  };

  it('is refused with the number of what there is, to look through', () => {
    expect(refusalOf('umbrella', headVocabulary)).toMatchObject({
      code: 'unknown-words',
      reason: `“umbrella” is not among the ${headVocabulary.targets.length} structures of this model.`,
      nearest: [],
    });
  });

  it.each([
    'liver',
    'left kidney',
    'the heart',
    'hepatic vessel',
    'aneurysms',
    'Leber',
    'kidny',
    'urinary bladder',
    'hip',
    'frontal lobe',
  ])('is anatomy, and never taken for another structure: %s', (prompt) => {
    expect(refusalOf(prompt, headVocabulary)).toMatchObject({ code: 'not-in-model', nearest: [] });
  });

  it('is anatomy that published models segment, in these kinds of images', () => {
    expect(refusalOf('left kidney', headVocabulary).published).toEqual([
      { name: 'BiomedParse', modalities: ['CT', 'MR'] },
      { name: 'BiomedParse v2' },
      { name: 'SAT', modalities: ['CT', 'MR'] },
    ]);
    expect(refusalOf('fingernail', headVocabulary).published).toEqual([]);
    expect(refusalOf('umbrella', headVocabulary).published).toBeUndefined();
  });
});
