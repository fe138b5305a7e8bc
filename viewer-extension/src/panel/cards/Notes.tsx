import type { Job } from '../../../../server/contract/job.js';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';

/** Notes on the images and the result, and separately on how the job ran. */
export function Notes({ job }: { job: Job }) {
  const { notes, technicalNotes = [], model, executionProvider } = job;
  const forPeople = notes.filter((note) => !technicalNotes.includes(note));
  const ran = model && executionProvider && laterStrings.technical.ran(model.id, model.version, executionProvider);
  return (
    <>
      {forPeople.length > 0 && (
        <details data-promptseg="notes">
          <summary>{strings.job.notes(forPeople.length)}</summary>
          {forPeople.map((note) => (
            <Note key={note} note={note} />
          ))}
        </details>
      )}
      {(ran || technicalNotes.length > 0) && (
        <details data-promptseg="technical">
          <summary>{laterStrings.technical.summary}</summary>
          {ran && <p>{ran}</p>}
          {technicalNotes.map((note) => (
            <Note key={note} note={note} />
          ))}
        </details>
      )}
    </>
  );
}

/** A sentence of the server, in the language of the page if that has it. */
function Note({ note }: { note: string }) {
  const text = laterStrings.technical.note(note);
  return <p lang={text === note ? 'en' : undefined}>{text}</p>;
}
