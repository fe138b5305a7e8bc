import { type RefObject, useEffect, useState } from 'react';
import type { Rule } from '../../../../server/contract/rule.js';
import type { DryRunView, PlannedJobView, RecentMatchesView } from '../../../../server/contract/rules.js';
import { shortUid } from '../../client/format.js';
import type { Trouble } from '../../client/trouble.js';
import { Banner } from '../parts/Banner.js';
import { toTrouble } from '../parts/toTrouble.js';
import { dryRun } from './api.js';
import { companionOutputs } from './formParts.js';
import { strings } from './strings.js';
import { Trial } from './Trial.js';

interface DryRunProps {
  readonly rule: Rule | undefined;
  /** Its name, if it is tried as it is saved. */
  readonly saved: string | undefined;
  readonly recent: RecentMatchesView['series'];
  readonly study: string;
  readonly section: RefObject<HTMLElement>;
  readonly onStudy: (studyInstanceUID: string) => void;
}

type Outcome = { readonly view: DryRunView } | { readonly trouble: Trouble } | 'running';

/** What the rule would do with a study. */
export function DryRun({ rule, saved, recent, study, section, onStudy }: DryRunProps) {
  const text = strings.dryRun;
  const [outcome, setOutcome] = useState<Outcome>();
  // What was found is of another study, or of another rule, then.
  const asked = JSON.stringify([study, rule]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change that counts
  useEffect(() => setOutcome(undefined), [asked]);
  const run = async (): Promise<void> => {
    if (rule === undefined || study === '' || outcome === 'running') return;
    setOutcome('running');
    setOutcome(
      await dryRun(rule, saved, study.trim()).then(
        (view) => ({ view }),
        (error: unknown) => ({ trouble: toTrouble(error) }),
      ),
    );
  };
  const studies = new Map(recent.map((series) => [series.studyInstanceUID, series]));
  return (
    <section aria-labelledby="dry-run" ref={section}>
      <h2 id="dry-run">{text.heading}</h2>
      <p className="fine">{text.intro}</p>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <label>
          {text.pick}
          <select value={studies.has(study) ? study : ''} onChange={({ target }) => onStudy(target.value)}>
            <option value="">{text.choose}</option>
            {[...studies.values()].map(({ studyInstanceUID, modality, description }) => (
              <option key={studyInstanceUID} value={studyInstanceUID}>
                {modality} · {description || strings.recent.untitled} · {shortUid(studyInstanceUID)}
              </option>
            ))}
          </select>
        </label>
        <label className="wide">
          {text.uid}
          <input value={study} onChange={({ target }) => onStudy(target.value)} />
        </label>
        <button type="submit" aria-disabled={rule === undefined || study === '' || outcome === 'running'}>
          {outcome === 'running' ? text.running : text.run}
        </button>
      </form>
      <div role="status">{outcome !== undefined && outcome !== 'running' && <Found outcome={outcome} />}</div>
    </section>
  );
}

/** What the job would store beside a segmentation, as the form calls it. */
function storedBeside({ request }: PlannedJobView): string {
  const wanted = companionOutputs.filter((name) => request.output?.[name]);
  return wanted.map((name) => strings.form[name]).join(', ');
}

function Found({ outcome }: { outcome: Exclude<Outcome, 'running'> }) {
  const text = strings.dryRun;
  if ('trouble' in outcome)
    return <Banner kind="error" sentence={outcome.trouble.sentence} nextStep={outcome.trouble.nextStep} />;
  const { series } = outcome.view;
  if (series.length === 0) return <p className="empty">{text.none}</p>;
  return (
    <ul className="trials">
      {series.map((each) => (
        <Trial key={each.seriesInstanceUID} trial={each}>
          {each.job && (
            <div className="plan">
              <p>
                {text.would(
                  `${each.job.model.id} ${each.job.model.version}`,
                  each.job.targets.map(({ name }) => name).join(', '),
                )}{' '}
                <span lang="en">{each.job.model.reason}</span>
              </p>
              {storedBeside(each.job) !== '' && <p>{text.stores(storedBeside(each.job))}</p>}
              {each.job.refused.map(({ prompt, reason }) => (
                <p key={prompt}>{text.refused(prompt, reason)}</p>
              ))}
            </div>
          )}
          {each.problem && (
            <p className="trouble">
              {each.matched && text.cannot} {each.problem.detail} <strong>{strings.history.next}:</strong>{' '}
              {each.problem.nextStep}
            </p>
          )}
        </Trial>
      ))}
    </ul>
  );
}
