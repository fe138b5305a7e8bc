import { formatBytes } from '#contract/byteSize.js';
import { type DicomJson, itemsOf, numbersOf } from '#contract/dicomJson.js';
import { PromptsegError } from '../platform/errors.js';
import type { ArchiveResponse } from './archiveHttp.js';
import { errorOfStatus } from './responseErrors.js';

/** Failure Reason (0008,1197): PS3.18 table I.2-2 and PS3.7 annex C. */
const failureReasons: Readonly<Record<number, string>> = {
  272: 'it failed while it processed the object, for example while it compressed it',
  274: 'no such instance',
  279: 'the instance is invalid',
  290: 'it does not store this SOP class',
  292: 'it is not allowed to store this',
  531: 'it has reached a limit of its resources',
  49442: 'it does not store this transfer syntax',
};
const duplicateInstance = 273;

/**
 * Checks the response to STOW-RS of one instance (PS3.18 section 10.5.3). An instance that the archive already has
 * counts as stored: Orthanc responds as if it had stored it again, others with Failure Reason 0111H. Any success counts
 * (some archives send 204); whether the object is there is seen when it is read back.
 * @param text the body of the response
 * @param sentBytes size of the instance
 * @throws PromptsegError `store-refused`, `store-too-large`, and the archive's errors
 */
export function requireStored(
  { status, headers }: Pick<ArchiveResponse, 'status' | 'headers'>,
  text: string,
  sentBytes: number,
): void {
  if (status === 413)
    throw new PromptsegError(
      'store-too-large',
      `The result of ${formatBytes(sentBytes)} is larger than the archive allows.`,
      { details: { status, sentBytes } },
    );
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess && ![400, 409, 415, 507].includes(status)) throw errorOfStatus(status, headers);
  const reasons = failureReasonsOf(text);
  const accepted = isSuccess || (status === 409 && reasons.length > 0);
  if (accepted && reasons.every((reason) => reason === duplicateInstance)) return;
  const why = status === 507 ? 'it has no space left' : reasons.map(inWords).join('; ');
  throw new PromptsegError('store-refused', `The archive did not store the result${why === '' ? '' : `: ${why}`}.`, {
    details: { status, failureReasons: reasons },
  });
}

/**
 * The Failure Reason of every item of Failed SOP Sequence (0008,1198); empty if there is none or the response is
 * neither JSON nor XML of the Native DICOM Model (PS3.19 annex A), which some archives send whatever is asked for.
 */
function failureReasonsOf(text: string): readonly number[] {
  if (text.trimStart().startsWith('<')) return failureReasonsOfXml(text);
  try {
    const response = JSON.parse(text) as DicomJson | null;
    return itemsOf(response ?? {}, '00081198').map((item) => numbersOf(item, '00081197')[0] ?? 0);
  } catch {
    return [];
  }
}

/** Failure Reason occurs nowhere else in such a response, so its structure need not be parsed. */
const failureReasonsOfXml = (xml: string): readonly number[] =>
  [...xml.matchAll(/<DicomAttribute\b[^>]*\btag="00081197"[^>]*>\s*<Value\b[^>]*>\s*(\d+)\s*<\/Value>/g)].map(
    ([, reason]) => Number(reason),
  );

function inWords(reason: number): string {
  const known = failureReasons[reason];
  if (known !== undefined) return known;
  if (reason >> 8 === 0xa7) return 'it is out of resources';
  if (reason >> 8 === 0xa9) return 'the instance does not fit its SOP class';
  if (reason >> 12 === 0xc) return 'it cannot understand the instance';
  return `failure reason ${reason.toString(16).toUpperCase().padStart(4, '0')}H`;
}
