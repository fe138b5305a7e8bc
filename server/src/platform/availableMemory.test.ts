import { totalmem } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { availableMemory } from './availableMemory.js';

describe('availableMemory', () => {
  it('is between nothing and what the machine or its control group has', async () => {
    const limit = process.constrainedMemory();
    const available = await availableMemory();
    expect(available).toBeGreaterThan(0);
    expect(available).toBeLessThanOrEqual(limit > 0 ? Math.min(limit, totalmem()) : totalmem());
  });
});
