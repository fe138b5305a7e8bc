import { expect, it } from '@jest/globals';
import { slideRegion } from './slideRegion.js';

it('reads a region in mm and in pixels', () => {
  expect(slideRegion('mm:19.9,-3,18.4, 2.5')).toEqual({ unit: 'mm', from: [19.9, -3], to: [18.4, 2.5] });
  expect(slideRegion('pixels:1,2,300,400')).toEqual({ unit: 'pixels', column: 1, row: 2, columns: 300, rows: 400 });
});

it.each(['1,2,3,4', 'mm:1,2,3', 'mm:1,2,3,4,5', 'mm:1,,3,4', 'pixels:a,2,3,4', 'cm:1,2,3,4', ''])(
  'refuses "%s"',
  (text) => {
    expect(() => slideRegion(text)).toThrow(expect.objectContaining({ code: 'options-invalid' }));
  },
);
