import { describe, expect, it } from '@jest/globals';
import type { Vector3 } from '../values/affine.js';
import { chooseStack } from './chooseStack.js';
import type { DistinguishingAttributes } from './distinguishingAttributes.js';
import { type FoundStack, findStacks } from './findStacks.js';
import { noteOnPlacesElsewhere } from './placesElsewhere.js';
import type { SliceImage } from './sliceImage.js';

let images = 0;
/** An axial MR image at a height, with changes. */
const image = (
  height: number,
  distinguishing: Partial<DistinguishingAttributes> = {},
  changes: Partial<SliceImage> = {},
): SliceImage => ({
  name: `Image ${++images}`,
  modality: 'MR',
  unit: 'arbitrary',
  studyInstanceUID: '1.2',
  seriesInstanceUID: '1.2.3',
  sopClassUID: '1.2.840.10008.5.1.4.1.1.4',
  sopInstanceUID: `2.25.${100_000 + images}`,
  frameOfReferenceUID: '1.2.4',
  columns: 256,
  rows: 192,
  columnSpacing: 1,
  rowSpacing: 1,
  position: [0, 0, height],
  alongRow: [1, 0, 0],
  alongColumn: [0, 1, 0],
  rescale: { slope: 1, intercept: 0, storedRange: [0, 4095] },
  notes: [],
  distinguishing: { imageType: ['ORIGINAL', 'PRIMARY', 'M'], ...distinguishing },
  ...changes,
});

const heights = (count: number, step = 3): number[] => Array.from({ length: count }, (_, k) => k * step);
const stackOf = (count: number, distinguishing: Partial<DistinguishingAttributes> = {}): SliceImage[] =>
  heights(count).map((height) => image(height, distinguishing));
/** Repeatable, neither sorted nor reversed. */
const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item, index) => ({ item, key: Math.imul(index + 7, 0x9e3779b1) >>> 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

const idsOf = (series: readonly SliceImage[]): string[] => findStacks(shuffled(series)).stacks.map(({ id }) => id);
const isOf = ({ images: found }: FoundStack, expected: readonly SliceImage[]): boolean =>
  found.length === expected.length && expected.every((each) => found.includes(each));

describe('findStacks', () => {
  it('finds one stack in a plain series, whatever varies from slice to slice', () => {
    const series = heights(20).map((height, k) =>
      image(height, {
        acquisitionNumber: k,
        acquisitionMoment: 1_600_000_000 + k,
        triggerTime: 37 * (k % 3),
        echoTime: 4.6,
        sliceThickness: k < 10 ? 3 : 4,
      }),
    );
    const { stacks, leftOut } = findStacks(shuffled(series));
    expect(stacks.map(({ id, description }) => [id, description])).toEqual([
      ['axial-256x192', '20 axial images of 256 × 192 pixels'],
    ]);
    expect(leftOut).toEqual([]);
    expect(stacks[0]!.order.map((index) => stacks[0]!.images[index])).toEqual(series);
  });

  it.each<[string, Partial<DistinguishingAttributes>[], string[]]>([
    ['echo times, the shortest first', [{ echoTime: 9.2 }, { echoTime: 4.6 }], ['echo-time-4.6', 'echo-time-9.2']],
    ['echo numbers without times', [{ echoNumber: 2 }, { echoNumber: 1 }], ['echo-1', 'echo-2']],
    [
      'inversion times',
      [{ inversionTime: 2500 }, { inversionTime: 700 }],
      ['inversion-time-700', 'inversion-time-2500'],
    ],
    ['flip angles', [{ flipAngle: 15 }, { flipAngle: 2 }], ['flip-angle-2', 'flip-angle-15']],
    ['b-values, the lowest first', [{ diffusionBValue: 1000 }, { diffusionBValue: 0 }], ['b-0', 'b-1000']],
    ['an absent b-value last', [{}, { diffusionBValue: 1000 }], ['b-1000', 'b-none']],
    [
      'gradient directions',
      [{ diffusionGradient: '1,0,0' }, { diffusionGradient: '0,1,0' }],
      ['gradient-1', 'gradient-2'],
    ],
    ['time points', [{ temporalPosition: 2 }, { temporalPosition: 1 }], ['time-1', 'time-2']],
    ['phases of the cycle', [{ cyclePercentage: 30 }, { cyclePercentage: 0 }], ['cycle-0', 'cycle-30']],
    ['acquisitions of a contrast series', [{ acquisitionNumber: 4 }, { acquisitionNumber: 3 }], ['phase-1', 'phase-2']],
    [
      'times alone',
      [{ acquisitionMoment: 1_600_000_300 }, { acquisitionMoment: 1_600_000_060 }],
      ['phase-1', 'phase-2'],
    ],
    ['kernels', [{ convolutionKernel: 'B60f' }, { convolutionKernel: 'B30f' }], ['kernel-b30f', 'kernel-b60f']],
    ['stacks', [{ stackID: '2' }, { stackID: '1' }], ['stack-1', 'stack-2']],
    [
      'magnitude before phase',
      [{ imageType: ['ORIGINAL', 'PRIMARY', 'P', 'ND'] }, { imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'] }],
      ['m', 'p'],
    ],
    [
      'Dixon images, in phase before water before fat',
      [
        { imageType: ['DERIVED', 'PRIMARY', 'DIXON', 'FAT'] },
        { imageType: ['DERIVED', 'PRIMARY', 'DIXON', 'WATER'] },
        { imageType: ['DERIVED', 'PRIMARY', 'DIXON', 'IN_PHASE'] },
      ],
      ['in-phase', 'water', 'fat'],
    ],
    [
      'original before derived images',
      [{ imageType: ['DERIVED', 'SECONDARY', 'ADC'] }, { imageType: ['ORIGINAL', 'PRIMARY', 'DIFFUSION'] }],
      ['original-primary-diffusion', 'derived-secondary-adc'],
    ],
  ])('splits %s', (_, kinds, ids) => {
    const parts = kinds.map((kind) => stackOf(6, kind));
    const { stacks } = findStacks(shuffled(parts.flat()));
    expect(stacks.map(({ id }) => id)).toEqual(ids);
    for (const part of parts) expect(stacks.filter((stack) => isOf(stack, part))).toHaveLength(1);
  });

  it('splits by several attributes, one after the other', () => {
    const series = [
      ...stackOf(5, { diffusionBValue: 0 }),
      ...['1,0,0', '0,1,0', '0,0,1'].flatMap((diffusionGradient) =>
        stackOf(5, { diffusionBValue: 1000, diffusionGradient }),
      ),
    ];
    expect(idsOf(series)).toEqual(['b-0', 'b-1000-gradient-1', 'b-1000-gradient-2', 'b-1000-gradient-3']);
  });

  it('sees images of one place whose orientations differ in the last digits, far from the origin', () => {
    const series = heights(5).flatMap((height) => [
      image(height, { echoTime: 4.6 }, { position: [0, 400, height] }),
      image(height, { echoTime: 9.2 }, { position: [0, 400, height], alongColumn: [0, 1, 0.0001] }),
    ]);
    expect(idsOf(series)).toEqual(['echo-time-4.6', 'echo-time-9.2']);
  });

  it('ranks moments that drift along the stack place by place', () => {
    const beat = (phase: number) =>
      heights(7).map((height, k) => image(height, { triggerTime: 33.3 * phase + 0.7 * k }));
    const [first, second, third] = [beat(0), beat(1), beat(2)];
    const { stacks } = findStacks(shuffled([...third!, ...first!, ...second!]));
    expect(stacks.map(({ id }) => id)).toEqual(['trigger-1', 'trigger-2', 'trigger-3']);
    expect([first, second, third].map((part, index) => isOf(stacks[index]!, part!))).toEqual([true, true, true]);
  });

  it('does not rank where a place has too few images', () => {
    const series = heights(7).flatMap((height, k) =>
      [0, 1].filter((phase) => phase === 0 || k !== 3).map((phase) => image(height, { triggerTime: 40 * phase + k })),
    );
    expect(() => findStacks(series)).toThrow(expect.objectContaining({ code: 'slices-duplicate' }));
  });

  it('takes the phase with the most images, and keeps one that covers less', () => {
    const arterial = stackOf(6, { acquisitionNumber: 2 });
    const venous = stackOf(14, { acquisitionNumber: 3 });
    const { stacks } = findStacks(shuffled([...arterial, ...venous]));
    expect(stacks.map(({ id, images: { length } }) => [id, length])).toEqual([
      ['phase-2', 14],
      ['phase-1', 6],
    ]);
  });

  it('does not take an attribute that changes along the stack for one that separates duplicates', () => {
    const series = heights(10).flatMap((height, k) =>
      [4.6, 9.2].map((echoTime) => image(height, { stackID: k < 5 ? 'upper' : 'lower', echoTime })),
    );
    expect(idsOf(series)).toEqual(['echo-time-4.6', 'echo-time-9.2']);
  });

  it('refuses images that nothing separates, and says what was tried', () => {
    expect(() => findStacks([...stackOf(4), ...stackOf(4)])).toThrow(
      expect.objectContaining({
        code: 'slices-duplicate',
        message: expect.stringMatching(
          /8 images at only 4 places.*separates them: Stack ID, Image Type, Echo Time.*Content Time\./,
        ),
      }),
    );
  });

  it('takes abutting acquisitions that share a place for one stack, and says so', () => {
    const lower = heights(12).map((height) => image(height, { acquisitionNumber: 1, acquisitionMoment: 100 + height }));
    const upper = heights(12).map((height) =>
      image(33 + height, { acquisitionNumber: 2, acquisitionMoment: 200 + height }),
    );
    const { stacks, leftOut } = findStacks(shuffled([...upper, ...lower]));
    expect(stacks).toHaveLength(1);
    expect(stacks[0]).toMatchObject({
      id: 'axial-256x192',
      notes: [expect.stringContaining('one stack of 23 places')],
    });
    expect(stacks[0]!.order).toHaveLength(23);
    expect(stacks[0]!.images.filter((each) => upper.includes(each) || lower.includes(each))).toHaveLength(23);
    expect(leftOut).toEqual([{ images: 1, what: 'images of a place that another one shows' }]);
  });

  it('takes an image that is there twice once', () => {
    const series = stackOf(20);
    const { stacks, leftOut } = findStacks(shuffled([...series, image(30)]));
    expect([stacks.length, stacks[0]!.images.length, leftOut[0]!.images]).toEqual([1, 20, 1]);
  });

  it.each([
    ['phases that overlap by more than a tenth', 6, {}],
    ['echoes that abut', 1, { echoTime: 9.2 }],
  ])('does not join %s', (_, shared, changes) => {
    const lower = heights(12).map((height) => image(height, { acquisitionNumber: 1, echoTime: 4.6 }));
    const upper = heights(12).map((height) =>
      image(3 * (12 - shared) + height, { acquisitionNumber: 2, echoTime: 4.6, ...changes }),
    );
    expect(findStacks(shuffled([...lower, ...upper])).stacks.map(({ images: { length } }) => length)).toEqual([12, 12]);
  });

  it('does not join acquisitions whose places do not make one even stack', () => {
    const lower = heights(12).map((height) => image(height, { acquisitionNumber: 1 }));
    const upper = heights(12).map((height) => image(33 + 1.4 * height, { acquisitionNumber: 2 }));
    expect(findStacks(shuffled([...lower, ...upper])).stacks).toHaveLength(2);
  });

  it('splits label and control of arterial spin labelling, control first', () => {
    const [label, control] = ['LABEL', 'CONTROL'].map((aslContext) => stackOf(6, { aslContext }));
    const { stacks } = findStacks(shuffled([...label!, ...control!]));
    expect(stacks.map(({ id }) => id)).toEqual(['asl-control', 'asl-label']);
    expect(isOf(stacks[0]!, control!)).toBe(true);
  });

  it('splits by a dimension that the maker defines, and not by the one that numbers the places', () => {
    const series = [1, 2].flatMap((value) =>
      heights(12).map((height, k) => image(height, { dimensionIndexValues: [1, k + 1, value] })),
    );
    const { stacks } = findStacks(shuffled(series));
    expect(stacks.map(({ id, images: { length } }) => [id, length])).toEqual([
      ['dimension-3-1', 12],
      ['dimension-3-2', 12],
    ]);
    expect(stacks[0]!.description).toContain('dimension 3: 1');
  });

  const frame = (frameOfReferenceUID: string | undefined) => ({ frameOfReferenceUID });

  it.each([
    ['none is stated', () => undefined, 'No image states a Frame of Reference UID'],
    [
      'some state none',
      (k: number) => (k % 3 === 0 ? undefined : '1.2.4'),
      'Some images state no Frame of Reference UID',
    ],
    ['each has one of its own', (k: number) => `1.2.4.${k}`, 'Every image states a Frame of Reference UID of its own'],
  ])('takes an even stack for one space where of the frames of reference %s', (_, uidOf, note) => {
    const { stacks } = findStacks(shuffled(heights(12).map((height, k) => image(height, {}, frame(uidOf(k))))));
    expect(stacks.map(({ images: { length } }) => length)).toEqual([12]);
    expect(stacks[0]!.notes).toEqual([expect.stringContaining(note)]);
    const holed = heights(12).filter((_height, k) => k !== 5);
    expect(findStacks(holed.map((height, k) => image(height, {}, frame(uidOf(k))))).stacks).toHaveLength(1);
  });

  it.each([
    ['none is stated, and the slices are uneven', [0, 3, 6, 10.2, 14.4], () => undefined, 'geometry-missing'],
    ['none is stated, and there are but two slices', [0, 3], () => undefined, 'geometry-missing'],
    [
      'each has one of its own, and the slices are uneven',
      [0, 3, 6, 10.2, 14.4],
      (k: number) => `1.2.4.${k}`,
      'frames-of-reference-mixed',
    ],
    ['there are two, of two single images', [0, 3], (k: number) => `1.2.4.${k}`, 'frames-of-reference-mixed'],
  ])('refuses images where of the frames of reference %s', (_, places, uidOf, code) => {
    const series = places.map((height, k) => image(height, {}, frame(uidOf(k))));
    expect(() => findStacks(series)).toThrow(expect.objectContaining({ code }));
  });

  it('keeps the images of a few frames of reference apart', () => {
    const series = heights(12).map((height, k) => image(height, {}, frame(k < 6 ? '1.2.4' : '1.2.5')));
    expect(findStacks(shuffled(series)).stacks.map(({ images: { length } }) => length)).toEqual([6, 6]);
  });

  it('never puts a time into an id or a description', () => {
    const series = [1_600_000_300, 1_600_000_060].flatMap((acquisitionMoment) => stackOf(3, { acquisitionMoment }));
    expect(JSON.stringify(findStacks(series).stacks.map(({ id, description }) => [id, description]))).not.toMatch(
      /16\d{5}/,
    );
  });

  it('cuts hostile strings of ids and descriptions down', () => {
    const kernel = `<script>${'x'.repeat(500)}`;
    const { stacks } = findStacks([
      ...stackOf(3, { convolutionKernel: kernel }),
      ...stackOf(3, { convolutionKernel: 'B' }),
    ]);
    for (const { id, description } of stacks) {
      expect(id).toMatch(/^[a-z0-9.-]{1,64}$/);
      expect(description).not.toContain('<');
      expect(description.length).toBeLessThan(120);
    }
  });

  const coronal = { alongRow: [1, 0, 0] as Vector3, alongColumn: [0, 0, -1] as Vector3 };

  it('groups by orientation and size, most images first', () => {
    const series = [
      ...stackOf(9),
      ...heights(12).map((depth) => image(0, {}, { ...coronal, position: [0, depth, 0] })),
      ...heights(5).map((height) => image(height, {}, { columns: 512, rows: 512 })),
      image(0, {}, { alongRow: [0, 1, 0], alongColumn: [0, 0, -1] }),
    ];
    const { stacks, leftOut } = findStacks(shuffled(series));
    expect(stacks.map(({ id }) => id)).toEqual(['coronal-256x192', 'axial-256x192', 'axial-512x512']);
    expect(leftOut).toEqual([{ images: 1, what: 'single images beside the stacks' }]);
  });

  it('takes axial before coronal of equally many', () => {
    const series = [...heights(5).map((depth) => image(0, {}, { ...coronal, position: [0, depth, 0] })), ...stackOf(5)];
    expect(idsOf(series)).toEqual(['axial-256x192', 'coronal-256x192']);
  });

  it('gives groups of equal orientation and size ids of their own', () => {
    const series = [
      ...stackOf(6),
      ...heights(4).map((height) => image(height, {}, { columnSpacing: 2, rowSpacing: 2 })),
    ];
    expect(idsOf(series)).toEqual(['axial-256x192', 'axial-256x192-2']);
  });

  it('gives the same ids in whatever order the images come', () => {
    const series = [
      ...heights(4).map((height) => image(height, {}, { columnSpacing: 2, rowSpacing: 2 })),
      ...heights(4).map((height) => image(height, {}, { columnSpacing: 3, rowSpacing: 3 })),
      ...[4.6, 9.2].flatMap((echoTime) =>
        heights(4).map((depth) => image(0, { echoTime }, { ...coronal, position: [0, depth, 0] })),
      ),
    ];
    const found = (order: readonly SliceImage[]) =>
      findStacks(order).stacks.map(({ id, images: [first] }) => [id, first!.columnSpacing]);
    expect(found(series)).toEqual(found([...series].reverse()));
    expect(found(shuffled(series))).toEqual([
      ['axial-256x192', 2],
      ['axial-256x192-2', 3],
      ['coronal-256x192-echo-time-4.6', 1],
      ['coronal-256x192-echo-time-9.2', 1],
    ]);
  });

  it('keeps projections apart from the slices that they are among', () => {
    const series = [
      ...stackOf(9),
      ...heights(3, 1.7).map((height) => image(height, { imageType: ['DERIVED', 'SECONDARY', 'MIP'] })),
    ];
    expect(findStacks(shuffled(series)).stacks.map(({ images: { length } }) => length)).toEqual([9, 3]);
  });

  it('leaves single images of a bolus watched at one place out', () => {
    const watched = [1, 2, 3, 4].map((acquisitionNumber) => image(6, { acquisitionNumber }));
    const { stacks, leftOut } = findStacks(shuffled([...watched, ...stackOf(9, { acquisitionNumber: 5 })]));
    expect(stacks.map(({ id, images: { length } }) => [id, length])).toEqual([['phase-5', 9]]);
    expect(leftOut).toHaveLength(4);
  });

  it('says which images make no stack beside the one that is used', () => {
    const far = [0, 300, 301].map((depth) => image(0, {}, { ...coronal, position: [0, depth, 0] }));
    expect(findStacks([...stackOf(9), ...far]).leftOut).toEqual([
      { images: 3, what: 'images in no stack (slices-missing)' },
    ]);
  });

  it('uses no lesser stack where the one that the series is about is broken', () => {
    const broken = [0, 3, 6, 9, 12, 60].map((height) => image(height));
    const localizer = heights(3).map((depth) => image(0, {}, { ...coronal, position: [0, depth, 0] }));
    expect(() => findStacks([...broken, ...localizer])).toThrow(expect.objectContaining({ code: 'slices-missing' }));
  });

  it('refuses single images of several orientations', () => {
    const series = [image(0), image(0, {}, coronal)];
    expect(() => findStacks(series)).toThrow(expect.objectContaining({ code: 'orientations-mixed' }));
  });

  const turnedBy = (angle: number): Partial<SliceImage> => ({
    alongRow: [Math.cos(angle), Math.sin(angle), 0],
    alongColumn: [-Math.sin(angle), Math.cos(angle), 0],
  });

  it.each([
    ['a fan', (k: number) => 0.002 * k],
    ['jitter', (k: number) => 0.004 * (k % 3)],
  ])('refuses images that are nearly parallel, and does not use a part of them: %s', (_, angleOf) => {
    const series = heights(15, 2).map((height, k) => image(height, {}, turnedBy(angleOf(k))));
    expect(() => findStacks(shuffled(series))).toThrow(
      expect.objectContaining({ code: 'orientations-mixed', details: expect.objectContaining({ images: 15 }) }),
    );
  });

  it('keeps the groups of slices that follow the discs of a spine', () => {
    const tilted = (angle: number): Partial<SliceImage> => ({ alongColumn: [0, Math.cos(angle), Math.sin(angle)] });
    const series = [0, 0.15, 0.3].flatMap((angle, disc) =>
      heights(4).map((height) => {
        const along = height + 40 * disc;
        const position: Vector3 = [0, -Math.sin(angle) * along, Math.cos(angle) * along];
        return image(0, {}, { ...tilted(angle), position });
      }),
    );
    expect(findStacks(shuffled(series)).stacks.map(({ images: { length } }) => length)).toEqual([4, 4, 4]);
  });

  it('leaves out one image that is turned a little', () => {
    const series = heights(20).map((height, k) => image(height, {}, turnedBy(k === 7 ? 0.01 : 0)));
    expect(findStacks(shuffled(series)).stacks.map(({ images: { length } }) => length)).toEqual([19]);
  });

  it.each<[string, (k: number) => Partial<DistinguishingAttributes>, string[]]>([
    ['echo times', (k) => ({ echoTime: k % 2 ? 80 : 10 }), ['echo-time-10', 'echo-time-80']],
    ['b-values', (k) => ({ diffusionBValue: 1000 * (k % 2) }), ['b-0', 'b-1000']],
    ['magnitude and phase', (k) => ({ imageType: ['ORIGINAL', 'PRIMARY', k % 2 ? 'P' : 'M'] }), ['m', 'p']],
    ['three kernels', (k) => ({ convolutionKernel: `B${k % 3}` }), ['kernel-b0', 'kernel-b1', 'kernel-b2']],
  ])('separates interleaved stacks at positions of their own, by %s', (_, of, ids) => {
    expect(idsOf(heights(18).map((height, k) => image(height, of(k))))).toEqual(ids);
  });

  it('separates interleaved stacks that are unevenly far apart', () => {
    const series = heights(8, 4).flatMap((height) => [
      image(height, { convolutionKernel: 'B70' }),
      image(height + 0.5, { convolutionKernel: 'B30' }),
    ]);
    expect(idsOf(series)).toEqual(['kernel-b30', 'kernel-b70']);
  });

  it.each<[string, (k: number) => Partial<DistinguishingAttributes>, string[]]>([
    ['that drifts', (k) => ({ echoTime: 10 + 0.05 * (k % 2) }), []],
    ['of one image', (k) => ({ kvp: k === 3 ? 80 : 120 }), []],
    ['that is none of the contrast', (k) => ({ sliceThickness: 3 + (k % 2) }), []],
    [
      'that changes halfway',
      (k) => ({ kvp: k < 9 ? 80 : 120, convolutionKernel: k < 9 ? 'A' : 'B' }),
      ['The images of the stack differ in KVP and Convolution Kernel; they were taken as one volume all the same.'],
    ],
  ])('keeps the images of a stack together despite a setting %s', (_, of, notes) => {
    const { stacks } = findStacks(heights(18).map((height, k) => image(height, of(k))));
    expect(stacks.map(({ id, notes }) => [id, notes])).toEqual([['axial-256x192', notes]]);
  });

  it('refuses images that hardly ever go together before comparing them all takes hours', () => {
    const turning = Array.from({ length: 20_000 }, (_, k) => image(0, {}, { columns: 1 + k }));
    expect(() => findStacks(turning)).toThrow(expect.objectContaining({ code: 'orientations-mixed' }));
  });

  it('splits a single place into its time points', () => {
    expect(idsOf([1, 2, 3].map((temporalPosition) => image(0, { temporalPosition })))).toEqual([
      'time-1',
      'time-2',
      'time-3',
    ]);
  });
});

describe('noteOnPlacesElsewhere', () => {
  const note = (series: readonly SliceImage[]) => noteOnPlacesElsewhere(findStacks(series).stacks[0]!.images, series);

  it.each<[string, Partial<SliceImage>]>([
    ['pixel spacing', { columnSpacing: 2 }],
    ['size', { columns: 128 }],
    ['frame of reference', { frameOfReferenceUID: '1.2.5' }],
    ['unit', { unit: 'HU' }],
    ['orientation', { alongRow: [-1, 0, 0], alongColumn: [0, -1, 0] }],
  ])('says how much of the series is in images of another %s', (_, changes) => {
    expect(note(heights(12).map((height, k) => image(height, {}, k < 5 ? changes : {})))).toEqual([
      'The stack shows only 7 of the 12 positions at which the series has parallel images; what only the other ' +
        'images show is not in the result.',
    ]);
  });

  it.each<[string, () => readonly SliceImage[]]>([
    ['one stack', () => []],
    ['stacks of the same positions', () => stackOf(12, { echoTime: 80 })],
    ['a stack between the slices', () => heights(11).map((height) => image(height + 1.5, {}, { columns: 128 }))],
    [
      'a localizer',
      () =>
        [-30, -20, 60].map((height) =>
          image(height, { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, { columns: 128 }),
        ),
    ],
    ['coronal images', () => [90, 93].map((height) => image(height, {}, { alongColumn: [0, 0, -1] }))],
    ['one stray image', () => [image(60, {}, { columns: 128 })]],
  ])('says nothing of %s', (_, others) => {
    expect(note([...stackOf(12), ...others()])).toEqual([]);
  });
});

describe('chooseStack', () => {
  const { stacks } = findStacks([...stackOf(4, { echoTime: 9.2 }), ...stackOf(4, { echoTime: 4.6 })]);

  it('takes the first by rule, and the note names the others', () => {
    const chosen = chooseStack(stacks, undefined);
    expect(chosen.stack.id).toBe('echo-time-4.6');
    expect(chosen.stacks).toEqual([
      {
        id: 'echo-time-4.6',
        description: 'echo time 4.6 ms, 4 axial images of 256 × 192 pixels',
        images: 4,
        chosen: true,
      },
      {
        id: 'echo-time-9.2',
        description: 'echo time 9.2 ms, 4 axial images of 256 × 192 pixels',
        images: 4,
        chosen: false,
      },
    ]);
    expect(chosen.notes).toEqual([
      'The series holds 2 stacks of slices. Used by rule (most images, then the first of its kind): ' +
        'echo-time-4.6 (echo time 4.6 ms, 4 axial images of 256 × 192 pixels). The others: echo-time-9.2.',
    ]);
  });

  it('takes the requested one', () => {
    const chosen = chooseStack(stacks, 'echo-time-9.2');
    expect(chosen.stack.id).toBe('echo-time-9.2');
    expect(chosen.notes[0]).toContain('Used as requested: echo-time-9.2');
  });

  it('refuses an unknown one, and lists those that there are', () => {
    expect(() => chooseStack(stacks, 'echo-time-1')).toThrow(
      expect.objectContaining({
        code: 'stack-not-found',
        message: 'The series has no stack of this name; it has echo-time-4.6, echo-time-9.2.',
        details: { stacks: stacks.map(({ id, description }) => ({ id, description, images: 4 })) },
      }),
    );
  });

  it('lists at most 500, and the one that is used', () => {
    const many = findStacks(Array.from({ length: 600 }, (_, n) => stackOf(2, { temporalPosition: n })).flat()).stacks;
    expect(chooseStack(many, undefined).stacks).toHaveLength(500);
    const chosen = chooseStack(many, 'time-600');
    expect(chosen.stacks).toHaveLength(501);
    expect(chosen.stacks!.at(-1)).toMatchObject({ id: 'time-600', chosen: true });
    expect(chosen.notes[0]!.length).toBeLessThan(500);
  });

  it('says nothing of a series of one stack', () => {
    expect(chooseStack(findStacks(stackOf(4)).stacks, undefined)).toMatchObject({ notes: [] });
    expect(chooseStack(findStacks(stackOf(4)).stacks, undefined).stacks).toBeUndefined();
  });
});
