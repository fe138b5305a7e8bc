import { useId, useState } from 'react';
import type { FoundFinding } from '../../../../server/contract/finding.js';
import type { EditedFinding, Feedback } from '../../../../server/contract/job.js';
import { formatMean, formatScore, formatSize } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';
import { FreeTextTag } from '../FreeTextTag.js';
import { FindingDetails } from './FindingDetails.js';
import type { FindingActions } from './findingActions.js';
import { AcceptedIcon, GoToIcon, RejectedIcon } from './Icons.js';
import { BelowRow, EyeButton, OpenButton } from './rowParts.js';

interface FindingRowProps {
  readonly finding: FoundFinding | EditedFinding;
  /** Place in the job's findings; absent if it takes no feedback, such as an edited segment. */
  readonly findingIndex?: number;
  readonly feedback?: Feedback | undefined;
  readonly visible: boolean;
  /** Nothing else is drawn. */
  readonly isolated: boolean;
  readonly actions: FindingActions;
}

/** One target that was found: its size, links to its position, and its actions. */
export function FindingRow({ finding, findingIndex, feedback, visible, isolated, actions }: FindingRowProps) {
  const { target, segmentNumber, score } = finding;
  const change = 'change' in finding && finding.change !== 'unchanged' ? strings.result.changes[finding.change] : '';
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <li data-promptseg="finding" data-status="found" data-segment-number={segmentNumber} data-visible={visible}>
      <div className="promptseg-row">
        <button
          type="button"
          className="promptseg-finding"
          title={strings.finding.jump(target.name)}
          onClick={() => actions.jump(segmentNumber)}
        >
          <Dot colour={target.displayColour} />
          <span className="promptseg-name">
            {target.name}
            <FreeTextTag target={target} />
            {change !== '' && <span className="promptseg-tag">{change}</span>}
          </span>
          <span className="promptseg-figures">
            <span className="promptseg-figure">{formatSize(finding)}</span>
            {finding.mean !== undefined && (
              <span className="promptseg-figure promptseg-muted">{strings.finding.mean(formatMean(finding))}</span>
            )}
            {score !== undefined && (
              <span className="promptseg-figure promptseg-muted" title={strings.finding.score}>
                {formatScore(score)}
              </span>
            )}
          </span>
          <GoToIcon />
        </button>
        {feedback && <Verdict feedback={feedback} />}
        <EyeButton
          visible={visible}
          aria-label={strings.finding.visible(target.name)}
          title={visible ? strings.finding.hide(target.name) : strings.finding.show(target.name)}
          onClick={() => actions.setVisible(segmentNumber, !visible)}
          data-promptseg="visible"
        />
        <button
          type="button"
          className="promptseg-only"
          aria-pressed={isolated}
          aria-label={strings.finding.only(target.name)}
          title={isolated ? strings.finding.all : strings.finding.only(target.name)}
          onClick={() => actions.isolate(segmentNumber, !isolated)}
          data-promptseg="only"
        >
          {laterStrings.only}
        </button>
        <OpenButton name={target.name} isOpen={isOpen} onOpen={setOpen} id={id} />
      </div>
      <BelowRow
        finding={finding}
        onLook={(place) => actions.look(segmentNumber, place)}
        isOpen={isOpen}
        id={id}
        details={() => (
          <FindingDetails finding={finding} findingIndex={findingIndex} feedback={feedback} actions={actions} />
        )}
      />
    </li>
  );
}

function Verdict({ feedback: { verdict, reason } }: { feedback: Feedback }) {
  const text = strings.feedback.verdicts[verdict];
  return (
    <span
      className={`promptseg-verdict promptseg-${verdict}`}
      role="img"
      aria-label={text}
      title={reason === undefined ? text : `${text}: ${reason}`}
      data-promptseg="verdict"
      data-verdict={verdict}
    >
      {verdict === 'accepted' ? <AcceptedIcon /> : <RejectedIcon />}
    </span>
  );
}
