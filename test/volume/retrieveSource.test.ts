import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSeries } from '../../dicom-fixtures/src/createSeries.js';
import { readIdentity } from '../../server/src/dicom/instanceIdentity.js';
import type { Archive, SeriesSummary } from '../../server/src/pacs/archive.js';
import { type LastSource, retrieveSource } from '../../server/src/story/retrieveSource.js';
import { streamOf } from './streamOf.js';

const grid = { size: [8, 8, 4], voxelToLps: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1] } as const;
const described = { modality: 'MR', description: '', numberOfInstances: 4 };

const uidOf = (part10: Uint8Array) => ({ '00080018': { Value: [readIdentity(part10)!.sopInstanceUID] } });

describe('the volume of the last series', () => {
  let instances: readonly Uint8Array[];
  let summary: SeriesSummary;
  let retrieved: number;
  let archive: Archive;
  let last: LastSource;

  beforeAll(async () => {
    instances = await createSeries({ name: 'kept', modality: 'MR', grid, valueAt: (i) => i });
    const { studyInstanceUID, seriesInstanceUID } = readIdentity(instances[0]!)!;
    summary = { ...described, studyInstanceUID, seriesInstanceUID };
  });
  beforeEach(() => {
    retrieved = 0;
    last = {};
    archive = {
      retrieveSeries() {
        retrieved++;
        return streamOf(instances);
      },
      findSeries: async () => summary,
    } as unknown as Archive;
  });
  const retrieve = (series: SeriesSummary, stack?: string) =>
    retrieveSource(archive, series, last, { stack, signal: new AbortController().signal, onProgress: () => {} });

  it('is used again, and the notes say so', async () => {
    const first = await retrieve(summary);
    const second = await retrieve(summary);
    expect(second.source).toBe(first.source);
    expect([first.notes, second.notes]).toEqual([[], [expect.stringContaining('not retrieved again')]]);
    expect(retrieved).toBe(1);
  });

  it('is retrieved again where images were added', async () => {
    await retrieve(summary);
    await retrieve({ ...summary, numberOfInstances: 5 });
    expect(retrieved).toBe(2);
  });

  it.each([{ seriesInstanceUID: '1.2.4' }, { studyInstanceUID: '1.3' }])(
    'is not taken for another series or study: %j',
    async (other) => {
      await retrieve(summary);
      archive.retrieveInstance = async () => undefined;
      archive.query = async () => [];
      archive.retrieveMetadata = async () => [];
      await expect(retrieve({ ...summary, ...other })).rejects.toMatchObject({ code: 'series-mixed' });
      expect(retrieved).toBe(2);
    },
  );

  it('is retrieved again where the archive does not count its images', async () => {
    const { numberOfInstances: _, ...uncounted } = summary;
    archive.findSeries = async () => uncounted;
    archive.query = async () => instances.map((each) => uidOf(each));
    await retrieve(uncounted);
    await retrieve(uncounted);
    expect(retrieved).toBe(2);
  });

  it('is retrieved again after a while: a replaced image is not seen by counting', async () => {
    await retrieve(summary);
    last.kept = { ...last.kept!, at: Date.now() - 3_600_000 };
    await retrieve(summary);
    expect(retrieved).toBe(2);
  });

  it('is gone where the next series could not be read', async () => {
    await retrieve(summary);
    archive.retrieveSeries = () => streamOf([new Uint8Array(200)]);
    await expect(retrieve({ ...summary, seriesInstanceUID: '1.2.4' })).rejects.toThrow();
    expect(last.kept).toBeUndefined();
  });
});
