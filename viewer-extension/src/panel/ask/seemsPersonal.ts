/** Beginnings, in English and German. */
const months = 'jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez';

/** What names of structures do not have, and what is typed or pasted about a patient does. */
const signs: readonly RegExp[] = [
  // 1944-02-29, 29.02.1944, 2/29/44, 29. 2. 1944
  /\b(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])\b/,
  /\b(?:0?[1-9]|[12]\d|3[01])[-./] ?(?:0?[1-9]|[12]\d|3[01])[-./] ?(?:(?:19|20)\d\d|[4-9]\d)\b/,
  // 19440229, as DICOM writes it
  /\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b/,
  // 29 Feb 1944, March 3rd, 1950
  new RegExp(`\\b\\d{1,2}(?:st|nd|rd|th|\\.)? ?(?:${months})[a-zä]*\\.?,? ?(?:19|20)\\d\\d\\b`, 'i'),
  new RegExp(`\\b(?:${months})[a-zä]*\\.? ?\\d{1,2}(?:st|nd|rd|th)?,? ?(?:19|20)\\d\\d\\b`, 'i'),
  // "Frau Schmidt", "Mr. O'Neil": a form of address before a capital letter
  /\b(?:Mr|Mrs|Ms|Miss|Herr|Herrn|Frau|Patient|Patientin)\.? \p{Lu}[\p{L}'’-]+/u,
  /\b(?:born|dob|geb|geboren|geburtsdatum)\b/i,
  // MUELLER^HANS
  /\p{L}{2}\^\p{L}/u,
  // A number of six digits or more is no part of a name of a structure.
  /\b\d{6,}\b/,
];

/**
 * Whether a prompt seems to hold a name or a date of a patient, in English or German. A hint only: it sees what is
 * written in the usual forms.
 */
export const seemsPersonal = (text: string): boolean => signs.some((sign) => sign.test(text));
