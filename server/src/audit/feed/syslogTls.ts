import { isIP } from 'node:net';
import { hostname } from 'node:os';
import tls from 'node:tls';
import { PromptsegError } from '../../platform/errors.js';
import type { AuditMessage } from '../auditMessage.js';
import { dicomAuditMessage } from '../dicomAuditMessage.js';
import type { SyslogSettings } from './receiversFile.js';

/** A receiver that neither reads nor closes for this long counts as unreachable. */
const idleMs = 20_000;

/**
 * Sends messages in order over one TLS connection, and closes it.
 *
 * Syslog has no acknowledgements (RFC 5425, section 5.2 of its threats). But a receiver must reply to the end of the
 * connection with its own (section 4.4), and one that left with unread messages breaks the connection. So messages
 * count as sent if the connection was closed normally.
 *
 * @throws PromptsegError `audit-receiver-unreachable`
 */
export async function sendSyslog(
  { host, port, authorities, certificate, key }: SyslogSettings,
  messages: readonly AuditMessage[],
  sourceId: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const socket = tls.connect({
    host,
    port,
    minVersion: 'TLSv1.2',
    ...(isIP(host) === 0 && { servername: host }),
    ...(authorities !== undefined && { ca: authorities }),
    ...(certificate !== undefined && { cert: certificate, key }),
  });
  const abort = (): void => void socket.destroy(new Error('broken off'));
  signal.addEventListener('abort', abort, { once: true });
  socket.setTimeout(idleMs, () => socket.destroy(new Error(`silent for ${idleMs / 1000} s`)));
  socket.once('secureConnect', () => {
    socket.resume();
    for (const message of messages) socket.write(frame(syslogMessage(message, sourceId)));
    socket.end();
  });
  try {
    await closedInOrder(socket);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    throw new PromptsegError(
      'audit-receiver-unreachable',
      `The syslog receiver did not accept the messages (${reason}).`,
      { cause },
    );
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** Waits until both sides have ended the connection. @throws Error if the receiver breaks it */
function closedInOrder(socket: tls.TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => {
      if (socket.readableEnded && socket.writableFinished) resolve();
      else reject(new Error('closed early'));
    });
  });
}

/** RFC 5425, section 4.3: the length in octets, a space, the message. */
function frame(message: string): Buffer {
  const octets = Buffer.from(message);
  return Buffer.concat([Buffer.from(`${octets.length} `), octets]);
}

/**
 * RFC 5424, as PS3.15 A.6.1 requires: facility 10 (security) and severity 5 (notice) or, for failures, 4 (warning);
 * MSGID DICOM+RFC3881. `sequenceId` (RFC 5424, section 7.3.1) is the number of the row, so a receiver can detect
 * duplicates.
 */
function syslogMessage(message: AuditMessage, sourceId: string): string {
  const priority = 10 * 8 + (message.outcome === '0' ? 5 : 4);
  const sequenceId = ((message.row.number - 1) % 2_147_483_647) + 1;
  const host =
    hostname()
      .replaceAll(/[^!-~]/g, '')
      .slice(0, 255) || '-';
  const header =
    `<${priority}>1 ${message.recordedAt} ${host} promptseg ${process.pid} DICOM+RFC3881 [meta ` +
    `sequenceId="${sequenceId}"]`;
  // Text in UTF-8 starts with a byte order mark (RFC 5424, section 6.4).
  return `${header} \uFEFF${dicomAuditMessage(message, sourceId)}`;
}
