import { createSeries } from '../../../dicom-fixtures/src/createSeries.js';
import { loadInstances } from '../../../dicom-fixtures/src/shippedPhantom.js';
import type { FoundFinding } from '../../../server/contract/finding.js';
import type { Job } from '../../../server/contract/job.js';
import { type ArchiveProxy, startArchiveProxy } from '../../support/archiveProxy.js';
import { startTestOrthanc } from '../../support/orthanc.js';
import { type Product, startProduct } from '../../support/product.js';
import { smallPhantom } from '../../support/smallPhantom.js';
import { tinyBody } from '../../support/tinyBody.js';
import { type SeriesUIDs, uidsOf } from '../productClient.js';

/** One product and its series, each as large as its tests need. */

export let product: Product;
export let archive: ArchiveProxy;
/** The demo study, whose masks are compared with its truth: one job. */
export let demo: SeriesUIDs;
/** A coarse one, for the targets that it shows. */
export let small: SeriesUIDs;
/** For what is not about masks. A worker keeps the images of its last series: another one is retrieved. */
export let tiny: SeriesUIDs;
export let otherTiny: SeriesUIDs;
export let mr: SeriesUIDs;
export let damaged: SeriesUIDs;

export async function startAll(): Promise<void> {
  const grid = { size: [8, 8, 4], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] } as const;
  const instances: Uint8Array[] = [];
  const kept = (each: readonly Uint8Array[]): SeriesUIDs => {
    instances.push(...each);
    return uidsOf(each[0]!);
  };
  demo = kept(loadInstances());
  small = kept(await smallPhantom('small'));
  tiny = kept(await tinyBody('tiny'));
  otherTiny = kept(await tinyBody('other tiny'));
  mr = kept(await createSeries({ name: 'mr', modality: 'MR', grid, valueAt: (i) => i }));
  // Orthanc itself refuses a file that ends early; one with fewer pixels than it claims it keeps.
  const attributes = () => ({ Rows: 16 });
  damaged = kept(await createSeries({ name: 'damaged', modality: 'CT', grid, valueAt: (i) => i, attributes }));
  const orthanc = await startTestOrthanc();
  archive = await startArchiveProxy(orthanc);
  product = await startProduct({
    archive: { ...orthanc, dicomWebUrl: archive.url },
    instances,
    settings: { PROMPTSEG_LOG_LEVEL: 'debug' },
  });
}

export async function stopAll(): Promise<void> {
  await product?.stop();
  archive?.close();
}

export const found = (job: Job): FoundFinding[] =>
  job.findings.flatMap((finding) => (finding.status === 'found' ? [finding] : []));
