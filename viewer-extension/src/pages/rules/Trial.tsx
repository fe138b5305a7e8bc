import type { ReactNode } from 'react';
import type { RecentMatchesView } from '../../../../server/contract/rules.js';
import { Uid } from '../parts/Uid.js';
import { strings } from './strings.js';

type Verdict = RecentMatchesView['series'][number]['conditions'];

export interface TrialProps {
  readonly trial: Omit<RecentMatchesView['series'][number], 'conditions'> & {
    readonly conditions?: Verdict | undefined;
  };
  /** What follows from it. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** The rule's verdict on one series, with the reasons. */
export function Trial({ trial, children, actions }: TrialProps) {
  const text = strings.recent;
  const { matched, modality, description, numberOfImages, because, conditions, seriesInstanceUID } = trial;
  return (
    <li className="trial" data-series={seriesInstanceUID} data-matched={matched}>
      <p className="series">
        <strong className="verdict">{matched ? text.match : text.noMatch}</strong>
        <span>
          {modality} · {description || text.untitled}
        </span>
        <span className="fine">{text.images(numberOfImages)}</span>
        <Uid what={strings.history.series} value={seriesInstanceUID} />
      </p>
      <p lang="en">{because}</p>
      {children}
      {conditions && (
        <details>
          <summary>{text.conditions}</summary>
          <Verdicts verdicts={conditions.conditions ?? [conditions]} />
        </details>
      )}
      {actions}
    </li>
  );
}

function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  return (
    <ul className="verdicts">
      {verdicts.map(({ holds, because, conditions }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: in the order of the conditions
        <li key={index} data-holds={holds}>
          <span className="hidden">{holds ? strings.recent.holds : strings.recent.fails} </span>
          <span lang="en">{because}</span>
          {conditions && conditions.length > 0 && <Verdicts verdicts={conditions} />}
        </li>
      ))}
    </ul>
  );
}
