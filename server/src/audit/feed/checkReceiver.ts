import { PromptsegError } from '../../platform/errors.js';
import type { ReceiverSettings } from './receiversFile.js';
import { sendSyslog } from './syslogTls.js';

const patienceMs = 20_000;

/**
 * Connects to a receiver as for a message, with certificates and credentials, but sends none; a FHIR server must return
 * its CapabilityStatement (hl7.org/fhir/R4/http.html#capabilities).
 * @throws PromptsegError `audit-receiver-unreachable`
 */
export async function checkReceiver(receiver: ReceiverSettings, sourceId: string): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs);
  if (receiver.kind === 'syslog') return sendSyslog(receiver.syslog, [], sourceId, signal);
  const { url, authorization } = receiver.fhir;
  const headers = { accept: 'application/fhir+json', ...(authorization !== undefined && { authorization }) };
  const response = await fetch(`${url}/metadata`, { headers, redirect: 'manual', signal }).catch((cause) => {
    throw new PromptsegError('audit-receiver-unreachable', 'The FHIR server cannot be reached.', { cause });
  });
  await response.body?.cancel();
  if (!response.ok)
    throw new PromptsegError(
      'audit-receiver-unreachable',
      `The FHIR server does not return its CapabilityStatement (${response.status}).`,
      { details: { status: response.status } },
    );
}
