import { setTimeout as sleep } from 'node:timers/promises';
import { readText, sendRequest } from '../../pacs/archiveHttp.js';
import { type ArchiveAuthorization, authorizationHeader } from '../../platform/archiveAuthorization.js';
import { PromptsegError } from '../../platform/errors.js';
import type { Destination, ObjectToDeliver } from './destination.js';
import type { DestinationSettings } from './destinationsFile.js';

type Settings = Extract<DestinationSettings, { orthancName: string }>;

/** The REST API of the source Orthanc. */
export interface OrthancRest {
  readonly url: string;
  readonly authorization?: ArchiveAuthorization | undefined;
}

const pollMs = 200;

interface OrthancJob {
  readonly State: 'Pending' | 'Running' | 'Success' | 'Failure' | 'Paused' | 'Retry';
  readonly ErrorCode: number;
  readonly ErrorDescription?: string;
  readonly Content: { readonly FailedInstancesCount?: number; readonly InstancesCount?: number };
}

/**
 * A modality (C-STORE) or peer in the source Orthanc's settings: Orthanc sends its own copies. They count as delivered
 * when Orthanc's job reports that all were accepted. Nothing is read back, because C-STORE does not offer that.
 */
export function createOrthancDestination({ name, kind, orthancName }: Settings, orthanc: OrthancRest): Destination {
  const place = `${kind === 'orthanc-modality' ? 'modalities' : 'peers'}/${orthancName}`;
  const root = orthanc.url.replace(/\/+$/, '');

  /** @returns undefined for 404 */
  async function call<T>(
    method: 'GET' | 'POST',
    path: string,
    signal: AbortSignal,
    body?: string,
  ): Promise<T | undefined> {
    const response = await sendRequest({
      method,
      url: new URL(`${root}/${path}`),
      headers: authorizationHeader(orthanc.authorization),
      ...(body !== undefined && { body: [Buffer.from(body)] }),
      signal,
    }).catch((error) => {
      throw trouble(
        'destination-unreachable',
        'The source Orthanc, which sends the results on, does not respond.',
        error,
      );
    });
    const text = await readText(response);
    if (response.status === 404) return undefined;
    if (response.status === 401 || response.status === 403)
      throw trouble('destination-refused', 'The source Orthanc, which sends the results on, refused the credentials.');
    if (response.status !== 200)
      throw trouble('destination-unreachable', `The source Orthanc could not reach it (status ${response.status}).`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  async function idOf({ sopInstanceUID }: ObjectToDeliver, signal: AbortSignal): Promise<string> {
    const found = await call<{ ID: string; Type: string }[]>('POST', 'tools/lookup', signal, sopInstanceUID);
    const instance = found?.find(({ Type }) => Type === 'Instance');
    if (instance !== undefined) return instance.ID;
    throw new PromptsegError('result-gone', 'The source archive no longer holds the result.', {
      details: { sopInstanceUID },
    });
  }

  const unknownToOrthanc = (): PromptsegError =>
    trouble(
      'destination-refused',
      `The source Orthanc knows no ${kind === 'orthanc-modality' ? 'modality' : 'peer'} of this name.`,
    );

  return {
    name,
    kind,
    address: orthancName,

    async deliver(objects, _source, signal) {
      const Resources: string[] = [];
      for (const object of objects) Resources.push(await idOf(object, signal));
      const body = JSON.stringify({ Resources, Asynchronous: true, Permissive: false });
      const started = await call<{ ID: string }>('POST', `${place}/store`, signal, body);
      if (started === undefined) throw unknownToOrthanc();
      for (;;) {
        const job = await call<OrthancJob>('GET', `jobs/${started.ID}`, signal);
        if (job === undefined)
          throw trouble('destination-unreachable', 'The source Orthanc was restarted while it sent the results.');
        if (job.State === 'Success' && (job.Content.FailedInstancesCount ?? 0) === 0) return;
        if (job.State === 'Success' || job.State === 'Failure')
          throw trouble(
            'destination-unreachable',
            `The source Orthanc could not send the results there: ${job.ErrorDescription ?? 'not all were accepted'}.`,
          );
        await sleep(pollMs, undefined, { signal });
      }
    },

    async check(signal) {
      const response =
        kind === 'orthanc-modality'
          ? await call('POST', `${place}/echo`, signal, '{}')
          : await call('GET', `${place}/system`, signal);
      if (response === undefined) throw unknownToOrthanc();
    },
  };
}

const trouble = (
  code: 'destination-unreachable' | 'destination-refused',
  message: string,
  cause?: unknown,
): PromptsegError => new PromptsegError(code, message, { cause });
