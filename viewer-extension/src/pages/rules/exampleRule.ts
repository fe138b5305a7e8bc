import type { RuleDraft } from './ruleText.js';

/** What an empty page offers to begin with. */
export const exampleRule: RuleDraft = {
  name: 'head-mr-3d',
  description: 'Hippocampi and ventricles of every head MR in 3-D',
  match: {
    all: [
      { attribute: 'Modality', equals: 'MR' },
      { derived: 'bodyPart', equals: 'head' },
      { derived: 'is3D', equals: true },
      { derived: 'sliceSpacing', atMost: 1.5 },
    ],
  },
  prompts: ['hippocampus', 'ventricles'],
};

export const blankRule: RuleDraft = { name: '', match: { all: [{ attribute: 'Modality', equals: '' }] }, prompts: [] };
