import { z } from 'zod';
import { type ArchiveAuthorization, authorizationHeader } from '../platform/archiveAuthorization.js';
import { PromptsegError } from '../platform/errors.js';
import { type ArchiveResponse, readText, sendRequest } from './archiveHttp.js';
import type { ObjectDeletion, ObjectReference } from './objectDeletion.js';
import { errorOfStatus } from './responseErrors.js';

export interface OrthancDeletionOptions {
  /** Root of Orthanc's own REST API: `http://127.0.0.1:8042`; undefined if it is not known. */
  readonly orthancUrl: string | undefined;
  readonly authorization?: ArchiveAuthorization | undefined;
}

const systemSchema = z.object({ ApiVersion: z.number(), Version: z.string(), DatabaseVersion: z.number() });
const lookupSchema = z.array(z.object({ ID: z.string().regex(/^[0-9a-f-]+$/), Type: z.string() }));
const seriesSchema = z.object({ MainDicomTags: z.object({ SeriesInstanceUID: z.string() }) });

/**
 * The address of Orthanc's REST API, derived from that of DICOMweb: by default (`DicomWeb.Root`) the plugin serves
 * `/dicom-web` on the same port.
 * @returns undefined if the address ends differently
 */
export function orthancUrlOf(archiveUrl: string): string | undefined {
  const [, root] = /^(.*)\/dicom-web\/*$/.exec(archiveUrl) ?? [];
  return root;
}

/**
 * Deletes objects with Orthanc's REST API (`/tools/lookup`, `DELETE /instances/{id}`), if the archive is an Orthanc.
 */
export function createOrthancDeletion({ orthancUrl, authorization }: OrthancDeletionOptions): ObjectDeletion {
  async function send(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    signal: AbortSignal | undefined,
    body?: string,
  ): Promise<ArchiveResponse> {
    return sendRequest({
      method,
      url: new URL(`${orthancUrl}${path}`),
      headers: authorizationHeader(authorization),
      signal,
      ...(body !== undefined && { body: [Buffer.from(body)] }),
    });
  }

  async function read<T>(schema: z.ZodType<T>, response: ArchiveResponse): Promise<T> {
    const text = await readText(response);
    if (response.status !== 200) throw errorOfStatus(response.status, response.headers);
    const parsed = schema.safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw new PromptsegError('archive-broken-answer', 'The archive’s REST API sent an unknown response.');
  }

  async function requireOrthanc(signal: AbortSignal | undefined): Promise<void> {
    if (orthancUrl === undefined) throw cannotDelete();
    const response = await send('GET', '/system', signal);
    const text = await readText(response);
    if (response.status === 401 || response.status === 403 || response.status >= 500)
      throw errorOfStatus(response.status, response.headers);
    if (response.status !== 200 || !systemSchema.safeParse(jsonOf(text)).success) throw cannotDelete();
  }

  /** Orthanc's ids of the object. The same SOP Instance UID in another series is another object. */
  async function idsOf({ seriesInstanceUID, sopInstanceUID }: ObjectReference, signal: AbortSignal | undefined) {
    const found = await read(lookupSchema, await send('POST', '/tools/lookup', signal, sopInstanceUID));
    const ids: string[] = [];
    for (const { ID, Type } of found) {
      if (Type !== 'Instance') continue;
      const series = await send('GET', `/instances/${ID}/series`, signal);
      // Deleted by somebody else meanwhile.
      if (series.status === 404) {
        series.close();
        continue;
      }
      const { MainDicomTags } = await read(seriesSchema, series);
      if (MainDicomTags.SeriesInstanceUID === seriesInstanceUID) ids.push(ID);
    }
    return ids;
  }

  return {
    async deleteObjects(objects, signal) {
      await requireOrthanc(signal);
      for (const object of objects)
        for (const id of await idsOf(object, signal)) {
          const response = await send('DELETE', `/instances/${id}`, signal);
          response.close();
          // Or just now.
          if (response.status !== 200 && response.status !== 404)
            throw errorOfStatus(response.status, response.headers);
        }
    },
  };
}

const cannotDelete = (): PromptsegError =>
  new PromptsegError(
    'archive-cannot-delete',
    'The archive is not known to be an Orthanc, and DICOMweb cannot delete objects.',
  );

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
