import type { Image, JsonCompatible, TransformList } from 'itk-wasm';
import { type Affine, add, apply, column, fromAxes, normalize, subtract, type Vector3 } from '../values/affine.js';
import { spacing } from '../values/grid.js';
import type { CoarseImage } from './coarseImage.js';

/**
 * The parameters of elastix: a rigid transform, mutual information, and adaptive stochastic gradient descent (Klein et
 * al., IJCV 2009), whose random samples are the same in every run. Two resolutions, from blurred to as they are.
 */
const parameters: JsonCompatible = [
  {
    FixedInternalImagePixelType: ['float'],
    MovingInternalImagePixelType: ['float'],
    UseDirectionCosines: ['true'],
    Registration: ['MultiResolutionRegistration'],
    NumberOfResolutions: ['2'],
    FixedImagePyramid: ['FixedSmoothingImagePyramid'],
    MovingImagePyramid: ['MovingSmoothingImagePyramid'],
    ImagePyramidSchedule: ['2', '2', '2', '1', '1', '1'],
    Interpolator: ['LinearInterpolator'],
    Metric: ['AdvancedMattesMutualInformation'],
    NumberOfHistogramBins: ['32'],
    ImageSampler: ['RandomCoordinate'],
    NumberOfSpatialSamples: ['2000'],
    NewSamplesEveryIteration: ['true'],
    RandomSeed: ['1'],
    Optimizer: ['AdaptiveStochasticGradientDescent'],
    MaximumNumberOfIterations: ['200'],
    AutomaticScalesEstimation: ['true'],
    AutomaticTransformInitialization: ['false'],
    Transform: ['EulerTransform'],
    HowToCombineTransforms: ['Compose'],
    ResampleInterpolator: ['FinalLinearInterpolator'],
    Resampler: ['DefaultResampler'],
    WriteResultImage: ['true'],
    DefaultPixelValue: ['0'],
  },
];

/**
 * Registers two images rigidly with elastix, compiled to WebAssembly (`@itk-wasm/elastix`). It computes for seconds
 * without a pause, and reads nothing but its own package.
 * @param shift from `now` to `before`, LPS mm: where it begins
 * @returns the matrix from a place of `now` to the same place of the patient in `before`, LPS mm
 * @throws Error of elastix, for example if too few samples are in both images
 */
export async function registerWithElastix(now: CoarseImage, before: CoarseImage, shift: Vector3): Promise<Affine> {
  const { elastixNode } = await import('#elastix');
  const { transform } = await elastixNode(parameters, {
    fixed: itkImage(now, [0, 0, 0]),
    moving: itkImage(before, shift),
  });
  const { x, y, z, translation } = rigidPartsOf(transform);
  return fromAxes(x, y, z, add(translation, shift));
}

/** @param shift by which the image is moved back */
function itkImage({ grid, voxels }: CoarseImage, shift: Vector3): Image {
  const axes = ([0, 1, 2] as const).map((axis) => normalize(column(grid.voxelToLps, axis)));
  return {
    imageType: { dimension: 3, componentType: 'float32', pixelType: 'Scalar', components: 1 },
    name: '',
    origin: [...subtract(column(grid.voxelToLps, 3), shift)],
    spacing: [...spacing(grid)],
    direction: Float64Array.from([0, 1, 2].flatMap((row) => axes.map((axis) => axis[row]!))),
    size: [...grid.size],
    metadata: new Map(),
    data: voxels,
  };
}

/**
 * Columns of the rotation, and the place to which it puts the origin. ITK's Euler transform turns about x, then y, then
 * z, in the order Z·X·Y (itkEuler3DTransform.hxx), around its centre.
 */
function rigidPartsOf(transforms: TransformList) {
  const euler = transforms.find(({ transformType }) => transformType.transformParameterization === 'Euler3D');
  if (euler === undefined) throw new Error('elastix gave no rigid transform.');
  const [a = 0, b = 0, c = 0, tx = 0, ty = 0, tz = 0] = Array.from(euler.parameters, Number);
  const [cx = 0, cy = 0, cz = 0, isZyx = 0] = Array.from(euler.fixedParameters, Number);
  if (isZyx !== 0) throw new Error('elastix turned about other axes than expected.');
  const [sa, ca, sb, cb, sc, cc] = [a, b, c].flatMap((angle) => [Math.sin(angle), Math.cos(angle)]) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const x: Vector3 = [cc * cb - sc * sa * sb, sc * cb + cc * sa * sb, -ca * sb];
  const y: Vector3 = [-sc * ca, cc * ca, sa];
  const z: Vector3 = [cc * sb + sc * sa * cb, sc * sb - cc * sa * cb, ca * cb];
  const centre: Vector3 = [cx, cy, cz];
  const turnedCentre = apply(fromAxes(x, y, z, [0, 0, 0]), centre);
  return { x, y, z, translation: add([tx, ty, tz], subtract(centre, turnedCentre)) };
}
