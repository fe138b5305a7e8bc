import { expect, it } from '@jest/globals';
import { pathWithin } from './signInRoutes.js';

const origin = 'https://seg.example';

it.each(['/viewer?StudyInstanceUIDs=1.2&mode=a%2Fb', '/jobs', '/rules#history', '/@evil.example'])(
  'goes on to %s after the sign-in',
  (to) => {
    expect(pathWithin(to, origin)).toBe(to);
  },
);

it.each([
  undefined,
  ['/a', '/b'],
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  'javascript:alert(1)',
  'jobs',
  '/auth/sign-in?to=/jobs',
  '/auth/../auth/callback',
  ' //evil.example',
])('goes to the home page in place of %j', (to) => {
  expect(pathWithin(to, origin)).toBe('/');
});
