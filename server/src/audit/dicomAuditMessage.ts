import type { AuditMessage, Code, Participant, ParticipantObject } from './auditMessage.js';

/**
 * A DICOM audit message: XML of the schema in PS3.15, A.5.1, which extends RFC 3881.
 * @param sourceId AuditSourceID: identifies this installation at a shared receiver
 */
export function dicomAuditMessage(message: AuditMessage, sourceId: string): string {
  const { eventId, eventType, action, recordedAt, outcome, outcomeDescription, participants, objects } = message;
  return `<?xml version="1.0" encoding="UTF-8"?>${element('AuditMessage', {}, [
    element(
      'EventIdentification',
      { EventActionCode: action, EventDateTime: recordedAt, EventOutcomeIndicator: outcome },
      [
        coded('EventID', eventId),
        eventType && coded('EventTypeCode', eventType),
        outcomeDescription !== undefined && element('EventOutcomeDescription', {}, [text(outcomeDescription)]),
      ],
    ),
    ...participants.map(activeParticipant),
    // 4: application server process (A.5.1.2.1).
    element('AuditSourceIdentification', { AuditSourceID: sourceId }, [
      element('AuditSourceTypeCode', { 'csd-code': '4' }),
    ]),
    ...objects.map(participantObject),
  ])}`;
}

function activeParticipant({ userId, userName, isRequestor, role, address, mediaType }: Participant): string {
  return element(
    'ActiveParticipant',
    {
      UserID: userId,
      UserName: userName,
      UserIsRequestor: String(isRequestor),
      NetworkAccessPointID: address,
      // 2: IP address.
      NetworkAccessPointTypeCode: address === undefined ? undefined : '2',
    },
    [role && coded('RoleIDCode', role), mediaType && element('MediaIdentifier', {}, [coded('MediaType', mediaType)])],
  );
}

function participantObject(object: ParticipantObject): string {
  const { id, idType, role, lifeCycle, name, query, details, sopClasses } = object;
  return element(
    'ParticipantObjectIdentification',
    {
      ParticipantObjectID: id,
      // 2: system object.
      ParticipantObjectTypeCode: '2',
      ParticipantObjectTypeCodeRole: role,
      ParticipantObjectDataLifeCycle: lifeCycle,
    },
    [
      coded('ParticipantObjectIDTypeCode', idType),
      query === undefined
        ? element('ParticipantObjectName', {}, [text(name ?? id)])
        : element('ParticipantObjectQuery', {}, [base64(query)]),
      ...details.map(([type, value]) => element('ParticipantObjectDetail', { type, value: base64(value) })),
      sopClasses &&
        element(
          'ParticipantObjectDescription',
          {},
          [...sopClasses].map(([uid, instances]) =>
            element(
              'SOPClass',
              { UID: uid, NumberOfInstances: String(instances.length) },
              instances.map((instance) => element('Instance', { UID: instance })),
            ),
          ),
        ),
    ],
  );
}

const coded = (name: string, { value, scheme, meaning }: Code): string =>
  element(name, { 'csd-code': value, codeSystemName: scheme, originalText: meaning });

const base64 = (value: string): string => Buffer.from(value).toString('base64');

/** Undefined and false values are left out. */
function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly (string | undefined | false)[] = [],
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => ` ${attribute}="${text(value ?? '')}"`);
  return `<${name}${written.join('')}>${children.filter(Boolean).join('')}</${name}>`;
}

/**
 * Text in XML 1.0, which has no control characters (section 2.2) and would turn line breaks in attributes into spaces
 * (section 3.3.3).
 */
const text = (value: string): string =>
  value
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to replace
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/[&<>"'\t\n\r]/g, (character) => `&#${character.codePointAt(0)};`);
