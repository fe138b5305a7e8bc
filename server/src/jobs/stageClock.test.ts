import { describe, expect, it } from '@jest/globals';
import { createStageClock } from './stageClock.js';

describe('stage clock', () => {
  it('measures each stage from its beginning to the next', () => {
    let now = 0;
    const clock = createStageClock(() => now);
    expect(clock.enter('retrieving')).toEqual({});
    now = 120.4;
    expect(clock.enter('preparing')).toEqual({ retrieving: 120 });
    now = 150;
    expect(clock.stop()).toEqual({ retrieving: 120, preparing: 30 });
  });

  it('has no times before the first stage', () => {
    expect(createStageClock().stop()).toEqual({});
  });
});
