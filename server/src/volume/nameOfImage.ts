import type { Dataset } from '../dicom/dataset.js';
import { PromptsegError } from '../platform/errors.js';

/** Instance Number (0020,0013), if it is a number. */
export function instanceNumberOf(instance: Dataset): number | undefined {
  const text = instance.string('x00200013');
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

/** For messages: "Image 3". */
export function nameOfImage(instance: Dataset): string {
  const instanceNumber = instanceNumberOf(instance);
  return instanceNumber === undefined ? 'An image' : `Image ${instanceNumber}`;
}

/** The name within a sentence: "image 3". */
export const withinSentence = (name: string): string => name[0]!.toLowerCase() + name.slice(1);

/** Longer UIDs cannot be written (PS3.5 section 9.1): a shortened one would name another study, series or image. */
export const longestUid = 64;

/** A UID that results repeat. @throws PromptsegError `instance-unreadable` if it is absent or too long */
export function requiredUid(value: string | undefined, attribute: string, name: string): string {
  if (value === undefined) throw new PromptsegError('instance-unreadable', `${name} lacks ${attribute}.`);
  if (value.length <= longestUid) return value;
  throw new PromptsegError(
    'instance-unreadable',
    `${name} has a ${attribute} of ${value.length} characters; a UID has at most ${longestUid}, so no result can ` +
      'refer to it.',
  );
}

/** Patient ID (0010,0020), only to compare it: undefined if it is missing or empty. */
export const patientIDOf = (instance: Dataset): string | undefined =>
  instance.string('x00100020')?.replaceAll('\0', '').trim() || undefined;
