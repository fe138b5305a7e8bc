import { type DicomJson, firstText } from '#contract/dicomJson.js';
import type { Archive } from '../../pacs/archive.js';

const pageLength = 200;

/**
 * All studies that match, page by page (QIDO-RS), each once.
 * @param most no further page is read after this many studies
 * @throws PromptsegError the archive's errors
 */
export async function searchStudies(
  archive: Pick<Archive, 'query'>,
  query: Readonly<Record<string, string>>,
  signal: AbortSignal,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly DicomJson[]> {
  const found = new Map<string, DicomJson>();
  for (let offset = 0; found.size < most; offset += pageLength) {
    const page = await archive.query(
      ['studies'],
      { ...query, limit: String(pageLength), offset: String(offset) },
      signal,
    );
    const before = found.size;
    for (const study of page) found.set(firstText(study, '0020000D'), study);
    // An archive without support for `offset` returns the same page again, one without `limit` everything at once.
    if (page.length < pageLength || found.size === before) break;
  }
  found.delete('');
  return [...found.values()];
}
