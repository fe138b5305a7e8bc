import type { Job } from '../../../../server/contract/job.js';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';

/** Notes on the images and the result, and separately on how the job ran. */
export function Notes({ job }: { job: Job }) {
  const { notes, technicalNotes = [], model, executionProvider } = job;
  const forPeople = notes.filter((note) => !technicalNotes.includes(note));
  const ran = model && executionProvider && laterStrings.technical.ran(model.id, model.version, executionProvider);
  const technical = [...(ran ? [ran] : []), ...technicalNotes];
  return (
    <>
      {forPeople.length > 0 && (
        <details data-promptseg="notes">
          <summary>{strings.job.notes(forPeople.length)}</summary>
          {forPeople.map((note) => (
            <p key={note} lang="en">
              {note}
            </p>
          ))}
        </details>
      )}
      {technical.length > 0 && (
        <details data-promptseg="technical">
          <summary>{laterStrings.technical.summary}</summary>
          {technical.map((note) => (
            <p key={note} lang={note === ran ? undefined : 'en'}>
              {note}
            </p>
          ))}
        </details>
      )}
    </>
  );
}
