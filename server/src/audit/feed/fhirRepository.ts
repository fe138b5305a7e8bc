import { PromptsegError } from '../../platform/errors.js';
import type { AuditMessage } from '../auditMessage.js';
import { fhirAuditEvent, rowHashSystem } from '../fhirAuditEvent.js';
import type { FhirSettings } from './receiversFile.js';

const responseMs = 20_000;

/**
 * Creates one AuditEvent at a FHIR server (IHE ITI-20, ATX: FHIR Feed). `If-None-Exist` prevents duplicates on servers
 * that support conditional creates (hl7.org/fhir/R4/http.html#ccreate), if their acceptance was lost.
 * @throws PromptsegError `audit-receiver-unreachable`; it contains nothing that the server wrote
 */
export async function createAuditEvent(
  { url, authorization }: FhirSettings,
  message: AuditMessage,
  sourceId: string,
  signal: AbortSignal,
): Promise<void> {
  // The server assigns its own id.
  const { id: _, ...resource } = fhirAuditEvent(message, sourceId);
  let response: Response;
  try {
    response = await fetch(`${url}/AuditEvent`, {
      method: 'POST',
      headers: {
        'content-type': 'application/fhir+json',
        accept: 'application/fhir+json',
        'if-none-exist': `_tag=${rowHashSystem}|${message.row.hash}`,
        prefer: 'return=minimal',
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify(resource),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(responseMs)]),
    });
    await response.body?.cancel();
  } catch (cause) {
    throw new PromptsegError('audit-receiver-unreachable', 'The FHIR server cannot be reached.', { cause });
  }
  if (response.status === 200 || response.status === 201) return;
  throw new PromptsegError(
    'audit-receiver-unreachable',
    `The FHIR server did not accept an AuditEvent (${response.status}).`,
    {
      details: { status: response.status },
    },
  );
}
