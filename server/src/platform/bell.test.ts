import { describe, expect, it } from '@jest/globals';
import { createBell } from './bell.js';

describe('bell', () => {
  it('wakes who waits, at once', async () => {
    const bell = createBell();
    const heard = bell.heard(60_000);
    bell.ring();
    await heard;
  });

  it('keeps a ring that nobody heard, once', async () => {
    const bell = createBell();
    bell.ring();
    await bell.heard(60_000);
    const start = performance.now();
    await bell.heard(50);
    expect(performance.now() - start).toBeGreaterThan(40);
  });
});
