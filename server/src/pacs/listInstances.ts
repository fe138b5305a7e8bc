import { firstText } from '#contract/dicomJson.js';
import { PromptsegError } from '../platform/errors.js';
import type { Archive } from './archive.js';

/** SOP Instance UIDs, each once. */
export type ListedInstances = readonly string[];

/** Archives may return fewer: the next page starts after what was received, until nothing new arrives. */
const pageSize = 1000;

/**
 * The SOP Instance UIDs of a series, by QIDO-RS for its instances, page by page. If these do not explain the count, the
 * UIDs in the metadata are added: an archive may omit images in any service, but hardly the same ones in both.
 * @param counts the archive's count, and the number of images that it delivered
 * @returns empty if the archive lists nothing, or does not support these services
 * @throws PromptsegError the archive's errors, except those that mean that it does not support a service
 */
export async function listInstances(
  archive: Archive,
  { studyInstanceUID, seriesInstanceUID }: { readonly studyInstanceUID: string; readonly seriesInstanceUID: string },
  { counted, got }: { readonly counted: number | undefined; readonly got: number },
  signal: AbortSignal,
): Promise<ListedInstances> {
  const listed = new Set<string>();
  const resource = ['studies', studyInstanceUID, 'series', seriesInstanceUID, 'instances'];
  await unlessUnknown(async () => {
    for (let offset = 0, before = -1; listed.size > before; offset = listed.size) {
      before = listed.size;
      const page = await archive.query(resource, { limit: `${pageSize}`, offset: `${offset}` }, signal);
      for (const dataset of page) add(firstText(dataset, '00080018'));
    }
  });
  if (listed.size === 0 || (listed.size <= got && counted !== undefined && listed.size < counted)) {
    await unlessUnknown(async () => {
      const metadata = await archive.retrieveMetadata(studyInstanceUID, seriesInstanceUID, undefined, signal);
      for (const dataset of metadata) add(firstText(dataset, '00080018'));
    });
  }
  return [...listed];

  function add(uid: string): void {
    if (uid !== '') listed.add(uid);
  }
}

/**
 * A service that the archive refuses, or whose response is not understood, counts as not supported. An archive that is
 * unreachable or busy is an error.
 */
async function unlessUnknown(ask: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof PromptsegError) || !isUnknown(error)) throw error;
  }
}

const isUnknown = ({ code, details }: PromptsegError): boolean =>
  code === 'archive-refused' || (code === 'archive-broken-answer' && (details.status ?? 501) === 501);
