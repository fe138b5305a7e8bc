import type { DicomJson } from '#contract/dicomJson.js';
import { PromptsegError } from '../platform/errors.js';
import { requestServer } from './apiClient.js';

/**
 * QIDO-RS (PS3.18 section 10.6) through the server, which has the archive's credentials.
 * @param path "/studies", "/studies/1.2.3/series"
 * @throws PromptsegError as {@link requestServer}; `archive-broken-answer` if the response is no list
 */
export async function searchArchive(
  server: string,
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<readonly DicomJson[]> {
  const response = await requestServer(server, `/dicom-web${path}?${new URLSearchParams(query)}`, {
    headers: { accept: 'application/dicom+json' },
  });
  if (response.status === 204) return [];
  const found: unknown = await response.json().catch(() => undefined);
  if (Array.isArray(found)) return found;
  throw new PromptsegError('archive-broken-answer', 'The archive did not return a list of matches.');
}
