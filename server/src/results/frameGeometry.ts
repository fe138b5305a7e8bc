import { PromptsegError } from '../platform/errors.js';
import { column, cross, dot, normalize, type Vector3 } from '../values/affine.js';
import { isEven, spacing, voxelCentre } from '../values/grid.js';
import type { NaturalizedDataset } from '../values/naturalizedDataset.js';
import type { Volume } from '../values/volume.js';
import { decimalString } from './decimalString.js';

/** Cosine of the angle between rows and columns above which the pixels are not rectangular. */
const orthogonalityTolerance = 1e-3;

/**
 * Largest difference of a direction cosine for which the source's stated orientation is used for the grid, and largest
 * deviation of its rows and columns from perpendicular.
 */
const orientationTolerance = 1e-4;

/**
 * Geometry that all frames share: Pixel Measures and Plane Orientation (PS3.3 sections C.7.6.16.2.1 and C.7.6.16.2.4).
 */
export interface SharedGeometry {
  /** [between rows, between columns] in mm, as Decimal Strings */
  readonly pixelSpacing: readonly string[];
  /**
   * In mm. For even slices the distance between them, so that they fill the space; else what the source states, if
   * anything.
   */
  readonly sliceThickness: string;
  /** Distance of neighbouring slices along their normal, in mm; undefined if it varies. */
  readonly spacingBetweenSlices: string | undefined;
  /** Direction cosines of the rows (increasing column index), then of the columns */
  readonly imageOrientationPatient: readonly string[];
}

/**
 * Slices may be shifted against each other (gantry tilt), since every frame states its own position. Pixels must be
 * rectangular.
 * @throws PromptsegError `result-not-encodable` if rows and columns of the grid are not perpendicular
 */
export function sharedGeometry({ grid, header }: Volume): SharedGeometry {
  const rowDirection = normalize(column(grid.voxelToLps, 0));
  const columnDirection = normalize(column(grid.voxelToLps, 1));
  if (Math.abs(dot(rowDirection, columnDirection)) > orthogonalityTolerance)
    throw new PromptsegError(
      'result-not-encodable',
      'The rows and columns of the images are not perpendicular, which a DICOM segmentation cannot state.',
    );
  const normal = normalize(cross(rowDirection, columnDirection));
  const [betweenColumns, betweenRows] = spacing(grid);
  const step = decimalString(Math.abs(dot(column(grid.voxelToLps, 2), normal)));
  return {
    pixelSpacing: [decimalString(betweenRows), decimalString(betweenColumns)],
    sliceThickness: isEven(grid) ? step : (statedThickness(header) ?? step),
    spacingBetweenSlices: isEven(grid) ? step : undefined,
    imageOrientationPatient: orientation([...rowDirection, ...columnDirection], header).map(decimalString),
  };
}

function statedThickness({ SliceThickness }: NaturalizedDataset): string | undefined {
  const thickness = Number(SliceThickness);
  return thickness > 0 && thickness < 1e6 ? decimalString(thickness) : undefined;
}

/** Image Position (Patient) of a slice as its image states it, or else from the grid. */
export function imagePositionPatient({ grid, sourceImages }: Volume, slice: number): readonly string[] {
  const stated = sourceImages[slice]?.imagePositionPatient;
  const position: Vector3 = stated ?? voxelCentre(grid, [0, 0, slice]);
  return position.map(decimalString);
}

/**
 * The source's own cosines if they agree with the grid, because viewers compare them with those of the images, and
 * normalising changes their last digits. Otherwise the grid's, without rounding noise.
 */
function orientation(ofGrid: readonly number[], header: NaturalizedDataset): readonly number[] {
  const stated = header.ImageOrientationPatient;
  if (Array.isArray(stated) && stated.length === 6) {
    const cosines = stated.map(Number);
    const [a, b, c, d, e, f] = cosines as [number, number, number, number, number, number];
    const isPerpendicular = Math.abs(a * d + b * e + c * f) < orientationTolerance;
    if (isPerpendicular && cosines.every((cosine, index) => Math.abs(cosine - ofGrid[index]!) < orientationTolerance))
      return cosines;
  }
  return ofGrid.map((cosine) => Math.round(cosine * 1e12) / 1e12);
}
