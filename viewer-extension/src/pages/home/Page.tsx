import { pageStrings } from '../../client/pageStrings.js';
import { Summary } from '../jobs/Summary.js';
import { useJobs } from '../jobs/useJobs.js';
import { Banner } from '../parts/Banner.js';
import { PageTop } from '../parts/PageTop.js';
import { useNow } from '../parts/useNow.js';
import { Places } from './Places.js';
import { RecentResults } from './RecentResults.js';
import { strings } from './strings.js';

const completed = { state: 'completed' } as const;

/** The page `/promptseg`: where one can go, what runs now, what came out last. */
export function Page() {
  const { connection, queue, workers, ended, trouble } = useJobs(completed);
  const now = useNow();
  return (
    <>
      <PageTop title={strings.title} connection={connection} />
      <main className="width">
        {connection === 'lost' && <Banner kind="warning" sentence={pageStrings.connection.lostSentence} />}
        {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} />}
        <p className="lead">{strings.lead}</p>
        <Places />
        <Summary queue={queue} workers={workers} />
        <RecentResults ended={ended} now={now} />
      </main>
      <footer className="width">{pageStrings.researchOnly}</footer>
    </>
  );
}
