import { type CtBodyPhantomOptions, createCtBodyPhantom } from '../../dicom-fixtures/src/ctBodyPhantom.js';

/**
 * A coarse CT of the synthetic body, a sixth of the voxels of the demo study, for tests that run many jobs. A separate
 * study, unless one is named.
 */
export async function smallPhantom(
  name: string,
  study = name,
  attributes: CtBodyPhantomOptions['attributes'] = {},
): Promise<readonly Uint8Array[]> {
  return (await createCtBodyPhantom({ name, study, attributes })).instances;
}
