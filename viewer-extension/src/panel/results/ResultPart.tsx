import type { Finding } from '../../../../server/contract/finding.js';
import type { Job } from '../../../../server/contract/job.js';
import { formatMoment } from '../../client/format.js';
import { strings } from '../../client/strings.js';
import type { Host, ShownResult } from '../host.js';
import { EditBar } from './EditBar.js';
import { Figures } from './FiguresTable.js';
import { FindingRow } from './FindingRow.js';
import type { FindingActions } from './findingActions.js';
import { MissingRow } from './MissingRow.js';
import type { ResultStoreState } from './resultState.js';
import type { ResultStore } from './resultStore.js';
import { type JobResult, resultsOf } from './results.js';
import { StyleBar } from './StyleBar.js';
import { onlyVisible, shownOf } from './shownResults.js';

interface ResultPartProps {
  readonly job: Job;
  readonly title: string;
  /** The result that the card shows; absent for a job that found nothing. */
  readonly result: JobResult | undefined;
  readonly shown: readonly ShownResult[];
  readonly state: ResultStoreState;
  readonly results: ResultStore;
  /** All results of the study that are in the viewer. */
  readonly drawn: readonly JobResult[];
  /** Hands a segment to the viewer's brush; absent where it cannot be edited. */
  readonly onEdit: ((segmentNumber: number) => void) | undefined;
  /** Draws a box for a segment; absent where boxes cannot correct it. */
  readonly onBox: ((segmentNumber: number) => void) | undefined;
  /** Refines a segment by clicks; absent where clicks cannot correct it. */
  readonly onClicks: ((segmentNumber: number) => void) | undefined;
  readonly style: Host['style'];
  readonly onSuggestion: (text: string) => void;
}

/** The findings of a job, one by one. */
export function ResultPart({
  job,
  title,
  result,
  shown,
  state,
  results,
  drawn,
  onEdit,
  onBox,
  onClicks,
  style,
  onSuggestion,
}: ResultPartProps) {
  const versions = resultsOf(job);
  const isOwn = result?.editedAt === undefined;
  const view = shownOf(result, shown);
  const uid = result?.stored.sopInstanceUID ?? '';
  const editing = state.editing?.sopInstanceUID === uid ? state.editing : undefined;
  const isGone = result?.deletedAt !== undefined;
  const only = result && onlyVisible(result, shown, drawn);
  const isVisible = (segmentNumber: number) => view !== undefined && !view.hiddenSegments.includes(segmentNumber);
  return (
    <>
      {result !== undefined && view !== undefined && (view.edited || editing) && (
        <EditBar
          result={result}
          title={title}
          results={results}
          editing={editing}
          edited={view.edited}
          asked={state.askedToStore === uid}
          work={state.work[uid]}
        />
      )}
      {versions.length > 1 && result && (
        <Versions versions={versions} chosen={result} onChoose={(version) => results.choose(version)} />
      )}
      {job.findings.some((finding) => result !== undefined || isMissing(finding, job)) && (
        <ul>
          {result?.findings.map((finding) => {
            const index = isOwn ? job.findings.indexOf(finding) : undefined;
            return (
              <FindingRow
                key={finding.segmentNumber}
                finding={finding}
                {...(index !== undefined && { findingIndex: index })}
                feedback={job.feedback?.find(({ findingIndex }) => findingIndex === index)}
                visible={isVisible(finding.segmentNumber)}
                isolated={only === finding.segmentNumber}
                actions={{
                  ...actionsOf(result, results, drawn, view !== undefined),
                  ...(onEdit && !isGone && { edit: onEdit }),
                  ...(onBox && { box: onBox }),
                  ...(onClicks && { clicks: onClicks }),
                }}
              />
            );
          })}
          {isOwn &&
            job.findings.map(
              (finding, index) =>
                isMissing(finding, job) && (
                  // biome-ignore lint/suspicious/noArrayIndexKey: findings are known by place, which is fixed
                  <MissingRow key={index} finding={finding} onSuggestion={onSuggestion} />
                ),
            )}
        </ul>
      )}
      {result !== undefined && view !== undefined && style && (
        <StyleBar key={result.stored.seriesInstanceUID} result={result} style={style} />
      )}
      {result !== undefined && result.findings.length > 0 && (
        <Figures
          result={result}
          onJump={(segmentNumber) => void results.show(result, { openSource: true, segmentNumber })}
        />
      )}
      {result !== undefined && result.removed.length > 0 && (
        <p className="promptseg-muted">{strings.result.removed(result.removed.join(', '))}</p>
      )}
      {view?.overlapLost === true && (
        <p className="promptseg-muted" role="status" data-promptseg="overlap-lost">
          {strings.show.overlapLost}
        </p>
      )}
    </>
  );
}

/** A recognition asks for far more than an image can show, so only what was not understood is listed. */
function isMissing(finding: Finding, { request }: Job): finding is Exclude<Finding, { status: 'found' }> {
  return finding.status === 'refused' || (finding.status === 'not-found' && request.recognize === undefined);
}

interface VersionsProps {
  readonly versions: readonly JobResult[];
  readonly chosen: JobResult;
  readonly onChoose: (version: JobResult) => void;
}

/** The job's own result and its edited versions. */
function Versions({ versions, chosen, onChoose }: VersionsProps) {
  return (
    <label className="promptseg-versions">
      <span>{strings.result.version}</span>
      <select
        value={chosen.stored.sopInstanceUID}
        onChange={({ target }) => {
          const version = versions.find(({ stored }) => stored.sopInstanceUID === target.value);
          if (version !== undefined) onChoose(version);
        }}
        data-promptseg="version"
      >
        {versions.map(({ stored, editedAt, deletedAt }) => (
          <option key={stored.sopInstanceUID} value={stored.sopInstanceUID}>
            {editedAt === undefined ? strings.result.asSegmented : strings.result.editedAt(formatMoment(editedAt))}
            {deletedAt !== undefined && ` (${strings.result.deletedTag})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function actionsOf(
  result: JobResult,
  results: ResultStore,
  drawn: readonly JobResult[],
  isShown: boolean,
): FindingActions {
  const show = (segmentNumber: number) => results.show(result, { openSource: true, segmentNumber });
  return {
    jump: (segmentNumber) => void show(segmentNumber),
    look: (segmentNumber, { position }) => void show(segmentNumber).then(() => results.lookAt(result, position)),
    setVisible(segmentNumber, visible) {
      if (isShown) results.setVisible(result, segmentNumber, visible);
      else void show(segmentNumber);
    },
    async isolate(segmentNumber, only) {
      // Alone, it has to be in sight.
      if (only || !isShown) await show(segmentNumber);
      if (only) results.isolate(result, segmentNumber, drawn);
      else results.drawAll(result);
    },
    judge: (findingIndex, feedback) => results.judge(result, findingIndex, feedback),
  };
}
