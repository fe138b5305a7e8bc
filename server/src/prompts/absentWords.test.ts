import { describe, expect, it } from '@jest/globals';
import { resolvePrompts } from './resolvePrompts.js';
import { headVocabulary, tissueVocabulary } from './testing/exampleVocabularies.js';

/** Neither vocabulary knows any of these. */
const absent = `
liver spleen kidney pancreas stomach duodenum colon rectum bladder prostate uterus ovary testis thyroid parathyroid
thymus heart aorta
oesophagus larynx pharynx tongue tonsil eye lens retina cochlea pituitary cerebellum pons medulla midbrain hypothalamus
insula fornix
cingulum callosum vermis nucleus gyrus sulcus falx tentorium clavicle scapula humerus radius ulna femur tibia fibula
patella rib sternum
vertebra sacrum coccyx pelvis hip mandible maxilla orbit sinus skin tendon ligament cartilage meniscus disc nerve vein
artery ureter
urethra appendix caecum ileum ilium jejunum gallbladder adrenal breast placenta foetus embryo lobe fissure pleura
diaphragm carina vessel node
tumorous cyst stone stent catheter haematoma abscess aneurysm effusion fracture emphysema pneumonia nodule embolism
lymphoma melanoma
one none long gallstone bonus bond bony boney bode busy fast flat fate fit soda sofa issue airport airmail always medal
mental petal metallic
contract content contest context dens sense tense drain train grain brand braid skill scull skillet system vortex
nasal basil caudal candidate putty computing latter literal venture ventral ventricular amiga thymus colonel hemispheric
hem
cat dog car house table window yellow seven monday music python radiology doctor hospital nothing something anybody
xyzzy qwertyuiop asdf lorem ipsum dolor foo bar baz aaaaaaaa zzzz k9 l5 t12 c3 2d 3d 007 a1b2c3
`
  .trim()
  .split(/\s+/);

describe('words that a vocabulary does not know', () => {
  it('are many enough to say something', () => expect(new Set(absent).size).toBeGreaterThanOrEqual(200));

  it.each([
    ['tissues', tissueVocabulary],
    ['head', headVocabulary],
  ])('are never understood: %s', (_, vocabulary) => {
    const understood = absent.filter((word) =>
      resolvePrompts([word], vocabulary).some(({ status }) => status === 'understood'),
    );
    expect(understood).toEqual([]);
  });

  it.each(['%s', 'left %s', '%s of the lung', 'lung %s', 'please segment the %s'])(
    'spoil the part that they stand in: %s',
    (frame) => {
      const understood = absent.filter((word) =>
        resolvePrompts([frame.replace('%s', word)], tissueVocabulary).some(({ status }) => status === 'understood'),
      );
      expect(understood).toEqual([]);
    },
  );

  it('leave the other parts alone', () => {
    const parts = resolvePrompts(['liver, left lung and spleen'], tissueVocabulary);
    expect(parts.map(({ status, prompt }) => `${prompt}: ${status}`)).toEqual([
      'liver: unknown',
      'left lung: understood',
      'spleen: unknown',
    ]);
  });
});
