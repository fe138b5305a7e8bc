import { createHash } from 'node:crypto';
import { PromptsegError } from '../platform/errors.js';

/** Checks with the archive which studies somebody may see. */
export interface StudyAccess {
  /**
   * Whether the archive finds the study with this authorization.
   * @throws PromptsegError `archive-unreachable`, `archive-refused` if it gives no decision
   */
  mayFind(studyInstanceUID: string, authorization: string): Promise<boolean>;
}

/** Number of cached decisions; the oldest goes first. */
const mostKept = 20_000;
const patienceMs = 10_000;

/**
 * The archive decides: it is searched for the study (QIDO-RS, PS3.18 section 10.6) with the sender's token, and its
 * decision is cached. A decision counts only for this token: another token of the same person may allow less.
 */
export function createStudyAccess({
  archiveUrl,
  seconds,
  now = Date.now,
}: {
  /** DICOMweb root. */
  readonly archiveUrl: string;
  /** How long a decision counts. */
  readonly seconds: number;
  readonly now?: () => number;
}): StudyAccess {
  const kept = new Map<string, { readonly until: number; readonly word: Promise<boolean> }>();

  return {
    mayFind(studyInstanceUID, authorization) {
      const key = createHash('sha256').update(`${studyInstanceUID} ${authorization}`).digest('base64');
      const known = kept.get(key);
      if (known !== undefined && known.until > now()) return known.word;
      kept.delete(key);
      const word = ask(archiveUrl, studyInstanceUID, authorization);
      kept.set(key, { until: now() + 1000 * seconds, word });
      // A failure is no decision: the next request tries again.
      word.catch(() => {
        if (kept.get(key)?.word === word) kept.delete(key);
      });
      for (const oldest of kept.keys()) {
        if (kept.size <= mostKept) break;
        kept.delete(oldest);
      }
      return word;
    },
  };
}

async function ask(archiveUrl: string, studyInstanceUID: string, authorization: string): Promise<boolean> {
  const query = new URLSearchParams({ StudyInstanceUID: studyInstanceUID, limit: '1' });
  let response: Response;
  try {
    response = await fetch(`${archiveUrl}/studies?${query}`, {
      headers: { accept: 'application/dicom+json', authorization },
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    });
    if ([401, 403, 404, 204].includes(response.status)) {
      await response.body?.cancel();
      return false;
    }
    if (response.ok) return namesStudy(await response.json(), studyInstanceUID);
  } catch (cause) {
    throw new PromptsegError(
      'archive-unreachable',
      'The archive does not say whether you may see this study, so it is not shown.',
      { cause },
    );
  }
  await response.body?.cancel();
  throw new PromptsegError(
    'archive-refused',
    `The archive does not say whether you may see this study (status ${response.status}), so it is not shown.`,
  );
}

/** An archive that does not support the attribute of a query returns other studies. */
const namesStudy = (found: unknown, studyInstanceUID: string): boolean =>
  Array.isArray(found) && found.some((each) => each?.['0020000D']?.Value?.[0] === studyInstanceUID);
