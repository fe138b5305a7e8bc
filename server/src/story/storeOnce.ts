import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';

export interface ObjectToStore {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly sopInstanceUID: string;
  readonly part10: Uint8Array;
}

/**
 * Stores an object and reads it back. If an earlier attempt stored it before its process was killed, it is found and
 * not sent again, because its UIDs are derived from the job's id.
 * @param verify compares what was sent with what the archive returns; throws `store-not-verified` if they differ
 * @param onVerifying called when the archive has acknowledged the object
 * @returns "found" if the archive already held it
 * @throws PromptsegError `store-not-verified` if the archive acknowledged the object but does not return it unchanged;
 * `store-conflict` if it holds a different object with this UID; the errors of `Archive.store` and
 * `Archive.retrieveInstance`
 */
export async function storeOnce(
  archive: Pick<Archive, 'retrieveInstance' | 'store'>,
  { studyInstanceUID, seriesInstanceUID, sopInstanceUID, part10 }: ObjectToStore,
  verify: (sent: Uint8Array, readBack: Uint8Array) => void | Promise<void>,
  onVerifying: () => void,
): Promise<'stored' | 'found'> {
  const inArchive = (): Promise<Uint8Array | undefined> =>
    archive.retrieveInstance(studyInstanceUID, seriesInstanceUID, sopInstanceUID);

  const earlier = await inArchive();
  if (earlier !== undefined) {
    await requireSame(part10, earlier, verify);
    return 'found';
  }
  try {
    await archive.store(studyInstanceUID, part10);
  } catch (refusal) {
    // An archive that has the object may report a conflict without a readable reason (PS3.18 table 10.5.3-1).
    const known = isConflict(refusal) ? await inArchive() : undefined;
    if (known === undefined) throw refusal;
    await requireSame(part10, known, verify);
    return 'found';
  }
  onVerifying();
  const readBack = await inArchive();
  if (readBack === undefined)
    throw new PromptsegError('store-not-verified', 'The archive accepted the result but does not give it back.');
  await verify(part10, readBack);
  return 'stored';
}

function isConflict(error: unknown): boolean {
  return error instanceof PromptsegError && error.code === 'store-refused' && error.details.status === 409;
}

async function requireSame(
  sent: Uint8Array,
  held: Uint8Array,
  verify: (sent: Uint8Array, readBack: Uint8Array) => void | Promise<void>,
): Promise<void> {
  try {
    await verify(sent, held);
  } catch (cause) {
    throw new PromptsegError(
      'store-conflict',
      'The archive holds another object under the UID of the result; it was left as it is.',
      { cause, details: cause instanceof PromptsegError ? cause.details : {} },
    );
  }
}
