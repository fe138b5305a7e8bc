import { useEffect, useState } from 'react';
import { pageStrings as common } from '../../client/pageStrings.js';
import type { Trouble } from '../../client/trouble.js';
import { Banner } from '../parts/Banner.js';
import { PageTop } from '../parts/PageTop.js';
import { toTrouble } from '../parts/toTrouble.js';
import { dateInWords, listStudies, mostStudies, type Study } from './listStudies.js';
import { strings } from './strings.js';

/** The studies of the archive, each a link to itself. */
export function StudyList() {
  const [studies, setStudies] = useState<readonly Study[]>();
  const [trouble, setTrouble] = useState<Trouble>();
  const [text, setText] = useState('');
  useEffect(() => {
    listStudies().then(setStudies, (error) => setTrouble(toTrouble(error)));
  }, []);
  const shown = studies?.filter((study) => fits(study, text));
  return (
    <>
      <PageTop title={strings.studies} />
      <main className="width">
        {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
        {studies === undefined && trouble === undefined && <p className="empty">{common.loading}</p>}
        {studies?.length === 0 && <p className="empty">{strings.noStudies}</p>}
        {studies !== undefined && studies.length > 0 && (
          <>
            <form className="filters" onSubmit={(event) => event.preventDefault()}>
              <label>
                {strings.find}
                <input type="search" value={text} onChange={({ target }) => setText(target.value)} />
              </label>
            </form>
            {studies.length >= mostStudies && (
              <p className="fine">
                {strings.onlySome(mostStudies)} <a href="/">{strings.allInViewer}</a>
              </p>
            )}
            <p className="fine" role="status">
              {strings.count(shown?.length ?? 0)}
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
            <section className="wide" tabIndex={0} aria-label={strings.studies}>
              <table className="studies">
                <thead>
                  <tr>
                    {strings.columns.map((column) => (
                      <th key={column} scope="col">
                        {column}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown?.map((study) => (
                    <StudyRow key={study.studyInstanceUID} study={study} />
                  ))}
                </tbody>
              </table>
            </section>
          </>
        )}
      </main>
      <footer className="width">{common.researchOnly}</footer>
    </>
  );
}

function StudyRow({ study }: { readonly study: Study }) {
  const { studyInstanceUID, patientName, patientId, date, modalities, description, numberOfSeries } = study;
  return (
    <tr>
      <th scope="row">
        <a href={`?${new URLSearchParams({ StudyInstanceUIDs: studyInstanceUID })}`}>
          {patientName || patientId || strings.noName}
        </a>
      </th>
      <td>{patientId}</td>
      <td>
        <time dateTime={date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3')}>{dateInWords(date)}</time>
      </td>
      <td>{modalities.join(', ')}</td>
      <td>{description || strings.unnamed}</td>
      <td>{numberOfSeries || ''}</td>
    </tr>
  );
}

const fits = ({ patientName, patientId, date, modalities, description }: Study, text: string): boolean =>
  [patientName, patientId, date, dateInWords(date), ...modalities, description].some((part) =>
    part.toLowerCase().includes(text.trim().toLowerCase()),
  );
