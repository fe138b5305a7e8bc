import { describe, expect, it } from '@jest/globals';
import { renderToStaticMarkup } from 'react-dom/server';
import type { Job } from '../../../../server/contract/job.js';
import { formatMoment } from '../../client/format.js';
import { buttonsFor, researcher, rulesAdministrator, viewer } from '../../testing/buttons.js';
import { aJob } from '../../testing/jobs.js';
import { HistoryRow } from './HistoryRow.js';
import { QueueRow } from './QueueRow.js';
import { strings } from './strings.js';

const nothing = async () => undefined;
const prompt = 'left lung';

describe('the page of the jobs offers what the account may do', () => {
  it('cancelling a job', () => {
    const row = <QueueRow seen={{ job: aJob(), seenAt: 0 }} place={1} now={0} onCancel={nothing} />;
    const cancel = `${strings.queue.cancel}: ${prompt}`;
    expect(buttonsFor(researcher, row)).toContain(cancel);
    expect(buttonsFor(viewer, row)).not.toContain(cancel);
  });

  it('running a job again, and delivering its result again', () => {
    const deliveries = [{ destination: 'research', state: 'failed' as const, attempts: 3 }];
    const row = (
      <HistoryRow job={aJob({ state: 'failed', deliveries })} now={0} onRerun={nothing} onDeliver={nothing} />
    );
    const rerun = `${strings.history.rerun}: ${prompt}`;
    const deliver = strings.deliveries.deliverTo('research');
    const offered = (scopes: readonly string[]) =>
      [rerun, deliver].filter((label) => buttonsFor(scopes, row).includes(label));
    expect(offered(viewer)).toEqual([]);
    expect(offered(researcher)).toEqual([rerun]);
    expect(offered(rulesAdministrator)).toEqual([rerun, deliver]);
  });

  it('says what people made of a result, and what waits for it', () => {
    const request = { ...aJob().request, destinations: ['source', 'ward'], holdUntilAccepted: true };
    const markupOf = (change: Parameters<typeof aJob>[0]) =>
      renderToStaticMarkup(
        <HistoryRow
          job={aJob({ state: 'completed', request, ...change })}
          now={0}
          onRerun={nothing}
          onDeliver={nothing}
        />,
      );
    const held = strings.deliveries.held('ward');
    expect(markupOf({ review: { state: 'draft' } })).toContain(held);
    const deliveries = [{ destination: 'ward', state: 'delivered' as const, attempts: 1 }];
    expect(markupOf({ review: { state: 'accepted' }, deliveries })).not.toContain(held);
    const by = { kind: 'user' as const, subject: 'r', displayName: 'Rita' };
    expect(markupOf({ review: { state: 'rejected', by, reason: 'It leaks.' } })).toContain(
      'rejected (Rita): It leaks.',
    );
    expect(markupOf({ review: { state: 'edited' }, deliveries })).toContain(strings.deliveries.editHeld);
    expect(markupOf({ review: { state: 'accepted' }, deliveries })).not.toContain(strings.deliveries.editHeld);
  });

  it('says what was sent to another archive, and when', () => {
    const [own, later] = ['2020-01-31T12:00:00Z', '2020-02-29T12:00:00Z'];
    const sent = [
      { sopInstanceUID: '1.2.5', at: own },
      { sopInstanceUID: '1.2.6', at: later },
    ];
    const deliveries = [{ destination: 'ward', state: 'delivered' as const, attempts: 1, sent }];
    const editedResults = [{ sopInstanceUID: '1.2.6', createdAt: own }] as unknown as Job['editedResults'];
    const job = aJob({ state: 'completed', deliveries, editedResults });
    const shown = renderToStaticMarkup(<HistoryRow job={job} now={0} onRerun={nothing} onDeliver={nothing} />);
    const [first, second] = [formatMoment(own, new Date(0)), formatMoment(later, new Date(0))];
    expect(shown).toContain(`Sent: the original result, ${first}; the edit of ${first}, ${second}.`);
  });
});
