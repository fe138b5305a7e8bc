import { useState } from 'react';
import type { Job } from '../../../../server/contract/job.js';
import { pageStrings } from '../../client/pageStrings.js';
import type { Trouble } from '../../client/trouble.js';
import { Banner } from '../parts/Banner.js';
import { jobTitle } from '../parts/jobTitle.js';
import { MayOnlyView } from '../parts/MayOnlyView.js';
import { PageTop } from '../parts/PageTop.js';
import { toTrouble } from '../parts/toTrouble.js';
import { useNow } from '../parts/useNow.js';
import { cancel, deliverAgain, rerun } from './api.js';
import { CancelDialog } from './CancelDialog.js';
import { formFromAddress } from './filterAddress.js';
import { HistorySection } from './HistorySection.js';
import { filterOf } from './historyFilter.js';
import { QueueSection } from './QueueSection.js';
import { Summary } from './Summary.js';
import { strings } from './strings.js';
import { useJobs } from './useJobs.js';
import { useLinkedJob } from './useLinkedJob.js';
import { WorkersSection } from './WorkersSection.js';

/** What an action came to: said once, to readers and to screen readers. */
type Outcome =
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

/** The page `/jobs`. */
export function Page() {
  const [form, setForm] = useState(formFromAddress);
  const jobs = useJobs(filterOf(form));
  const now = useNow();
  useLinkedJob();
  const [asked, setAsked] = useState<Job>();
  const [outcome, setOutcome] = useState<Outcome>();

  const act = async (action: () => Promise<Job>, sentence: string): Promise<void> => {
    try {
      jobs.put(await action());
      setOutcome({ kind: 'done', sentence });
    } catch (error) {
      setOutcome({ kind: 'failed', trouble: toTrouble(error) });
    }
  };
  const trouble = outcome?.kind === 'failed' ? outcome.trouble : jobs.trouble;
  const dismiss = (): void => {
    setOutcome(undefined);
    jobs.dismiss();
  };

  return (
    <>
      <PageTop title={strings.title} connection={jobs.connection} />
      <main className="width">
        {jobs.connection === 'lost' && <Banner kind="warning" sentence={pageStrings.connection.lostSentence} />}
        {jobs.restarted && jobs.connection === 'live' && (
          <Banner kind="notice" sentence={strings.restarted} onDismiss={dismiss} />
        )}
        {trouble && <Banner kind="error" sentence={trouble.sentence} nextStep={trouble.nextStep} onDismiss={dismiss} />}
        {outcome?.kind === 'done' && <Banner kind="notice" sentence={outcome.sentence} onDismiss={dismiss} />}
        <MayOnlyView needs="jobs:write" />
        <Summary queue={jobs.queue} workers={jobs.workers} />
        <QueueSection open={jobs.open} workers={jobs.workers} now={now} onCancel={setAsked} />
        <WorkersSection workers={jobs.workers} open={jobs.open} ended={jobs.ended} now={now} />
        <HistorySection
          jobs={jobs}
          form={form}
          now={now}
          onForm={(next) => {
            setForm(next);
            jobs.setFilter(filterOf(next));
          }}
          onDeliver={(job, destination) =>
            act(() => deliverAgain(job.id, destination), strings.done.delivering(destination))
          }
          onRerun={(job) => act(() => rerun(job.id), strings.done.rerun(jobTitle(job)))}
        />
      </main>
      <footer className="width">{pageStrings.researchOnly}</footer>
      <CancelDialog
        job={asked}
        onDecision={(yes) => {
          setAsked(undefined);
          if (yes && asked) void act(() => cancel(asked.id), strings.done.cancelled(jobTitle(asked)));
        }}
      />
    </>
  );
}
