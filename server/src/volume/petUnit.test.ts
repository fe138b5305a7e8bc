import { describe, expect, it } from '@jest/globals';
import { parseInstance } from '../dicom/dicomInstance.js';
import { part10, sequence, type TestElement } from '../dicom/part10.testSupport.js';
import { explicitVRLittleEndian } from '../dicom/transferSyntaxes.js';
import { readPetUnit } from './petUnit.js';

/** By keyword; undefined takes an attribute away. */
interface Pet {
  readonly units?: string | undefined;
  readonly suvType?: string;
  readonly corrected?: string | undefined;
  readonly decayCorrection?: string;
  readonly weight?: string | undefined;
  readonly dose?: string | undefined;
  readonly halfLife?: string | undefined;
  readonly injectionTime?: string | undefined;
  readonly injectionDateTime?: string;
  readonly injection?: readonly TestElement[];
  readonly studyDate?: string;
  readonly seriesDate?: string | undefined;
  readonly seriesTime?: string | undefined;
  readonly acquisitionDate?: string | undefined;
  readonly acquisitionTime?: string | undefined;
  readonly more?: readonly TestElement[];
}

/** 70 kg, 350 MBq of a half-life of 6,586.2 s, injected one half-life before the series began. */
const usual: Pet = {
  units: 'BQML',
  corrected: 'DECY\\ATTN\\SCAT',
  decayCorrection: 'START',
  weight: '70',
  dose: '350000000',
  halfLife: '6586.2',
  injectionTime: '100000',
  seriesDate: '20240301',
  seriesTime: '114946.2',
  acquisitionDate: '20240301',
  acquisitionTime: '114946.2',
};

function petUnit(changes: Pet = {}, scale: { slope?: number; intercept?: number } = { slope: 2, intercept: 0 }) {
  const pet = { ...usual, ...changes };
  const element = (tag: string, vr: string, value: string | undefined): TestElement[] =>
    value === undefined ? [] : [[tag, vr, value]];
  const injection = [
    ...element('00181072', 'TM', pet.injectionTime),
    ...element('00181074', 'DS', pet.dose),
    ...element('00181075', 'DS', pet.halfLife),
    ...element('00181078', 'DT', pet.injectionDateTime),
    ...(pet.injection ?? []),
  ];
  const file = part10(explicitVRLittleEndian, [
    ...element('00080020', 'DA', pet.studyDate),
    ...element('00080021', 'DA', pet.seriesDate),
    ...element('00080022', 'DA', pet.acquisitionDate),
    ...element('00080031', 'TM', pet.seriesTime),
    ...element('00080032', 'TM', pet.acquisitionTime),
    ...element('00101030', 'DS', pet.weight),
    ...element('00280051', 'CS', pet.corrected),
    ...element('00281052', 'DS', scale.intercept?.toString()),
    ...element('00281053', 'DS', scale.slope?.toString()),
    sequence('00540016', injection),
    ...element('00541001', 'CS', pet.units),
    ...element('00541006', 'CS', pet.suvType),
    ...element('00541102', 'CS', pet.decayCorrection),
    ...(pet.more ?? []),
  ]);
  return readPetUnit(parseInstance(file));
}

/** The slope of 2 Bq/mL becomes 2 × 70,000 g / what is left of 350 MBq. */
const slopeWith = (dosesLeft: number) => (2 * 70_000) / (350e6 * dosesLeft);

describe('PET activity', () => {
  it('becomes SUVbw with the dose that is left at the start of the series', () => {
    const { unit, scale, notes } = petUnit();
    expect(unit).toBe('SUVbw');
    expect(scale.slope).toBeCloseTo(slopeWith(0.5), 12);
    expect(notes).toEqual([
      "PET activity was converted to SUVbw with the patient's weight and the injected dose, decayed from the " +
        'injection to the start of the series.',
    ]);
  });

  it('is rescaled with its intercept too', () => {
    expect(petUnit({}, { slope: 2, intercept: -10 }).scale.intercept).toBeCloseTo(-5 * slopeWith(0.5), 12);
  });

  it.each([
    [
      'was injected before midnight',
      { injectionTime: '230000', seriesTime: '004946.2', acquisitionTime: '005000' },
      0.5,
    ],
    [
      'was injected two days before, by date and time',
      { injectionDateTime: '20240228114946.2', halfLife: '172800', injectionTime: '114946.2' },
      0.5,
    ],
    ['is decay corrected to the injection', { decayCorrection: 'ADMIN' }, 1],
    ['was acquired in later bed positions', { acquisitionTime: '121000' }, 0.5],
    ['has codes in small letters', { units: 'bqml', decayCorrection: 'start', corrected: 'decy\\attn' }, 0.5],
  ] satisfies [string, Pet, number][])('that %s', (_, changes, dosesLeft) => {
    const { unit, scale } = petUnit(changes);
    expect(unit).toBe('SUVbw');
    expect(scale.slope / slopeWith(dosesLeft)).toBeCloseTo(1, 9);
  });

  const madeLater = { seriesTime: '150000', acquisitionTime: '115446.2' };

  it('of a series made later refers to the start of the scan, by GE', () => {
    const more: TestElement[] = [
      ['00090010', 'LO', 'GEMS_PETD_01'],
      ['0009100D', 'DT', '20240301114946.2'],
    ];
    expect(petUnit({ ...madeLater, more }).scale.slope / slopeWith(0.5)).toBeCloseTo(1, 9);
  });

  it('of a series made later refers to the start of the scan, by Frame Reference Time', () => {
    // A frame of 180 s that begins 300 s after the scan: its average count rate is where the integral says.
    const [duration, begin, halfLife] = [180, 300, 6586.2];
    const lambda = Math.LN2 / halfLife;
    const steps = 200_000;
    let counts = 0;
    for (let n = 0; n < steps; n++) counts += Math.exp((-lambda * duration * (n + 0.5)) / steps) / steps;
    const average = -Math.log(counts) / lambda;
    const more: TestElement[] = [
      ['00181242', 'IS', String(duration * 1000)],
      ['00541300', 'DS', ((begin + average) * 1000).toFixed(6)],
    ];
    expect(petUnit({ ...madeLater, more }).scale.slope / slopeWith(0.5)).toBeCloseTo(1, 6);
  });

  /** 114946.2 is a half-life after 100000. */
  const enhancedTimes: TestElement = ['0008002A', 'DT', '20240301115000'];
  const siemens = (dateTime: string): TestElement[] => [
    ['00710010', 'LO', 'SIEMENS MED PT'],
    ['00711022', 'DT', dateTime],
  ];
  const dateOfInjection = 'The date of the injection is not believable; its time of day was taken.';
  const noAcquisition = { acquisitionDate: undefined, acquisitionTime: undefined };

  it.each([
    ['Acquisition Date Time in the place of Date and Time', { ...noAcquisition, more: [enhancedTimes] }, []],
    ['a start of the injection one day off', { injectionDateTime: '20240229100000' }, [dateOfInjection]],
    ['a start of the injection years off', { injectionDateTime: '19990301100000' }, [dateOfInjection]],
    ['a start of the injection after the scan', { injectionDateTime: '20240315100000' }, [dateOfInjection]],
    ['only such a start', { injectionTime: undefined, injectionDateTime: '20240229100000' }, [dateOfInjection]],
    [
      'a start in another time zone',
      { injectionDateTime: '20240301090000+0000', more: [['00080201', 'SH', '+0100']] },
      [],
    ],
    [
      'only the end of the injection',
      { injectionTime: undefined, injection: [['00181073', 'TM', '100000']] },
      ['The start of the injection is not stated; its end was taken.'],
    ],
    [
      "only GE's time of the injection",
      {
        injectionTime: undefined,
        more: [
          ['00090010', 'LO', 'GEMS_PETD_01'],
          ['0009103B', 'DT', '20240301100000'],
        ],
      },
      [],
    ],
    ['a series made later, by Siemens', { ...madeLater, more: siemens('20240301114946.2') }, []],
    [
      "a series made later, by Siemens' attribute of another date",
      { ...madeLater, more: siemens('20240229114946.2') },
      [expect.stringContaining("maker's private attribute states is not that of the images")],
    ],
    ['no date of the series', { seriesDate: undefined }, []],
    ['no date of the acquisition', { acquisitionDate: undefined }, []],
    ['no date but that of the study', { seriesDate: undefined, acquisitionDate: undefined, studyDate: '20240301' }, []],
    ['no date at all', { seriesDate: undefined, acquisitionDate: undefined }, []],
    [
      'a date of the series one day off',
      { seriesDate: '20240229' },
      ['The date of the start of the series is not that of the images; its time of day was taken.'],
    ],
  ] as [string, Pet, string[]][])('with %s is SUVbw of the dose that is left', (_, changes, notes) => {
    const { unit, scale, notes: found } = petUnit(changes);
    expect([unit, found.slice(1)]).toEqual(['SUVbw', notes]);
    expect(scale.slope / slopeWith(0.5)).toBeCloseTo(1, 9);
  });

  it('of a dynamic scan that begins before the injection has more than the dose at its start', () => {
    const { unit, scale } = petUnit({ injectionTime: '115446.2' });
    expect(unit).toBe('SUVbw');
    expect(scale.slope / slopeWith(2 ** (300 / 6586.2))).toBeCloseTo(1, 9);
  });

  it('of an animal is by its weight', () => {
    const { unit, scale } = petUnit({ weight: '0.025', dose: '5000000' });
    expect(unit).toBe('SUVbw');
    expect(scale.slope / ((2 * 25) / (5e6 * 0.5))).toBeCloseTo(1, 9);
  });

  it.each([
    ['of the images', '20240301114946.2', {}, undefined],
    ['within the scan', '20240301114946.2', { acquisitionTime: '114500' }, undefined],
    ['of another day', '20190715114946.2', {}, 'The date of the time that the images state is not that of the images'],
    ['long before the images', '20240301014946.2', { acquisitionTime: '150000', seriesTime: '114946.2' }, undefined],
  ] as const)('is decayed to a stated time %s', (_, stated, changes, note) => {
    const { unit, scale, notes } = petUnit({ ...changes, more: [['00189701', 'DT', stated]] });
    expect(unit).toBe('SUVbw');
    expect(scale.slope / slopeWith(0.5)).toBeCloseTo(1, 9);
    expect(notes.some((each) => note !== undefined && each.startsWith(note))).toBe(note !== undefined);
  });

  it.each([
    ["the patient's weight is not known", { weight: undefined }],
    ["the patient's weight is not known", { weight: '0' }],
    ["the patient's weight is not known", { weight: 'heavy' }],
    ['the injected dose is not known in Bq', { dose: undefined }],
    ['the injected dose is not known in Bq', { dose: '350' }],
    ['the images are not said to be corrected for attenuation and decay', { corrected: undefined }],
    ['the images are not said to be corrected for attenuation and decay', { corrected: 'DECY\\SCAT' }],
    ['the images are not said to be corrected for attenuation and decay', { decayCorrection: 'NONE' }],
    ['the half-life is not known', { halfLife: '' }],
    ['the half-life is not believable', { halfLife: '6586200' }],
    ['the half-life is not believable', { halfLife: '1.83' }],
    ['the injected dose is too small for the weight', { dose: '350000' }],
    ['the injected dose is too small for the weight', { dose: '350000', decayCorrection: 'ADMIN' }],
    ['the time that the decay correction refers to is not known', { seriesTime: '' }],
    ['the time that the decay correction refers to is not known', { seriesTime: '150000' }],
    ['the time of the injection is not known', { injectionTime: '' }],
    ['several injections are stated', { more: [sequence('00540016', [], [])] }],
    ["the patient's weight is not believable", { weight: '70000' }],
    ['the injected dose is not known in Bq', { dose: '350000000000000' }],
    ['the time of the injection is not known', { injectionTime: '10' }],
    ['the time of the injection is not known', { injectionTime: '', injectionDateTime: '20240301' }],
    [
      'the two times of the injection that are stated contradict each other',
      { injectionDateTime: '20240301080000', injectionTime: '100000' },
    ],
    ['the day of the injection is not known', { halfLife: '45720' }],
    ['the day of the injection is not known', { halfLife: '45720', injectionDateTime: '20250301100000' }],
    [
      'the stated time of the injection is 65 half-lives before the scan',
      { halfLife: '109.8', injectionTime: '095000' },
    ],
    ['the stated time of the injection is after the scan', { injectionTime: '121000' }],
  ] satisfies [string, Pet][])('stays activity where %s (%j)', (missing, changes) => {
    expect(petUnit(changes)).toEqual({
      unit: 'Bq/mL',
      scale: { slope: 2, intercept: 0 },
      notes: [`PET activity was not converted to SUVbw, for ${missing}.`],
    });
  });
});

describe('PET in other units', () => {
  it('is SUVbw already as GML, unless its SUV Type is another', () => {
    expect(petUnit({ units: 'GML', suvType: 'BW' })).toEqual({
      unit: 'SUVbw',
      scale: { slope: 2, intercept: 0 },
      notes: [],
    });
    expect(petUnit({ units: 'GML' })).toMatchObject({
      unit: 'SUVbw',
      notes: ['The PET values are SUV of no stated type; they were taken as SUV by body weight.'],
    });
    expect(petUnit({ units: 'GML', suvType: 'LBM' })).toMatchObject({
      unit: 'arbitrary',
      notes: ['The PET values are SUV of the type LBM, not by body weight.'],
    });
  });

  const philips: TestElement = ['70530010', 'LO', 'Philips PET Private Group'];

  it("is SUVbw by Philips' factor for counts", () => {
    const { unit, scale } = petUnit({ units: 'CNTS', more: [philips, ['70531000', 'DS', '0.25']] });
    expect(unit).toBe('SUVbw');
    expect(scale.slope).toBe(0.5);
  });

  it("is activity by Philips' other factor, and then SUVbw", () => {
    const more: TestElement[] = [philips, ['70531000', 'DS', '0'], ['70531009', 'DS', '3']];
    expect(petUnit({ units: 'CNTS', more }).scale.slope).toBeCloseTo(3 * slopeWith(0.5), 12);
    expect(petUnit({ units: 'CNTS', weight: undefined, more })).toMatchObject({ unit: 'Bq/mL', scale: { slope: 6 } });
  });

  it.each([
    ['CNTS', 'CNTS'],
    ['PROPCNTS', 'PROPCNTS'],
    [undefined, 'missing'],
    ['<script>', 'script'],
  ])('is arbitrary with units of %s', (units, named) => {
    const foreign: TestElement = ['70531000', 'DS', '0.25'];
    expect(petUnit({ units, more: [foreign] })).toEqual({
      unit: 'arbitrary',
      scale: { slope: 2, intercept: 0 },
      notes: [`The PET values are not activity concentrations: Units is ${named}.`],
    });
  });
});

describe('PET with a Real World Value Mapping in place of Units', () => {
  const mapping = (code: string, slope: number, intercept: number) => {
    const numbers = Buffer.alloc(16);
    numbers.writeDoubleLE(intercept, 0);
    numbers.writeDoubleLE(slope, 8);
    return [
      sequence('004008EA', [['00080100', 'SH', code]]),
      ['00409224', 'FD', numbers.subarray(0, 8)],
      ['00409225', 'FD', numbers.subarray(8)],
    ] as const;
  };

  it('is SUVbw where one mapping says so', () => {
    const more = [sequence('00409096', mapping('Bq/ml', 5, 0), mapping('g/ml{SUVbw}', 0.5, 1))];
    expect(petUnit({ units: undefined, more })).toMatchObject({
      unit: 'SUVbw',
      scale: { slope: 0.5, intercept: 1 },
      notes: ['SUVbw was read from the Real World Value Mapping of the images.'],
    });
  });

  it('is activity where one says so, by Decay Correction Date Time', () => {
    const enhanced: Pet = {
      units: undefined,
      corrected: undefined,
      decayCorrection: undefined as never,
      injectionDateTime: '20240301100000',
      more: [
        ['00189701', 'DT', '20240301114946.2'],
        ['00189758', 'CS', 'YES'],
        ['00189759', 'CS', 'YES'],
        sequence('00409096', mapping('Bq/ml', 2, 0)),
      ],
    };
    const { unit, scale } = petUnit(enhanced, { slope: 99, intercept: 99 });
    expect(unit).toBe('SUVbw');
    expect(scale.slope).toBeCloseTo(slopeWith(0.5), 12);
    const uncorrected = {
      ...enhanced,
      more: enhanced.more!.map(([tag, vr, value]) => [tag, vr, tag === '00189759' ? 'NO' : value] as const),
    };
    expect(petUnit(uncorrected)).toMatchObject({ unit: 'Bq/mL', scale: { slope: 2, intercept: 0 } });
  });

  it.each([
    ['MBq, as the standard says', '350'],
    ['Bq, as some may write it', '350000000'],
  ])('takes the dose of Enhanced PET in %s', (_, dose) => {
    const more: TestElement[] = [
      ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.130'],
      ['00189701', 'DT', '20240301114946.2'],
      ['00189758', 'CS', 'YES'],
      ['00189759', 'CS', 'YES'],
      sequence('00409096', mapping('Bq/ml', 2, 0)),
    ];
    const { unit, scale } = petUnit({ units: undefined, injectionDateTime: '20240301100000', dose, more });
    expect(unit).toBe('SUVbw');
    expect(scale.slope).toBeCloseTo(slopeWith(0.5), 12);
  });

  it.each(['BQML', 'GML'])('is arbitrary with units of %s, but without Rescale Slope', (units) => {
    for (const scale of [{}, { intercept: 0 }])
      expect(petUnit({ units }, scale)).toMatchObject({
        unit: 'arbitrary',
        scale: { slope: 1, intercept: 0 },
        notes: [expect.stringContaining('is missing'), 'Without a slope the PET values have no unit.'],
      });
    // PS3.3 section C.8.9.4: it is always 0.
    expect(petUnit({ units, suvType: 'BW' }, { slope: 2 }).unit).toBe('SUVbw');
  });

  it('is arbitrary where none is known', () => {
    expect(petUnit({ units: undefined, more: [sequence('00409096', mapping('1', 5, 0))] })).toMatchObject({
      unit: 'arbitrary',
      scale: { slope: 2, intercept: 0 },
    });
  });
});
