import { dateInWords, type Study } from './listStudies.js';
import { strings } from './strings.js';

/** Whose study is open, and the way to the others. */
export function StudyLine({ study: { patientName, patientId, date, description } }: { readonly study: Study }) {
  const about = [patientId, dateInWords(date), description].filter((part) => part !== '');
  return (
    <>
      <strong>{patientName || strings.noName}</strong> <span>{about.join(' · ')}</span>{' '}
      <a href="/cornerstone">{strings.allStudies}</a>
    </>
  );
}
