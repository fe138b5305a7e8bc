import { describe, expect, it } from '@jest/globals';
import { ageOf, sexOf } from './patientAge.js';

describe('the age of a patient', () => {
  it.each([
    [{ PatientBirthDate: '19600101', StudyDate: '20200101' }, 60],
    [{ PatientBirthDate: '20191201', StudyDate: '20200101' }, 0.085],
    [{ PatientBirthDate: '19600101', StudyDate: '20200701', PatientAge: '060Y' }, 60.5],
    [{ PatientBirthDate: '', StudyDate: '20200101', PatientAge: '045Y' }, 45.5],
    [{ PatientAge: '018M' }, 1.54],
    [{ PatientBirthDate: '19601301', StudyDate: '20200101', PatientAge: '010W' }, 0.2],
  ])('is known from %j', (header, years) => {
    expect(ageOf(header)).toEqual({ years: expect.closeTo(years, 1) });
  });

  it.each([
    [{}, 'missing'],
    [{ PatientBirthDate: '19600101', StudyDate: '' }, 'missing'],
    [{ PatientAge: '45' }, 'missing'],
    // As after a de-identification that changed one of them.
    [{ PatientBirthDate: '19000101', StudyDate: '20200101', PatientAge: '060Y' }, 'contradictory'],
    [{ PatientBirthDate: '20210101', StudyDate: '20200101' }, 'contradictory'],
    [{ PatientBirthDate: '18500101', StudyDate: '20200101' }, 'contradictory'],
  ])('is not known from %j', (header, unknown) => {
    expect(ageOf(header)).toEqual({ unknown });
  });
});

it('the sex of a patient is female, male or not known', () => {
  expect(['F', 'M', 'O', '', undefined].map((PatientSex) => sexOf({ PatientSex }))).toEqual([
    ...['female', 'male', undefined, undefined, undefined],
  ]);
});
