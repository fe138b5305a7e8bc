/** A preset: prompts under a common name, requested together. */
export interface NamedPrompts {
  readonly id: string;
  /** By language; English is the fallback. */
  readonly names: { readonly en: string; readonly de?: string };
  readonly prompts: readonly string[];
  /** The same in German. */
  readonly germanPrompts?: readonly string[];
}

/**
 * The shipped presets in display order. Each is offered only if a model understands all of it. A site adds its own in a
 * file (`presetsFile.ts`).
 */
export const shippedPresets: readonly NamedPrompts[] = [
  {
    id: 'brain',
    names: { en: 'All brain structures', de: 'Alle Hirnstrukturen' },
    prompts: ['all brain structures'],
    germanPrompts: ['alle Hirnstrukturen'],
  },
  {
    id: 'ventricles',
    names: { en: 'Ventricles', de: 'Ventrikel' },
    prompts: ['left and right lateral ventricle', 'third ventricle', 'fourth ventricle'],
    germanPrompts: ['Seitenventrikel', 'dritter Ventrikel', 'vierter Ventrikel'],
  },
  {
    id: 'medial-temporal',
    names: { en: 'Hippocampi and amygdalae', de: 'Hippocampi und Mandelkerne' },
    prompts: ['left and right hippocampus', 'left and right amygdala'],
    germanPrompts: ['Hippocampus beidseits', 'Mandelkern beidseits'],
  },
  {
    id: 'deep-grey',
    names: { en: 'Deep grey nuclei', de: 'Tiefe graue Kerne' },
    prompts: [
      'left and right thalamus',
      'left and right caudate nucleus',
      'left and right putamen',
      'left and right globus pallidus',
      'left and right nucleus accumbens',
    ],
    germanPrompts: [
      'Thalamus beidseits',
      'Nucleus caudatus beidseits',
      'Putamen beidseits',
      'Pallidum beidseits',
      'Nucleus accumbens beidseits',
    ],
  },
  {
    id: 'brain-tissues',
    names: { en: 'Grey matter, white matter, CSF', de: 'Graue und weiße Substanz, Liquor' },
    prompts: ['grey matter', 'white matter', 'cerebrospinal fluid'],
    germanPrompts: ['graue Substanz', 'weiße Substanz', 'Liquor'],
  },
  {
    id: 'lungs-and-lobes',
    names: { en: 'Both lungs and lobes', de: 'Beide Lungen mit Lappen' },
    prompts: [
      'left and right lung',
      'left lung upper lobe',
      'left lung lower lobe',
      'right lung upper lobe',
      'right lung middle lobe',
      'right lung lower lobe',
    ],
    germanPrompts: [
      'beide Lungen',
      'linker Lungenoberlappen',
      'linker Lungenunterlappen',
      'rechter Lungenoberlappen',
      'rechter Lungenmittellappen',
      'rechter Lungenunterlappen',
    ],
  },
  {
    id: 'lungs-and-airways',
    names: { en: 'Both lungs and airways', de: 'Beide Lungen und Atemwege' },
    prompts: ['left and right lung', 'airways'],
    germanPrompts: ['beide Lungen', 'Atemwege'],
  },
  {
    id: 'body-composition',
    names: { en: 'Body composition', de: 'Körperzusammensetzung' },
    prompts: ['fat', 'soft tissue', 'bone'],
    germanPrompts: ['Fett', 'Weichteile', 'Knochen'],
  },
  {
    id: 'abdominal-organs',
    names: { en: 'Abdominal organs', de: 'Bauchorgane' },
    prompts: ['liver', 'spleen', 'pancreas', 'gallbladder', 'stomach', 'left and right kidney'],
    germanPrompts: ['Leber', 'Milz', 'Bauchspeicheldrüse', 'Gallenblase', 'Magen', 'beide Nieren'],
  },
  {
    id: 'liver-and-spleen',
    names: { en: 'Liver and spleen', de: 'Leber und Milz' },
    prompts: ['liver', 'spleen'],
    germanPrompts: ['Leber', 'Milz'],
  },
  {
    id: 'great-vessels',
    names: { en: 'Aorta and vena cava', de: 'Aorta und Hohlvene' },
    prompts: ['aorta', 'inferior vena cava'],
    germanPrompts: ['Aorta', 'untere Hohlvene'],
  },
  {
    id: 'pelvic-bones',
    names: { en: 'Hips, femurs and sacrum', de: 'Hüftbeine, Oberschenkel und Kreuzbein' },
    prompts: ['left and right hip bone', 'left and right femur', 'sacrum'],
    germanPrompts: ['beide Hüftbeine', 'beide Femora', 'Kreuzbein'],
  },
];
