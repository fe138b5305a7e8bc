import type { Dataset, Tag } from '../dicom/dataset.js';
import { PromptsegError } from '../platform/errors.js';
import { dot, norm, normalize, scale, subtract, type Vector3 } from '../values/affine.js';
import type { SlicePlane } from './stackSlices.js';

/**
 * How far a direction cosine vector may be from unit length, and row and column from perpendicular: cosines written
 * with 2 decimals. Row and column are made perpendicular, by turning both alike; up to what 3 decimals make, nothing is
 * said.
 */
const cosineTolerance = 1e-2;
const unnoticed = 1e-3;

/**
 * A patient is within 100 m of the origin of the frame of reference; a number beyond is damage, and would swallow the
 * small ones.
 */
const furthestMm = 1e5;

/**
 * Where an image is: position, orientation, pixel spacing and the step that it states.
 *
 * @param frame the instance, or the view of one of its frames
 * @param name of the image, for messages
 * @returns with what was done, one sentence each
 * @throws PromptsegError `geometry-missing`
 */
export function readSlicePlane(frame: Dataset, name: string): SlicePlane & { readonly notes: readonly string[] } {
  const position = exactly(3, frame.numbers('x00200032'), 'Image Position (Patient)', name);
  const cosines = exactly(6, frame.numbers('x00200037'), 'Image Orientation (Patient)', name);
  const [rowSpacing, columnSpacing] = exactly(2, frame.numbers('x00280030'), 'Pixel Spacing', name);
  if (position.some((coordinate) => Math.abs(coordinate) > furthestMm)) {
    throw unusable(`${name} has an absurd Image Position (Patient): ${position.join(', ')}`);
  }
  if (![rowSpacing!, columnSpacing!].every((spacing) => spacing > 0 && spacing < furthestMm)) {
    throw unusable(`${name} has a Pixel Spacing of ${rowSpacing} × ${columnSpacing} mm`);
  }
  const row = cosines.slice(0, 3) as unknown as Vector3;
  const column = cosines.slice(3) as unknown as Vector3;
  const off = Math.max(Math.abs(norm(row) - 1), Math.abs(norm(column) - 1), Math.abs(dot(row, column)));
  if (off > cosineTolerance) {
    throw unusable(
      `${name} has an Image Orientation (Patient) that is not two perpendicular unit vectors: ${cosines.join(', ')}`,
    );
  }
  // SpacingBetweenSlices may be negative in old NM and MR files; only its length is meant here.
  const length = (tag: Tag) => Math.abs(frame.numberIfSound(tag) ?? 0) || undefined;
  return {
    name,
    position: position as unknown as Vector3,
    ...directions(row, column, off > unnoticed),
    columnSpacing: columnSpacing!,
    rowSpacing: rowSpacing!,
    sliceThickness: length('x00180050'),
    spacingBetweenSlices: length('x00180088'),
    notes:
      off > unnoticed
        ? ['Image Orientation (Patient) is rounded: its rows and columns were made perpendicular, of unit length.']
        : [],
  };
}

function directions(
  row: Vector3,
  column: Vector3,
  isRounded: boolean,
): Pick<SlicePlane, 'alongRow' | 'alongColumn' | 'isRounded'> {
  const [u, v] = [normalize(row), normalize(column)];
  const half = dot(u, v) / 2;
  return {
    alongRow: normalize(subtract(u, scale(v, half))),
    alongColumn: normalize(subtract(v, scale(u, half))),
    ...(isRounded && { isRounded }),
  };
}

function exactly(count: number, values: readonly number[], attribute: string, name: string): readonly number[] {
  if (values.length === count) return values;
  if (values.length === 0) throw unusable(`${name} lacks ${attribute}`);
  throw unusable(`${name} has ${values.length} values of ${attribute} in place of ${count}`);
}

const unusable = (what: string): PromptsegError =>
  new PromptsegError('geometry-missing', `${what}, so its place in the patient is unknown.`);
