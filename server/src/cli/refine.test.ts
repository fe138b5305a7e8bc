import { describe, expect, it } from '@jest/globals';
import { refinementRequestSchema } from '#contract/refinements.js';
import { type RefineOptions, requestOf } from './refine.js';

const server = 'http://127.0.0.1:8460';
const box = ['-80,-40,1052,-20.5,30,1052'];
const corners = [
  [-80, -40, 1052],
  [-20.5, 30, 1052],
];
const job = '0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11';

describe('promptseg refine', () => {
  it.each<[string, RefineOptions, object]>([
    [
      'a new segment',
      { server, box, study: '1.2.3', series: '1.2.3.4', name: 'left kidney', measurementReport: true },
      {
        studyInstanceUID: '1.2.3',
        seriesInstanceUID: '1.2.3.4',
        name: 'left kidney',
        boxes: [{ kind: 'box', corners }],
        output: { measurementReport: true },
      },
    ],
    [
      'a correction',
      { server, box: [...box, ...box], job, segment: '2', oneSlice: true, window: '40, 400', frameOfReference: '1.2' },
      {
        corrects: { job, segmentNumber: 2 },
        boxes: [
          { kind: 'box', corners, frameOfReferenceUID: '1.2' },
          { kind: 'box', corners, frameOfReferenceUID: '1.2' },
        ],
        throughSlices: false,
        window: { level: 40, width: 400 },
      },
    ],
  ])('asks for %s as the server understands it', (_, options, expected) => {
    const request = JSON.parse(JSON.stringify(requestOf(options)));
    expect(request).toEqual(expected);
    expect(refinementRequestSchema.parse(request)).toEqual(expected);
  });

  it.each<[string, Partial<RefineOptions>]>([
    ['--box takes two opposite corners in mm: x1,y1,z1,x2,y2,z2; not 1,2,3.', { job, box: ['1,2,3'] }],
    ['--box takes two opposite corners in mm: x1,y1,z1,x2,y2,z2; not 1,2,3,4,,6.', { job, box: ['1,2,3,4,,6'] }],
    ['--window takes level and width: 40,400; not soft.', { job, window: 'soft' }],
    ['--segment must be a whole number above 0, not first.', { job, segment: 'first' }],
    [
      'Specify a series with --study and --series and the structure with --name, or a result with --job.',
      { study: '1.2.3', name: 'liver' },
    ],
  ])('says what is wrong: %s', (message, options) => {
    expect(() => requestOf({ server, box, ...options })).toThrow(
      expect.objectContaining({ code: 'options-invalid', message }),
    );
  });
});
