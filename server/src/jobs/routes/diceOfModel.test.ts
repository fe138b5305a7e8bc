import { expect, it } from '@jest/globals';
import { headVocabulary } from '../../prompts/testing/exampleVocabularies.js';
import type { ModelPackage } from '../../segmenter/packages/modelPackage.js';
import { diceOfModel } from './diceOfModel.js';

const figure = (dataset: string, target: string, value: number, metric = 'Dice') => ({
  dataset,
  target,
  metric,
  value,
  source: 'measured here',
});

it('measured Dice is listed by dataset, the summary apart, the best first, with what can be asked for', () => {
  const evaluation = [
    figure('one scan', 'mean of 2 structures', 0.8),
    figure('one scan', 'left amygdala', 0.7),
    figure('one scan', 'thalamus', 0.9),
    figure('one scan', 'pancreas', 0.1),
    figure('another', 'putamen', 0.6),
    figure('another', 'putamen', 3, 'distance in mm'),
  ];
  const named = (name: string) => expect.objectContaining({ name });
  const model = { manifest: { evaluation }, vocabulary: headVocabulary } as unknown as ModelPackage;
  expect(diceOfModel(model)).toEqual([
    {
      dataset: 'one scan',
      summary: { of: 'mean of 2 structures', value: 0.8 },
      structures: [
        { name: 'thalamus', value: 0.9, offered: true, targets: [named('left thalamus'), named('right thalamus')] },
        { name: 'left amygdala', value: 0.7, offered: true, targets: [named('left amygdala')] },
        { name: 'pancreas', value: 0.1, offered: false, targets: [] },
      ],
    },
    {
      dataset: 'another',
      structures: [
        { name: 'putamen', value: 0.6, offered: true, targets: [named('left putamen'), named('right putamen')] },
      ],
    },
  ]);
});
