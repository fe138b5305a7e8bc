import { readAuditRows } from '../../database/auditTrail.js';
import type { Database } from '../../database/database.js';
import { type OutboxTiming, usualOutboxTiming, workOutbox } from '../../jobs/outbox/workOutbox.js';
import { PromptsegError } from '../../platform/errors.js';
import { type AuditMessage, messageOf } from '../auditMessage.js';
import { createFeeds } from './feeds.js';
import { createAuditEvent } from './fhirRepository.js';
import type { ReceiverSettings } from './receiversFile.js';
import { sendSyslog } from './syslogTls.js';

/** Maximum number of messages per connection; those of a broken connection are sent again. */
const messagesAtOnce = 200;

/** Never given up; after an hour of outage, a receiver waits five minutes at most. */
const usualTiming: OutboxTiming = {
  ...usualOutboxTiming,
  pollMs: 2000,
  firstRetryMs: 2000,
  longestRetryMs: 5 * 60_000,
  giveUpAfterMs: Number.POSITIVE_INFINITY,
};

/**
 * Sends the audit trail to its receivers, at least once and in order, from the row at which each was first named.
 * Several servers may do so at the same time. Recording never waits for it.
 * @param sourceId identifies this installation
 * @returns a function that stops it
 */
export async function sendTrail({
  database,
  receivers,
  sourceId,
  timing = usualTiming,
}: {
  readonly database: Database;
  readonly receivers: readonly ReceiverSettings[];
  readonly sourceId: string;
  readonly timing?: OutboxTiming;
}): Promise<() => Promise<void>> {
  const feeds = createFeeds(database);
  const byName = new Map(receivers.map((receiver) => [receiver.name, receiver]));
  await feeds.register([...byName.keys()]);
  const work = workOutbox({
    outbox: feeds,
    targets: [...byName.keys()],
    async perform(feed, signal) {
      const receiver = byName.get(feed.target);
      if (receiver === undefined) return;
      for await (const messages of chunks(feed.sentUpTo, receiver.kind === 'fhir' ? 1 : messagesAtOnce)) {
        signal.throwIfAborted();
        await send(receiver, messages, signal);
        if (!(await feeds.advance(feed, messages.at(-1)!.row.number))) return;
      }
    },
    unknownTarget: new PromptsegError('audit-receiver-unreachable', 'The settings no longer name this receiver.'),
    timing,
  });
  return () => work.stop();

  function send(receiver: ReceiverSettings, messages: readonly AuditMessage[], signal: AbortSignal): Promise<void> {
    if (receiver.kind === 'syslog') return sendSyslog(receiver.syslog, messages, sourceId, signal);
    return createAuditEvent(receiver.fhir, messages[0]!, sourceId, signal);
  }

  /** The messages of the existing rows after `after`, a few at a time. */
  async function* chunks(after: number, size: number): AsyncGenerator<readonly AuditMessage[]> {
    let chunk: AuditMessage[] = [];
    for await (const row of readAuditRows(database, { after })) {
      chunk.push(messageOf(row));
      if (chunk.length === size) {
        yield chunk;
        chunk = [];
      }
    }
    if (chunk.length > 0) yield chunk;
  }
}
