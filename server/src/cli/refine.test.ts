import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { refinementRequestSchema } from '#contract/refinements.js';
import { addRefineCommand, type RefineOptions, requestOf } from './refine.js';

const server = 'http://127.0.0.1:8460';
const box = ['-80,-40,1052,-20.5,30,1052'];
const corners = [
  [-80, -40, 1052],
  [-20.5, 30, 1052],
];
const job = '0b8c2c1e-5d2f-4c55-9f9e-5b1f0d7c9a11';

describe('promptseg refine', () => {
  async function typed(...words: string[]): Promise<RefineOptions> {
    const program = new Command().exitOverride();
    program.configureOutput({ writeErr: () => undefined });
    addRefineCommand(program);
    const [refine] = program.commands;
    let seen: RefineOptions | undefined;
    refine!.action((options: RefineOptions) => {
      seen = options;
    });
    await program.parseAsync(['refine', '--job', job, ...words], { from: 'user' });
    return seen!;
  }

  it('keeps the order of clicks of both kinds, with places below 0', async () => {
    const clicks = ['--exclude', '-1,2,3', '--include', '4,-5,6', '--exclude', '7,8,-9'];
    expect(requestOf(await typed(...clicks))).toMatchObject({
      clicks: [
        { place: [-1, 2, 3], part: false },
        { place: [4, -5, 6], part: true },
        { place: [7, 8, -9], part: false },
      ],
    });
  });

  it('keeps scribbles and lassos in one order with clicks', async () => {
    const outline = '-1,-1,5,3,-1,5,3,3,5';
    const drawn = ['--exclude-outline', outline, '--include-line', '1,2,-3,4,5,-6', '--include', '1,2,3'];
    const request = requestOf(await typed(...drawn, '--exclude-line', '0,0,0,1,1,1', '--include-outline', outline));
    const corners = [
      [-1, -1, 5],
      [3, -1, 5],
      [3, 3, 5],
    ];
    const line = [
      [1, 2, -3],
      [4, 5, -6],
    ];
    const other = [
      [0, 0, 0],
      [1, 1, 1],
    ];
    expect(refinementRequestSchema.parse(request)).toEqual({
      corrects: { job, segmentNumber: 1 },
      clicks: [
        { kind: 'lasso', outline: corners, part: false },
        { kind: 'scribble', line, part: true },
        { kind: 'click', place: [1, 2, 3], part: true },
        { kind: 'scribble', line: other, part: false },
        { kind: 'lasso', outline: corners, part: true },
      ],
    });
    const oneSlice = requestOf(await typed('--include-outline', outline, '--one-slice', '--frame-of-reference', '1.2'));
    expect(oneSlice).toMatchObject({ clicks: [{ throughSlices: false, frameOfReferenceUID: '1.2' }] });
    expect(oneSlice).not.toHaveProperty('throughSlices');
    await expect(typed('--box', box[0]!, '--include-outline', outline)).rejects.toMatchObject({
      code: 'commander.conflictingOption',
    });
  });

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
    [
      'a new segment by clicks',
      {
        server,
        include: [{ numbers: '1,2,3', order: 0 }],
        study: '1.2.3',
        series: '1.2.3.4',
        stack: 'phase-2',
        name: 'left kidney',
        rtStructureSet: true,
      },
      {
        studyInstanceUID: '1.2.3',
        seriesInstanceUID: '1.2.3.4',
        stack: 'phase-2',
        name: 'left kidney',
        clicks: [{ kind: 'click', place: [1, 2, 3], part: true }],
        output: { rtStructureSet: true },
      },
    ],
    [
      'clicks, in their order',
      {
        server,
        job,
        include: [{ numbers: '1,2,3', order: 1 }],
        exclude: [
          { numbers: '-4,5.5,6', order: 0 },
          { numbers: '7,8,9', order: 2 },
        ],
        frameOfReference: '1.2',
        model: 'regions',
      },
      {
        corrects: { job, segmentNumber: 1 },
        clicks: [
          { kind: 'click', place: [-4, 5.5, 6], part: false, frameOfReferenceUID: '1.2' },
          { kind: 'click', place: [1, 2, 3], part: true, frameOfReferenceUID: '1.2' },
          { kind: 'click', place: [7, 8, 9], part: false, frameOfReferenceUID: '1.2' },
        ],
        model: 'regions',
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
    ['--include takes a place in mm: x,y,z; not 1,2.', { job, include: [{ numbers: '1,2', order: 0 }] }],
    [
      '--include-line takes 2 or more points in mm: x1,y1,z1,x2,y2,z2,…; not 1,2,3.',
      { job, includeLine: [{ numbers: '1,2,3', order: 0 }] },
    ],
    [
      '--exclude-outline takes 3 or more points in mm: x1,y1,z1,x2,y2,z2,…; not 1,2,3,4,5,6,7,8.',
      { job, excludeOutline: [{ numbers: '1,2,3,4,5,6,7,8', order: 0 }] },
    ],
    [
      '--include-line takes points in mm: x1,y1,z1,x2,y2,z2,…; not 1,2,3,4,5,six.',
      { job, includeLine: [{ numbers: '1,2,3,4,5,six', order: 0 }] },
    ],
    [
      'Specify boxes with --box, or clicks with --include and --exclude, scribbles with --include-line and ' +
        '--exclude-line, or lassos with --include-outline and --exclude-outline.',
      { job },
    ],
    ['--report is for a new segment, not with --job.', { job, box, report: true }],
    ['--rt-structure-set is for a new segment, not with --job.', { job, box, rtStructureSet: true }],
    ['--stack is for a new segment, not with --job.', { job, box, stack: 'phase-2' }],
    ['--lock needs --job.', { box, study: '1.2', series: '1.3', name: 'liver', lock: ['2'] }],
    ['--segment needs --job.', { box, study: '1.2', series: '1.3', name: 'liver', segment: '2' }],
    ['--window needs --box.', { job, include: [{ numbers: '1,2,3', order: 0 }], window: '40,400' }],
    ['--one-slice needs a box or a lasso.', { job, include: [{ numbers: '1,2,3', order: 0 }], oneSlice: true }],
    ['--window takes level and width: 40,400; not soft.', { job, box, window: 'soft' }],
    ['--segment must be a whole number above 0, not first.', { job, box, segment: 'first' }],
    [
      'Specify a series with --study and --series and the structure with --name, or a result with --job.',
      { box, study: '1.2.3', name: 'liver' },
    ],
    [
      'Specify a series with --study and --series and the structure with --name, or a result with --job.',
      { exclude: [{ numbers: '1,2,3', order: 0 }] },
    ],
  ])('says what is wrong: %s', (message, options) => {
    expect(() => requestOf({ server, ...options })).toThrow(
      expect.objectContaining({ code: 'options-invalid', message }),
    );
  });
});
