import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { signInAddress } from './account.js';
import { isElsewhere, nameServer, onServer } from './server.js';

beforeEach(() => void Object.assign(globalThis, { location: new URL('http://127.0.0.1:8042/ohif/viewer') }));
afterEach(() => {
  nameServer(location.origin);
  Reflect.deleteProperty(globalThis, 'location');
});

it('is that of the page until it is named', () => {
  expect([isElsewhere(), onServer('/api/v1')]).toEqual([false, '/api/v1']);
  expect(signInAddress()).toBe('/auth/sign-in?to=%2Fohif%2Fviewer');
});

it('is at the origin of its address', () => {
  nameServer('https://seg.example/');
  expect([isElsewhere(), onServer('/api/v1')]).toEqual([true, 'https://seg.example/api/v1']);
  // It leads back to a page of that server, never to one of this.
  expect(signInAddress()).toBe('https://seg.example/auth/sign-in?to=%2Fpromptseg');
  nameServer('http://127.0.0.1:8042');
  expect([isElsewhere(), onServer('/api/v1')]).toEqual([false, '/api/v1']);
});

it.each(['seg.example', 'javascript:alert(1)', 'file:///plugins'])('is not at %s', (address) => {
  expect(() => nameServer(address)).toThrow();
});
