import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from 'fhir/r4.js';
import type { AuditMessage, Code, Participant, ParticipantObject } from './auditMessage.js';

const systems = {
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  'RFC-3881': 'http://terminology.hl7.org/CodeSystem/audit-entity-id-type',
  '99PROMPTSEG': 'urn:promptseg',
} as const;
const objectRole = 'http://terminology.hl7.org/CodeSystem/object-role';
const entityType = 'http://terminology.hl7.org/CodeSystem/audit-entity-type';
const lifeCycleSystem = 'http://terminology.hl7.org/CodeSystem/dicom-audit-lifecycle';
const sourceType = 'http://terminology.hl7.org/CodeSystem/security-source-type';

/** Coding system of the tag by which a receiver recognises a row that it already has: the row's hash. */
export const rowHashSystem = 'urn:promptseg:audit-row-sha-256';

/**
 * A FHIR R4 AuditEvent (hl7.org/fhir/R4/auditevent.html, with its mapping to DICOM).
 * @param sourceId identifies this installation
 */
export function fhirAuditEvent(message: AuditMessage, sourceId: string): AuditEvent {
  const { row, eventId, eventType, action, recordedAt, outcome, outcomeDescription, participants, objects } = message;
  return {
    resourceType: 'AuditEvent',
    id: String(row.number),
    meta: { tag: [{ system: rowHashSystem, code: row.hash }] },
    type: codingOf(eventId),
    ...(eventType && { subtype: [codingOf(eventType)] }),
    action,
    recorded: recordedAt,
    outcome,
    ...(outcomeDescription !== undefined && { outcomeDesc: outcomeDescription }),
    agent: participants.map(agentOf),
    source: {
      observer: { identifier: { value: sourceId }, display: 'Promptseg' },
      type: [{ system: sourceType, code: '4', display: 'Application Server' }],
    },
    entity: objects.map(entityOf),
  };
}

const codingOf = ({ value, scheme, meaning }: Code): Coding => ({
  system: systems[scheme],
  code: value,
  display: meaning,
});

function agentOf({ userId, userName, isRequestor, role, address, mediaType }: Participant): AuditEventAgent {
  return {
    ...(role && { type: { coding: [codingOf(role)] } }),
    who: { identifier: { value: userId } },
    ...(userName !== undefined && { name: userName }),
    requestor: isRequestor,
    ...(mediaType && { media: codingOf(mediaType) }),
    ...(address !== undefined && { network: { address, type: '2' as const } }),
  };
}

/** Names and queries exclude each other (constraint sev-1). */
function entityOf({
  id,
  idType,
  role,
  lifeCycle,
  name,
  query,
  details,
  sopClasses,
}: ParticipantObject): AuditEventEntity {
  const isStudy = idType.value === '110180';
  const instances = [...(sopClasses ?? [])].flatMap(([sopClass, uids]) => [
    { type: 'SOPClassUID', valueString: sopClass },
    ...uids.map((uid) => ({ type: 'SOPInstanceUID', valueString: uid })),
  ]);
  const detail = [...details.map(([type, value]) => ({ type, valueString: value })), ...instances];
  return {
    what: {
      identifier: isStudy
        ? { system: 'urn:dicom:uid', value: `urn:oid:${id}` }
        : { type: { coding: [codingOf(idType)] }, value: id },
    },
    type: { system: entityType, code: '2', display: 'System Object' },
    role: { system: objectRole, code: role },
    ...(lifeCycle && { lifecycle: { system: lifeCycleSystem, code: lifeCycle } }),
    ...(query === undefined ? { name: name ?? id } : { query: Buffer.from(query).toString('base64') }),
    ...(detail.length > 0 && { detail }),
  };
}
