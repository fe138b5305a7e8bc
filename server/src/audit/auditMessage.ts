import type { AuditRow } from '../database/auditTrail.js';
import {
  type AuditEvent,
  type AuditedThing,
  type AuditKindEntry,
  auditKinds,
  type DcmCode,
} from '../values/auditEvent.js';

/** A coded value with its coding scheme. */
export interface Code {
  readonly value: string;
  readonly scheme: 'DCM' | 'RFC-3881' | '99PROMPTSEG';
  readonly meaning: string;
}

/** A person or system that took part (PS3.15, A.5.2, Active Participant). */
export interface Participant {
  readonly userId: string;
  readonly userName?: string;
  readonly isRequestor: boolean;
  readonly role?: Code;
  /** IP address. */
  readonly address?: string;
  /** If the role is Destination Media. */
  readonly mediaType?: Code;
}

/** The object of the event (PS3.15, A.5.2, Participant Object). It has a name or a query. */
export interface ParticipantObject {
  readonly id: string;
  readonly idType: Code;
  /** Participant Object Type Code Role: 3 report, 11 security user entity, 13 security resource, 20 job. */
  readonly role: '3' | '11' | '13' | '20';
  readonly lifeCycle?: '15';
  readonly name?: string;
  readonly query?: string;
  readonly details: readonly (readonly [type: string, value: string])[];
  /** SOP Instance UIDs by SOP Class UID. */
  readonly sopClasses?: ReadonlyMap<string, readonly string[]>;
}

/** A row of the trail in the terms of the standards: the common content of the DICOM message and the FHIR resource. */
export interface AuditMessage {
  readonly row: Pick<AuditRow, 'number' | 'hash'>;
  readonly recordedAt: string;
  readonly eventId: Code;
  readonly eventType?: Code;
  readonly action: AuditKindEntry['action'];
  readonly outcome: '0' | '4' | '8';
  readonly outcomeDescription?: string;
  readonly participants: readonly [Participant, ...Participant[]];
  readonly objects: readonly ParticipantObject[];
}

const dcm = ([value, meaning]: DcmCode): Code => ({ value, scheme: 'DCM', meaning });
const own = (value: string, meaning: string): Code => ({ value, scheme: '99PROMPTSEG', meaning });
const uri: Code = { value: '12', scheme: 'RFC-3881', meaning: 'URI' };

const application = dcm(['110150', 'Application']);
const destination = dcm(['110152', 'Destination Role ID']);
const source = dcm(['110153', 'Source Role ID']);
const media = { role: dcm(['110154', 'Destination Media']), mediaType: dcm(['110037', 'URI']) };

const outcomes = { success: '0', 'minor-failure': '4', 'serious-failure': '8' } as const;

/** UserID of this product as a participant. */
const promptseg = 'promptseg';

export function messageOf(row: AuditRow): AuditMessage {
  const event = JSON.parse(row.event) as AuditEvent;
  const { eventId, eventType, action }: AuditKindEntry = auditKinds[event.kind];
  return {
    row: { number: row.number, hash: row.hash },
    recordedAt: row.recordedAt,
    eventId: dcm(eventId),
    ...(eventType && { eventType: dcm(eventType) }),
    action,
    outcome: outcomes[event.outcome],
    ...(event.reason !== undefined && { outcomeDescription: event.reason }),
    participants: participantsOf(event),
    objects: [...studyOf(event), ...(event.things ?? []).flatMap((thing) => objectOf(thing, event)), rowObject(row)],
  };
}

/** PS3.15, A.5.3: the participants of each kind of event, and their roles. */
function participantsOf(event: AuditEvent): AuditMessage['participants'] {
  const archive: Participant = { userId: 'archive', isRequestor: false, role: destination };
  switch (event.kind) {
    case 'application-started':
    case 'application-stopped':
      return [{ userId: promptseg, isRequestor: false, role: application }];
    case 'queried':
    case 'images-stored':
      return [{ ...requestor(event), role: source }, archive];
    case 'result-stored':
      return [...withServer(event, source), archive];
    case 'delivery-retried':
    case 'delivery-released':
    case 'result-delivered': {
      const name = event.things?.find(({ type }) => type === 'destination')?.id ?? 'destination';
      return [...withServer(event, source), { userId: name, isRequestor: false, role: destination }];
    }
    case 'result-exported':
    case 'tool-called':
      return [...withServer(event, source), { userId: event.address ?? 'download', isRequestor: false, ...media }];
    default:
      return withServer(event);
  }
}

function requestor({ actor, address }: AuditEvent): Participant {
  return {
    userId: actor.kind === 'system' ? promptseg : actor.subject,
    ...(actor.kind !== 'system' && { userName: actor.displayName }),
    isRequestor: true,
    ...(address !== undefined && { address }),
  };
}

/** The requester, and the server that did it; one participant if the server acted on its own. */
function withServer(event: AuditEvent, role: Code = application): AuditMessage['participants'] {
  if (event.actor.kind === 'system') return [{ ...requestor(event), role }];
  return [requestor(event), { userId: promptseg, isRequestor: false, role }];
}

function studyOf({ study }: AuditEvent): ParticipantObject[] {
  if (study === undefined) return [];
  const sopClasses = new Map<string, string[]>();
  for (const { sopClassUID, sopInstanceUID } of study.objects ?? [])
    sopClasses.set(sopClassUID, [...(sopClasses.get(sopClassUID) ?? []), sopInstanceUID]);
  return [
    {
      id: study.studyInstanceUID,
      idType: dcm(['110180', 'Study Instance UID']),
      role: '3',
      name: 'Study',
      details: study.seriesInstanceUID === undefined ? [] : [['SeriesInstanceUID', study.seriesInstanceUID]],
      ...(sopClasses.size > 0 && { sopClasses }),
    },
  ];
}

/**
 * Study Root Query/Retrieve Information Model - FIND (PS3.4, C.6.2.3): QIDO-RS, which has no SOP Class, is the same
 * query.
 */
const studyRootFind = '1.2.840.10008.5.1.4.1.2.2.1';

function objectOf({ type, id, detail = {} }: AuditedThing, { kind }: AuditEvent): ParticipantObject[] {
  // A.5.3.11 requires the alert in words with its subject.
  const alert: ParticipantObject['details'] =
    auditKinds[kind].eventId[0] === '110113' ? [['Alert Description', auditKinds[kind].title]] : [];
  const details = [...alert, ...Object.entries(detail)];
  switch (type) {
    case 'query':
      return [{ id: studyRootFind, idType: dcm(['110181', 'SOP Class UID']), role: '3', query: id, details }];
    case 'job':
      return [{ id, idType: own('job', 'Job id'), role: '20', name: 'Job', details }];
    case 'draft':
      return [{ id, idType: own('draft', 'Id of a draft'), role: '20', name: 'Draft', details }];
    case 'rule':
      return [{ id, idType: own('rule', 'Name of a rule'), role: '13', name: 'Rule', details }];
    case 'backfill':
      return [{ id, idType: own('backfill', 'Back-fill id'), role: '13', name: 'Back-fill', details }];
    case 'prompt-set':
      return [{ id, idType: own('prompt-set', 'Id of a set of prompts'), role: '13', name: 'Set of prompts', details }];
    case 'workitem':
      return [{ id, idType: own('workitem', 'SOP Instance UID of a workitem'), role: '20', name: 'Workitem', details }];
    case 'key':
      return [{ id, idType: own('key', 'API key id'), role: '11', name: 'API key', details }];
    case 'process':
      return [{ id, idType: own('process', 'Process on a host'), role: '13', name: 'Process', details }];
    case 'request':
      return [{ id, idType: uri, role: '13', name: 'Request', details }];
    case 'audit-trail': {
      const erased = kind === 'audit-trimmed' ? { lifeCycle: '15' as const } : {};
      // A.5.3.2 defines the name.
      return [{ id, idType: uri, role: '13', ...erased, name: 'Security Audit Log', details }];
    }
    case 'destination':
      // The process is a participant already.
      return [];
  }
}

/** Makes the message an anchor: the trail must have this row with this hash forever. */
const rowObject = ({ number, hash }: AuditRow): ParticipantObject => ({
  id: String(number),
  idType: own('audit-row', 'Row of the audit trail'),
  role: '13',
  name: 'Audit trail',
  details: [['SHA-256', hash]],
});
