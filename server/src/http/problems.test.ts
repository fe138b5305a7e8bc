import { describe, expect, it } from '@jest/globals';
import { draftRequestSchema } from '#contract/drafts.js';
import { refinementRequestSchema } from '#contract/refinements.js';
import { PromptsegError } from '../platform/errors.js';
import { parseInput } from './problems.js';

const corrects = { job: '0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11', segmentNumber: 1 };
const click = { kind: 'click', place: [1, 2, 3], part: true };
const box = { kind: 'box', corners: [click.place, click.place] };

function refusalOf(schema: Parameters<typeof parseInput>[0], input: unknown) {
  try {
    parseInput(schema, input);
  } catch (error) {
    if (error instanceof PromptsegError) return { message: error.message, ...error.details };
  }
  throw new Error('it is not refused');
}

describe('a request that may have several forms', () => {
  it.each<[string, object, string[]]>([
    ['a place of two numbers', { corrects, clicks: [click, { ...click, place: [1, 2] }] }, ['clicks.1.place']],
    ['a number as text', { corrects, clicks: [{ ...click, place: [1, 2, '3'] }] }, ['clicks.0.place.2']],
    ['an unknown kind', { corrects, clicks: [{ ...click, kind: 'clic' }] }, ['clicks.0.kind']],
    ['no name', { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', clicks: [click] }, ['name']],
    [
      'no sign',
      { studyInstanceUID: '1.2', seriesInstanceUID: '1.3', name: 'liver', clicks: [{ ...click, part: 1 }] },
      ['clicks.0.part'],
    ],
    [
      'a wrong corner',
      {
        corrects,
        boxes: [
          {
            ...box,
            corners: [
              [1, 2, 3],
              [4, 5],
            ],
          },
        ],
      },
      ['boxes.0.corners.1'],
    ],
    ['a wrong policy', { corrects, clicks: [click], neighbours: { policy: 'none' } }, ['neighbours.policy']],
    ['no job', { clicks: [click] }, ['corrects']],
  ])('names the field that is wrong: %s', (_, input, fields) => {
    const { message, fields: named } = refusalOf(refinementRequestSchema, input) as never as {
      readonly message: string;
      readonly fields: readonly { readonly field: string }[];
    };
    expect(named.map(({ field }) => field)).toEqual(fields);
    expect(message).toContain(`The request is not valid: ${fields[0]}: `);
  });

  it('names what does not belong there', () => {
    expect(refusalOf(refinementRequestSchema, { corrects, clicks: [click], output: {} })).toMatchObject({
      message: 'The request is not valid: body: Unrecognized key: "output".',
    });
    expect(refusalOf(draftRequestSchema, {})).toMatchObject({ fields: [{ field: 'corrects' }] });
  });
});
