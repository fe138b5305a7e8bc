import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadInstances, loadTruth } from '../../dicom-fixtures/src/shippedPhantom.js';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { Job } from '../../server/contract/job.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { maskOfSegment } from '../../server/src/results/maskOfSegment.js';
import { readSegmentation } from '../../server/src/results/readSegmentation.js';
import { countBits } from '../../server/src/values/maskBits.js';
import { submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { startTestTinyPacs, type TestTinyPacs } from '../support/tinyPacs.js';

/** tiny-pacs is by others than Orthanc; it serves whole instances, no metadata and no frames. */
const phantom = loadInstances();
const { studyInstanceUID, seriesInstanceUID } = uidsOf(phantom[0]!);

let tinyPacs: TestTinyPacs;
let server: Server;
let data: ServerData;
let job: Job;

beforeAll(async () => {
  tinyPacs = await startTestTinyPacs();
  const archive = createDicomWebArchive(tinyPacs.dicomWeb);
  for (const part10 of phantom) await archive.store(studyInstanceUID, part10);
  data = await newServerData('promptseg-data-');
  server = await startServer({
    archive: tinyPacs.dicomWebUrl,
    viewer: await setUpViewer(),
    data: data.folder,
    port: await freePort(),
    settings: { ...tinyPacs.settings },
  });
  const { status, body } = await submit(server, {
    studyInstanceUID,
    seriesInstanceUID,
    prompts: ['bone and left lung'],
  });
  expect(status).toBe(202);
  job = await waitFor(server, body.id);
});

afterAll(async () => {
  await server?.stop();
  await tinyPacs?.stop();
  await data?.remove();
});

const ask = (address: string, accept = 'application/dicom+json'): Promise<Response> =>
  fetch(`${server.url}/dicom-web/studies/${studyInstanceUID}${address}`, { headers: { accept } });

describe('a second archive', () => {
  it('gives the series, and takes the segmentation, which is read back from it', async () => {
    expect(job).toMatchObject({
      state: 'completed',
      findings: [
        { status: 'found', target: { name: 'Bone' } },
        { status: 'found', target: { name: 'Left lung' } },
      ],
    });
    const { result } = job;
    const stored = await createDicomWebArchive(tinyPacs.dicomWeb).retrieveInstance(
      studyInstanceUID,
      result!.seriesInstanceUID,
      result!.sopInstanceUID,
    );
    const segmentation = readSegmentation(stored!);
    const { grid } = loadTruth();
    for (const finding of job.findings) {
      if (finding.status !== 'found') continue;
      expect(countBits(maskOfSegment(segmentation, finding.segmentNumber, grid).bits)).toBe(finding.voxelCount);
    }
  });

  it('lets the viewer see images and results, with metadata and frames that Promptseg makes', async () => {
    const series = (await (await ask('/series')).json()) as { '00080060': { Value: string[] } }[];
    expect(series.map((each) => each['00080060'].Value[0]).sort()).toEqual(['CT', 'SEG']);
    const metadata = (await (await ask(`/series/${seriesInstanceUID}/metadata`)).json()) as {
      '00080018': { Value: [string] };
    }[];
    expect(metadata).toHaveLength(phantom.length);
    const [uid] = metadata[0]!['00080018'].Value;
    const frames = await ask(`/series/${seriesInstanceUID}/instances/${uid}/frames/1`, 'multipart/related; type="*"');
    expect(frames.status).toBe(200);
    expect((await frames.arrayBuffer()).byteLength).toBeGreaterThan(0);
  });

  it('takes the token that it was started with, and no request without', async () => {
    expect((await fetch(`${tinyPacs.dicomWebUrl}/studies`)).status).toBe(401);
  });
});
