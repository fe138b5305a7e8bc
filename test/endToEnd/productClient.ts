import { spawnSync } from 'node:child_process';
import type { Job, SegmentationRequest } from '../../server/contract/job.js';
import { hasEnded, type JobState } from '../../server/contract/jobState.js';
import { parseInstance } from '../../server/src/dicom/dicomInstance.js';
import { createDicomWebArchive } from '../../server/src/pacs/dicomWebArchive.js';
import { waitLimitMs } from '../support/limits.mjs';
import type { Product } from '../support/product.js';
import { until } from '../support/until.js';

/** What the tests do with a running product, as a program would. */

export interface SeriesUIDs {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
}

export function uidsOf(part10: Uint8Array): SeriesUIDs {
  const instance = parseInstance(part10);
  return {
    studyInstanceUID: instance.string('x0020000d') ?? '',
    seriesInstanceUID: instance.string('x0020000e') ?? '',
  };
}

export interface Received<T> {
  readonly status: number;
  readonly body: T;
}

export async function call<T>(
  { url }: Pick<Product, 'url'>,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  address: string,
  body?: unknown,
): Promise<Received<T>> {
  const response = await fetch(`${url}/api/v1${address}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
}

export const submit = (product: Pick<Product, 'url'>, request: SegmentationRequest): Promise<Received<Job>> =>
  call<Job>(product, 'POST', '/segmentations', request);

/** The states of a job in a response of Server-Sent Events, until the stream ends. @throws if its connection breaks */
export async function* jobEvents({ body }: Response): AsyncGenerator<Job> {
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as Job;
    }
  }
}

/**
 * Waits until the job is in one of the states, or has ended. The server says so: to be asked every 20 ms costs it the
 * processor time that the job needs.
 */
export async function waitFor(
  product: Pick<Product, 'url'>,
  id: string,
  states: readonly JobState[] = [],
): Promise<Job> {
  const response = await fetch(`${product.url}/api/v1/segmentations/${id}/events`, {
    signal: AbortSignal.timeout(waitLimitMs),
  });
  if (!response.ok) throw new Error(`the server responded with ${response.status}: ${await response.text()}`);
  for await (const job of jobEvents(response)) {
    if (hasEnded(job)) return (await call<Job>(product, 'GET', `/segmentations/${id}`)).body;
    if (states.includes(job.state)) return job;
  }
  throw new Error('the events of the job ended before the job');
}

/** SOP Instance UIDs of all segmentation objects in the archive. */
export async function storedSegmentations({ archive }: Pick<Product, 'archive'>): Promise<string[]> {
  const response = await archive.ask(`/tools/find`, {
    method: 'POST',
    body: JSON.stringify({ Level: 'Instance', Expand: true, Query: { Modality: 'SEG' } }),
  });
  const instances = (await response.json()) as { MainDicomTags: { SOPInstanceUID: string } }[];
  return instances.map(({ MainDicomTags }) => MainDicomTags.SOPInstanceUID);
}

/**
 * Process ids of the server's worker processes; waits until there is one: a job's worker starts a moment after its job.
 */
export const workersOf = ({ pid }: Pick<Product, 'pid'>): Promise<number[]> =>
  until(() => {
    // pgrep ends with 1 where there are none.
    const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
    return stdout.trim() !== '' && stdout.trim().split('\n').map(Number);
  });

/** A job's result as the archive holds it, Part 10. Throws if it does not. */
export async function storedResult({ archive }: Pick<Product, 'archive'>, { result }: Job): Promise<Uint8Array> {
  const { studyInstanceUID, seriesInstanceUID, sopInstanceUID } = result!;
  const dicomWeb = createDicomWebArchive(archive.dicomWeb);
  const part10 = await dicomWeb.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID);
  if (part10 === undefined) throw new Error('the archive does not hold the object');
  return part10;
}
