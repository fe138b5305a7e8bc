import { useState } from 'react';
import type { Delivery } from '../../../../server/contract/delivery.js';
import type { Job } from '../../../../server/contract/job.js';
import { formatDuration, formatMoment } from '../../client/format.js';
import { useRights } from '../../client/rights.js';
import { strings } from './strings.js';

interface DeliveriesProps {
  readonly job: Job;
  readonly now: number;
  readonly onDeliver: (job: Job, destination: string) => Promise<void>;
}

/** The destinations of a job's results besides the archive, with the state of each delivery. */
export function Deliveries({ job, now, onDeliver }: DeliveriesProps) {
  const text = strings.deliveries;
  const { deliveries = [] } = job;
  const [sending, setSending] = useState<string>();
  const mayDeliver = useRights().may('rules:write');
  if (isHeldBack(job)) return <p data-promptseg="held">{text.held(furtherOf(job).join(', '))}</p>;
  if (deliveries.length === 0) return null;
  const editIsHeld = job.request.holdUntilAccepted === true && job.review?.state === 'edited';
  return (
    <ul className="deliveries" aria-label={text.label}>
      {editIsHeld && <li data-promptseg="held">{text.editHeld}</li>}
      {deliveries.map((delivery) => {
        const { destination, state, problem, sent } = delivery;
        return (
          <li key={destination} data-destination={destination} data-delivery={state}>
            <strong>{destination}</strong> {inWords(delivery, now)}
            {problem && <span> {problem.detail}</span>}
            {sent && (
              <span data-promptseg="sent">
                {' '}
                {text.sent(sent.map((each) => sentInWords(each, job, now)).join('; '))}
              </span>
            )}
            {mayDeliver && (state === 'failed' || (state === 'waiting' && problem)) && (
              <button
                type="button"
                aria-label={text.deliverTo(destination)}
                aria-disabled={sending !== undefined}
                onClick={async () => {
                  if (sending !== undefined) return;
                  setSending(destination);
                  await onDeliver(job, destination);
                  setSending(undefined);
                }}
              >
                {sending === destination ? text.sending : text.deliver}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What arrived and when: the job's own result, or the edit of some moment. */
function sentInWords({ sopInstanceUID, at }: Sent, { editedResults }: Job, now: number): string {
  const edited = editedResults?.find((each) => each.sopInstanceUID === sopInstanceUID);
  const today = new Date(now);
  const moment = formatMoment(at, today);
  return edited === undefined
    ? strings.deliveries.own(moment)
    : strings.deliveries.edit(formatMoment(edited.createdAt, today), moment);
}

type Sent = NonNullable<Delivery['sent']>[number];

const furtherOf = ({ request }: Job): readonly string[] =>
  (request.destinations ?? []).filter((name) => name !== 'source');

const isHeldBack = (job: Job): boolean =>
  job.request.holdUntilAccepted === true &&
  job.review !== undefined &&
  job.deliveries === undefined &&
  furtherOf(job).length > 0;

function inWords({ state, attempts, nextAttemptAt }: Delivery, now: number): string {
  const text = strings.deliveries;
  if (state !== 'waiting' || attempts === 0 || nextAttemptAt === undefined) return text.states[state];
  const wait = Date.parse(nextAttemptAt) - now;
  return wait > 0 ? text.attemptIn(attempts + 1, formatDuration(wait)) : text.attemptNext(attempts + 1);
}
