import { expect, it } from '@jest/globals';
import { type Rule, ruleSchema } from '#contract/rule.js';
import { requestOf } from './routeSeries.js';

const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };
const rule = (more: object = {}): Rule =>
  ruleSchema.parse({
    ...{ name: 'liver', prompts: ['liver'], destinations: ['source', 'ward'] },
    match: { attribute: 'Modality', equals: 'CT' },
    ...more,
  });

it('a rule that holds its results back says so in the request of its job; others do not', () => {
  expect(requestOf(rule({ holdUntilAccepted: true }), series)).toMatchObject({ holdUntilAccepted: true });
  expect(requestOf(rule(), series)).not.toHaveProperty('holdUntilAccepted');
});
