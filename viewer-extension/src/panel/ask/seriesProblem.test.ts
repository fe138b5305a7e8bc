import { describe, expect, it } from '@jest/globals';
import type { ActiveSeries } from '../host.js';
import { mayBeAsked, seriesProblem } from './seriesProblem.js';

const ct: ActiveSeries = {
  studyInstanceUID: '1',
  seriesInstanceUID: '1.2',
  modality: 'CT',
  description: 'Chest',
  numberOfImages: 100,
};
const models = [{ id: 'body' }] as never;
const served = { models, servedModalities: ['CT'] };

describe('what nothing can be asked of', () => {
  it('is named: a report, a scout, a capture, one slice, a modality that no model reads', () => {
    expect(seriesProblem({ noImages: { modality: 'SR' } }, undefined)).toBe('no-images');
    expect(seriesProblem({ series: { ...ct, unsuited: 'localizer' } }, served)).toBe('localizer');
    expect(seriesProblem({ series: { ...ct, unsuited: 'capture' } }, served)).toBe('capture');
    expect(seriesProblem({ series: { ...ct, numberOfImages: 1, unsuited: 'single-slice' } }, served)).toBe(
      'single-slice',
    );
    expect(seriesProblem({ series: { ...ct, numberOfImages: 0 } }, served)).toBe('no-images');
    expect(seriesProblem({ series: ct }, { models: [], servedModalities: ['MR'] })).toBe('not-served');
    expect(seriesProblem({ series: ct }, { models: [], servedModalities: [] })).toBe('no-model-installed');
  });

  it('is none of a series that a model reads, nor before that is known', () => {
    expect(seriesProblem({ series: ct }, served)).toBeUndefined();
    expect(seriesProblem({ series: ct }, undefined)).toBeUndefined();
    expect(seriesProblem({}, undefined)).toBeUndefined();
  });
});

it('of the other series, those are offered that a model may read', () => {
  expect(mayBeAsked(ct, ['CT'])).toBe(true);
  expect(mayBeAsked(ct, undefined)).toBe(true);
  expect(mayBeAsked(ct, ['MR'])).toBe(false);
  expect(mayBeAsked({ ...ct, unsuited: 'localizer' }, ['CT'])).toBe(false);
});
