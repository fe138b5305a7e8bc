import { z } from 'zod';
import { type ArchiveAuthorization, authorizationHeader } from '../platform/archiveAuthorization.js';
import { PromptsegError } from '../platform/errors.js';
import { readText, sendRequest } from './archiveHttp.js';
import { errorOfStatus } from './responseErrors.js';

/** One entry of Orthanc's list of changes. */
const changeSchema = z.object({
  ChangeType: z.string(),
  /** Orthanc's clock, UTC: 20260131T120000. */
  Date: z.string(),
  /** Orthanc's own id of the patient, study, series or instance. */
  ID: z.string(),
  ResourceType: z.string(),
  /** Grows by one with each change. An entry disappears when its resource is deleted. */
  Seq: z.int(),
});
export type Change = z.infer<typeof changeSchema>;

/** `Last`: number of the last entry of the page, or of the last change ever if the page is empty. */
const pageSchema = z.object({ Changes: z.array(changeSchema), Done: z.boolean(), Last: z.int() });
export type ChangesPage = z.infer<typeof pageSchema>;

const seriesSchema = z.object({
  ID: z.string(),
  ParentStudy: z.string(),
  Instances: z.array(z.string()),
  /** Nothing arrived for StableAge, or Orthanc was restarted since. */
  IsStable: z.boolean(),
  /** When the last instance arrived, by Orthanc's clock, UTC; empty if an old version stored it. */
  LastUpdate: z.string().default(''),
  MainDicomTags: z.object({ SeriesInstanceUID: z.string() }),
});
const studySchema = z.object({ ID: z.string(), MainDicomTags: z.object({ StudyInstanceUID: z.string() }) });

/** A series in Orthanc. */
export interface OrthancSeries {
  readonly archiveId: string;
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Orthanc's own ids of its instances. */
  readonly instanceIds: readonly string[];
  readonly isStable: boolean;
  readonly lastUpdate: string;
}

/**
 * The part of Orthanc's REST API (version 1.9.4 or newer) that lists arrivals. Every method may throw the archive's
 * errors.
 */
export interface OrthancChanges {
  /** Changes with a higher number than `since`, oldest first. */
  after(since: number, limit: number, signal?: AbortSignal): Promise<ChangesPage>;
  /** The last change; a page without changes if the list is empty. */
  last(signal?: AbortSignal): Promise<ChangesPage>;
  /** The series of these series and instances, each once; deleted ones are left out. */
  seriesOf(archiveIds: readonly string[], signal?: AbortSignal): Promise<readonly OrthancSeries[]>;
  /** All series, in order of arrival. */
  listSeries(offset: number, limit: number, signal?: AbortSignal): Promise<readonly OrthancSeries[]>;
}

/**
 * @param options.baseUrl of Orthanc's REST interface, not of DICOMweb: `http://127.0.0.1:8042`
 */
export function createOrthancChanges({
  baseUrl,
  authorization,
}: {
  readonly baseUrl: string;
  readonly authorization?: ArchiveAuthorization | undefined;
}): OrthancChanges {
  const root = baseUrl.replace(/\/+$/, '');

  async function ask<T>(schema: z.ZodType<T>, path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    const response = await sendRequest({
      method: body === undefined ? 'GET' : 'POST',
      url: new URL(`${root}${path}`),
      headers: { ...authorizationHeader(authorization), Accept: 'application/json' },
      ...(body !== undefined && { body: [Buffer.from(JSON.stringify(body))] }),
      signal,
    });
    const text = await readText(response);
    if (response.status !== 200) throw errorOfStatus(response.status, response.headers);
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    throw new PromptsegError('archive-broken-answer', 'The service at PROMPTSEG_ORTHANC_URL is not an Orthanc.');
  }

  /** Adds Study Instance UIDs: Orthanc states the study of a series only by its own id. */
  async function withStudies(found: readonly z.infer<typeof seriesSchema>[], signal?: AbortSignal) {
    const studies = new Map<string, string>();
    if (found.length > 0) {
      const body = { Resources: found.map(({ ID }) => ID), Level: 'Study' };
      for (const { ID, MainDicomTags } of await ask(z.array(studySchema), '/tools/bulk-content', body, signal))
        studies.set(ID, MainDicomTags.StudyInstanceUID);
    }
    return found.flatMap(({ ID, ParentStudy, Instances, IsStable, LastUpdate, MainDicomTags }): OrthancSeries[] => {
      const studyInstanceUID = studies.get(ParentStudy);
      // Deleted between the two requests.
      if (studyInstanceUID === undefined) return [];
      return [
        {
          archiveId: ID,
          studyInstanceUID,
          seriesInstanceUID: MainDicomTags.SeriesInstanceUID,
          instanceIds: Instances,
          isStable: IsStable,
          lastUpdate: LastUpdate,
        },
      ];
    });
  }

  return {
    after: (since, limit, signal) => ask(pageSchema, `/changes?since=${since}&limit=${limit}`, undefined, signal),
    last: (signal) => ask(pageSchema, '/changes?last', undefined, signal),
    async seriesOf(archiveIds, signal) {
      if (archiveIds.length === 0) return [];
      const body = { Resources: archiveIds, Level: 'Series' };
      return withStudies(await ask(z.array(seriesSchema), '/tools/bulk-content', body, signal), signal);
    },
    async listSeries(offset, limit, signal) {
      const path = `/series?expand&since=${offset}&limit=${limit}`;
      return withStudies(await ask(z.array(seriesSchema), path, undefined, signal), signal);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
