import type { ComparedFinding, Comparison, InstanceChange } from '../../../../server/contract/comparison.js';
import { hasEnded } from '../../../../server/contract/jobState.js';
import type { Registration } from '../../../../server/contract/registration.js';
import { decimal, formatChange, formatDifference, formatMillilitres } from '../../client/format.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { OverTimeApi } from '../../client/overTime.js';
import { strings } from '../../client/strings.js';
import { Dot } from '../Dot.js';

const texts = laterStrings.overTime;

/** The state of the earlier job, or both volumes of each structure with what makes their change doubtful. */
export function OverTimeOutcome({
  comparison,
  api,
}: {
  readonly comparison: Comparison;
  readonly api: Pick<OverTimeApi, 'cancelEarlier'>;
}) {
  const { before, prior, modelsDiffer, repeatability, registration, findings } = comparison;
  if (!hasEnded(before))
    return (
      <p role="status">
        {texts.running(strings.job.states[before.state])}{' '}
        <button
          type="button"
          className="promptseg-link"
          onClick={() => void api.cancelEarlier(before.job).catch(() => {})}
          data-promptseg="cancel-earlier"
        >
          {strings.job.cancel}
        </button>
      </p>
    );
  if (before.state !== 'completed')
    return (
      <p role="status" data-promptseg="no-earlier-findings">
        {texts.notSegmented(before.problem?.detail ?? strings.job.states[before.state])}
      </p>
    );
  const notes = [
    ...prior.differences.map(({ part, before: was, now }) =>
      texts.differs(texts.parts[part], was ?? texts.notStated, now ?? texts.notStated),
    ),
    ...(modelsDiffer ? [texts.modelsDiffer] : []),
    ...(repeatability === undefined ? [] : [texts.repeatability(repeatability)]),
    ...(before.edited === undefined ? [] : [texts.edited]),
    ...(registration === undefined ? [] : [sentenceOf(registration)]),
    ...findings.flatMap(manyOf),
    ...findings.flatMap(cautionsOf),
  ];
  return (
    <>
      <div className="promptseg-table">
        <table>
          <thead>
            <tr>
              {texts.columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {findings.map((finding) => (
              <Row key={finding.target.id} finding={finding} />
            ))}
          </tbody>
        </table>
      </div>
      {notes.length > 0 && (
        <ul className="promptseg-fine" data-promptseg="over-time-notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** A sentence about the change has a line of its own below: in the last column it would squeeze the others. */
function Row({ finding }: { finding: ComparedFinding }) {
  const { target, status, before, now, changeMl, changeFraction } = finding;
  const { isWithinRepeatability, repeatabilityPercent } = finding;
  return (
    <>
      <tr data-status={status}>
        <th scope="row">
          <Dot colour={target.displayColour} /> {target.name}
        </th>
        <td>{before === undefined ? '–' : formatMillilitres(before.volumeMl)}</td>
        <td>{now === undefined ? '–' : formatMillilitres(now.volumeMl)}</td>
        {status === 'in-both' && changeMl !== undefined ? (
          <td>
            {formatDifference(changeMl)}
            <br />
            <span className="promptseg-muted">{changeFraction !== undefined && formatChange(changeFraction)}</span>
          </td>
        ) : (
          <td className="promptseg-words">{texts.statuses[status]}</td>
        )}
      </tr>
      {isWithinRepeatability && (
        <tr className="promptseg-below">
          <td className="promptseg-words promptseg-muted" colSpan={texts.columns.length}>
            {texts.within(repeatabilityPercent ?? 0)}
          </td>
        </tr>
      )}
    </>
  );
}

function sentenceOf(registration: Registration): string {
  if (registration.status === 'not-used') return texts.notRegistered(texts.unused[registration.reason]);
  return texts.registered(decimal(registration.turnedDegrees, 1), decimal(registration.shiftedMm, 0));
}

/** How many there were and are of a target of which there may be many, and their changes. */
function manyOf({ target, instances }: ComparedFinding): readonly string[] {
  if (instances === undefined) return [];
  const { before, now, changes } = instances;
  const counts = instanceStatuses.flatMap((status) => {
    const count = changes?.filter((change) => change.status === status).length ?? 0;
    return count === 0 ? [] : [texts.instanceStatuses[status](count)];
  });
  return [texts.many(target.name, before, now, changes === undefined ? texts.notByPlace : counts.join(', '))];
}

/** In order. Not from the contract, whose file brings zod. */
const instanceStatuses = Object.keys(texts.instanceStatuses) as InstanceChange['status'][];

/** Of both times, since either makes the change doubtful. */
const cautionsOf = ({ target, before, now }: ComparedFinding): readonly string[] => [
  ...(before?.cautions ?? []).map(({ text }) => texts.cautionBefore(target.name, text)),
  ...(now?.cautions ?? []).map(({ text }) => texts.cautionNow(target.name, text)),
];
