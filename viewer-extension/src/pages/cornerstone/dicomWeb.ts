import { type DicomJson, numbersOf } from '../../../../server/contract/dicomJson.js';
import { ApiError } from '../../client/trouble.js';

/** DICOMweb of the archive, through the server. */
export const root = '/dicom-web';

/**
 * One query.
 * @param path below the root
 * @throws ApiError if the archive refuses
 */
export async function get(path: string): Promise<readonly DicomJson[]> {
  const response = await fetch(`${root}${path}`, { headers: { Accept: 'application/dicom+json' } });
  if (response.status === 204) return [];
  if (!response.ok) throw new ApiError(response.status);
  return (await response.json()) as readonly DicomJson[];
}

/** The first value; 0 where there is none. */
export const numberOf = (dataset: DicomJson, tag: string): number => numbersOf(dataset, tag)[0] ?? 0;
