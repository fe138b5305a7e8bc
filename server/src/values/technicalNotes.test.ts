import { expect, it } from '@jest/globals';
import { isTechnicalNote, ranOn, startedAgain, technicalNotes } from './technicalNotes.js';

it('notes on how a job ran are separated from those on its images and its result', () => {
  for (const note of Object.values(technicalNotes)) expect([note, isTechnicalNote(note)]).toEqual([note, true]);
  expect(isTechnicalNote(ranOn('the CPU', ['CUDA: its libraries are not installed']))).toBe(true);
  expect(ranOn('CUDA, GPU 1', [])).toBe('The model ran on CUDA, GPU 1.');
  expect(isTechnicalNote(ranOn('CUDA, GPU 1', []))).toBe(true);
  expect(isTechnicalNote(startedAgain('The worker on a was stopped.'))).toBe(true);
  expect(isTechnicalNote('The archive delivered 2 images of the series more than once; used once.')).toBe(true);
  expect(isTechnicalNote('The text says “in chest CT”, but the series is of modality MR.')).toBe(false);
  expect(isTechnicalNote('The series is a single slice; its thickness is taken as 4 mm.')).toBe(false);
});
