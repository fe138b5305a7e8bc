import type { TargetView } from '../../../server/contract/finding.js';
import type { Job, StoredResult } from '../../../server/contract/job.js';

export const leftLung: TargetView = {
  id: 'left-lung',
  name: 'Left lung',
  code: { value: '44029006', scheme: 'SCT', meaning: 'Left lung' },
  laterality: 'left',
  displayColour: [197, 165, 145],
};

export const storedResult: StoredResult = {
  studyInstanceUID: '1.2.3',
  seriesInstanceUID: '1.2.3.9',
  sopInstanceUID: '1.2.3.9.1',
  sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  seriesDescription: 'Left lung',
  alsoStored: [],
  bytes: 1000,
};

/** A job that has just begun, with whatever `change` says otherwise. */
export function aJob(change: Partial<Job> = {}): Job {
  return {
    id: '2f0d5a3e-7c40-4f5c-9a55-0c1d4a8d9e11',
    state: 'queued',
    request: { studyInstanceUID: '1.2.3', seriesInstanceUID: '1.2.3.4', prompts: ['left lung'] },
    targets: [leftLung],
    createdAt: '2026-01-01T00:00:00.000Z',
    stageTimes: {},
    notes: [],
    findings: [],
    lastEventId: 1,
    ...change,
  };
}

/** The same job, completed, with its lung found as segment 3. */
export function aCompletedJob(change: Partial<Job> = {}): Job {
  return aJob({
    state: 'completed',
    endedAt: '2026-01-01T00:00:08.000Z',
    result: storedResult,
    lastEventId: 9,
    findings: [
      { status: 'refused', prompt: 'xyz', reason: 'Not known.', nearest: [] },
      {
        status: 'found',
        prompt: 'left lung',
        target: leftLung,
        segmentNumber: 3,
        volumeMl: 2310,
        voxelCount: 1000,
        longestAxialDiameterMm: 150,
        mean: -812,
        standardDeviation: 50,
        unit: 'HU',
        boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
        centroidLps: [0, 0, 0],
      },
    ],
    ...change,
  });
}
