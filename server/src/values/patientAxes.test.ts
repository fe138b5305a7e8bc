import { describe, expect, it } from '@jest/globals';
import { fromAxes } from './affine.js';
import { patientAxes } from './patientAxes.js';

describe('grid axes along the patient', () => {
  it('are found for axial, sagittal and coronal stacks, whatever their signs', () => {
    expect(patientAxes(fromAxes([1, 0, 0], [0, 1, 0], [0, 0, 3], [0, 0, 0]))).toEqual([0, 1, 2]);
    expect(patientAxes(fromAxes([0, 1, 0], [0, 0, -1], [-1, 0, 0], [0, 0, 0]))).toEqual([2, 0, 1]);
    expect(patientAxes(fromAxes([-1, 0, 0], [0, 0, -1], [0, 2, 0], [0, 0, 0]))).toEqual([0, 2, 1]);
  });

  it('are each used once where two run alike', () => {
    // Both in-plane axes at 45° between x and y; the sheared slice axis leans the same way.
    const axes = patientAxes(fromAxes([0.7, 0.7, 0], [-0.7, 0.7, 0], [0.6, 0.6, 0.5], [0, 0, 0]));
    expect([...axes].sort()).toEqual([0, 1, 2]);
    expect(axes[2]).toBe(2);
  });
});
