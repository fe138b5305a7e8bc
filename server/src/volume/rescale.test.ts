import { describe, expect, it } from '@jest/globals';
import type { StoredPixels } from '../dicom/decodeFrame.js';
import { fitsInt16, paddingRule, type Rescale, writeRescaled } from './rescale.js';

const bits12: Rescale['storedRange'] = [0, 4095];
const signed16: Rescale['storedRange'] = [-32768, 32767];

function rescaleSlice(stored: StoredPixels, rescale: Rescale) {
  const values = fitsInt16(stored, rescale) ? new Int16Array(stored.length) : new Float32Array(stored.length);
  return { values, paddingVoxels: writeRescaled(stored, rescale, values, 0) };
}

describe('rescaling a slice', () => {
  it('gives CT with an integer intercept as Int16', () => {
    const { values } = rescaleSlice(Uint16Array.of(0, 1024, 4095), { slope: 1, intercept: -1024, storedRange: bits12 });
    expect(values).toEqual(Int16Array.of(-1024, 0, 3071));
  });

  it('keeps signed values that need no rescaling', () => {
    const stored = Int16Array.of(-32768, 7, 32767);
    expect(rescaleSlice(stored, { slope: 1, intercept: 0, storedRange: signed16 }).values).toEqual(stored);
  });

  it('writes only its own slice', () => {
    const voxels = Int16Array.of(1, 2, 3, 4);
    writeRescaled(Uint16Array.of(10, 20), { slope: 1, intercept: -5, storedRange: bits12 }, voxels, 1);
    expect(voxels).toEqual(Int16Array.of(1, 5, 15, 4));
  });

  it('gives 8-bit values with an integer slope as Int16', () => {
    const { values } = rescaleSlice(Uint8Array.of(0, 255), { slope: -2, intercept: 5, storedRange: [0, 255] });
    expect(values).toEqual(Int16Array.of(5, -505));
  });

  it('looks at the values where the bits alone could go beyond Int16', () => {
    const rescale: Rescale = { slope: 1, intercept: 0, storedRange: [0, 65535] };
    expect(rescaleSlice(Uint16Array.of(0, 32767), rescale).values).toEqual(Int16Array.of(0, 32767));
    expect(rescaleSlice(Uint16Array.of(0, 32768), rescale).values).toEqual(Float32Array.of(0, 32768));
    const low: Rescale = { slope: 1, intercept: -1024, storedRange: signed16 };
    expect(rescaleSlice(Int16Array.of(-31744), low).values).toEqual(Int16Array.of(-32768));
    expect(rescaleSlice(Int16Array.of(-31745), low).values).toEqual(Float32Array.of(-32769));
  });

  it('gives Float32 for slopes and intercepts that are no integers', () => {
    const { values } = rescaleSlice(Int16Array.of(3), { slope: 0.5, intercept: 0.25, storedRange: signed16 });
    expect(values).toEqual(Float32Array.of(1.75));
    expect(rescaleSlice(Int16Array.of(2), { slope: 1, intercept: 0.5, storedRange: signed16 }).values).toEqual(
      Float32Array.of(2.5),
    );
  });

  it('replaces padding, counts it, and does not let it decide the type', () => {
    const rescale: Rescale = {
      slope: 1,
      intercept: -1024,
      storedRange: signed16,
      padding: { first: -32768, last: -32767, becomes: -1024 },
    };
    expect(rescaleSlice(Int16Array.of(-32768, -32767, -32766 + 2000, 1024), rescale)).toEqual({
      values: Int16Array.of(-1024, -1024, -31790, 0),
      paddingVoxels: 2,
    });
    expect(rescaleSlice(Int16Array.of(-32768), rescale).values).toEqual(Int16Array.of(-1024));
  });
});

describe('paddingRule', () => {
  const ct = { slope: 1, intercept: -1024 };

  it('leaves CT padding below air as it is', () => {
    expect(paddingRule('CT', ct, { value: -2000, limit: -2000 })).toBeUndefined();
    expect(paddingRule('CT', ct, { value: 0, limit: 0 })).toBeUndefined();
  });

  it('turns CT padding that would look like tissue into -1024 HU', () => {
    expect(paddingRule('CT', ct, { value: 1, limit: 1 })).toEqual({ first: 1, last: 1, becomes: -1024 });
    expect(paddingRule('CT', { slope: 1, intercept: 0 }, { value: 0, limit: -5 })).toEqual({
      first: -5,
      last: 0,
      becomes: -1024,
    });
  });

  it('turns CT padding below Int16 into -1024 HU', () => {
    expect(paddingRule('CT', ct, { value: -32768, limit: -32768 })).toEqual({
      first: -32768,
      last: -32768,
      becomes: -1024,
    });
  });

  it('turns MR and PET padding into 0', () => {
    expect(paddingRule('MR', { slope: 1, intercept: 0 }, { value: 0, limit: 0 })).toBeUndefined();
    expect(paddingRule('MR', { slope: 2, intercept: 0 }, { value: 65535, limit: 65535 })).toMatchObject({ becomes: 0 });
  });
});
