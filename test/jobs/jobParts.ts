import { randomUUID } from 'node:crypto';
import type { Finding } from '../../server/contract/finding.js';
import type { Job } from '../../server/contract/job.js';
import { hasEnded } from '../../server/contract/jobState.js';
import type { JobStore } from '../../server/src/jobs/records/jobStore.js';
import type { Archive, SeriesSummary } from '../../server/src/pacs/archive.js';
import type { ModelPackage, PromptablePackage } from '../../server/src/segmenter/packages/modelPackage.js';
import { until } from '../support/until.js';

/** What the tests of jobs share: a model and an archive of which only the surface is asked. */

export const bone = {
  id: 'bone',
  name: 'bone',
  synonyms: ['skeleton'],
  modalities: ['CT'],
  concept: {
    category: { value: '91723000', scheme: 'SCT' as const, meaning: 'Anatomical Structure' },
    type: { value: '272673000', scheme: 'SCT' as const, meaning: 'Bone' },
    displayColour: [240, 230, 200] as [number, number, number],
  },
};
const model = {
  folder: 'models/test',
  sha256: 'f'.repeat(64),
  manifest: { family: 'text-query', id: 'test', version: '1.0.0', modalities: ['CT'] },
  vocabulary: { targets: [bone], groups: [] },
} as unknown as ModelPackage;
/** What a job for {@link bone} stored. */
export const storedBone = {
  studyInstanceUID: '1.2',
  seriesInstanceUID: '1.2.4',
  sopInstanceUID: '1.2.5',
  sopClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  seriesDescription: 'bone',
  bytes: 1000,
  alsoStored: [],
};

const target = { id: bone.id, name: bone.name, code: bone.concept.type, displayColour: bone.concept.displayColour };
/** Findings for {@link bone}. */
export const missingBone: Finding = { status: 'not-found', prompt: 'bone', target, reason: 'It is not in the image.' };
export const foundBone: Finding = {
  ...{ status: 'found', prompt: 'bone', target, segmentNumber: 1, volumeMl: 5, voxelCount: 5 },
  boundingBox: { first: [0, 0, 0], last: [1, 1, 1] },
};

const takesBoxes = {
  folder: 'models/boxes',
  sha256: 'b'.repeat(64),
  manifest: { family: 'medsam', id: 'boxes', version: '1.0.0', modalities: ['CT'] },
} as unknown as PromptablePackage;
export const library = { packages: [model], promptable: [takesBoxes], refused: [] };

export const series: SeriesSummary = {
  studyInstanceUID: '1.2',
  seriesInstanceUID: '1.2.3',
  modality: 'CT',
  description: '',
  numberOfInstances: 10,
};
export const archiveWith = (found: () => Promise<SeriesSummary>): Archive =>
  ({ findSeries: found }) as unknown as Archive;

export const request = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', prompts: ['bone'] };
/** Requests that differ, so that each is a job of its own. */
export const requestNumber = (number: number) => ({ ...request, seriesInstanceUID: `1.2.3.${number}` });

/**
 * A statement that leaves no jobs, no workers and no webhooks. TRUNCATE makes new files for each table and index, which
 * took PGlite 100 ms of processor time before each test; this takes 2 ms.
 */
export const emptied = ['jobs', 'workers', 'webhooks']
  .map((table) => `promptseg.${table}`)
  .concat('pgboss.job')
  .map((table) => `DELETE FROM ${table};`)
  .join(' ');

let minutes = 0;
export function queuedJob(study = '1.2.3'): Omit<Job, 'lastEventId'> {
  return {
    id: randomUUID(),
    state: 'queued',
    request: { studyInstanceUID: study, seriesInstanceUID: '1.2.3.4', prompts: ['bone'] },
    targets: [],
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, minutes++)).toISOString(),
    stageTimes: {},
    notes: [],
    findings: [],
  };
}

export async function endOf(store: JobStore, id: string): Promise<Job> {
  await until(async () => hasEnded(await store.get(id)));
  return store.get(id);
}
