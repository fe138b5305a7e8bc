import { createHash, randomUUID } from 'node:crypto';

/** A new DICOM UID: "2.25." and a random UUID as a decimal number (PS3.5 section B.2), at most 44 characters. */
export function createUid(): string {
  return uidFromUuid(randomUUID());
}

/** The DICOM UID of a UUID in its usual form, 8-4-4-4-12 hexadecimal digits (PS3.5 section B.2). */
export function uidFromUuid(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`;
}

/**
 * The DICOM UID of a name within a namespace. The same pair always has the same UID, so work that is repeated gives its
 * result the same UID. The UUID is name-based, version 5 (RFC 9562 section 5.5).
 */
export function uidFromName(namespaceUuid: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespaceUuid.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  const uuid = hash.subarray(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x50;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return uidFromUuid(uuid.toString('hex'));
}
