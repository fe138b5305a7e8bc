import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Fhir } from 'fhir';
import { validateXML } from 'xmllint-wasm';
import { messageOf } from '../../server/src/audit/auditMessage.js';
import { dicomAuditMessage } from '../../server/src/audit/dicomAuditMessage.js';
import { fhirAuditEvent } from '../../server/src/audit/fhirAuditEvent.js';
import { canonicalJson } from '../../server/src/database/auditTrail.js';
import { type AuditEvent, type AuditKind, auditedThings, auditKinds } from '../../server/src/values/auditEvent.js';
import { system } from '../../server/src/values/principal.js';
import { someone } from './auditParts.js';

const kinds = Object.keys(auditKinds) as AuditKind[];

const rowOf = (event: AuditEvent) => ({
  number: 17,
  recordedAt: '2026-11-29T10:20:30.456Z',
  event: canonicalJson(event),
  previous: '0'.repeat(64),
  hash: 'a'.repeat(64),
});

const segmentation = '1.2.840.10008.5.1.4.1.1.66.4';
/** An event with everything that an event can have. */
const fullEvent = (kind: AuditKind, more: Partial<AuditEvent> = {}): AuditEvent => ({
  kind,
  actor: someone,
  address: '2001:db8::17',
  outcome: 'success',
  study: {
    studyInstanceUID: '1.2.3',
    seriesInstanceUID: '1.2.3.4',
    objects: [
      { sopClassUID: segmentation, sopInstanceUID: '1.2.3.4.5' },
      { sopClassUID: segmentation, sopInstanceUID: '1.2.3.4.6' },
    ],
  },
  things: auditedThings.map((type) => ({ type, id: `${type} 1`, detail: { note: 'a "note" & <more>' } })),
  ...more,
});

describe('a DICOM audit message', () => {
  let schema: string;
  beforeAll(async () => {
    schema = await readFile(path.join(import.meta.dirname, 'dicomAuditMessage.rng'), 'utf8');
  });
  const faultsOf = async (xml: string): Promise<readonly string[]> => {
    const { valid, errors } = await validateXML({ xml, schema, extension: 'relaxng' });
    return valid ? [] : errors.map(({ message }) => message);
  };
  const xmlOf = (event: AuditEvent): string => dicomAuditMessage(messageOf(rowOf(event)), 'promptseg');

  it.each(kinds)(
    'of the kind %s follows the schema of PS3.15 A.5.1',
    async (kind) => {
      const bare: AuditEvent = { kind, actor: system, outcome: 'serious-failure', reason: 'archive-unreachable' };
      expect([await faultsOf(xmlOf(fullEvent(kind))), await faultsOf(xmlOf(bare))]).toEqual([[], []]);
    },
    60_000,
  );

  it('would be found wrong by that schema if it were', async () => {
    const right = xmlOf(fullEvent('result-stored'));
    for (const [from, to] of [
      ['EventActionCode="C"', 'EventActionCode="X"'],
      [' UserIsRequestor="true"', ''],
      ['csd-code=', 'code='],
      ['<ParticipantObjectName>Study</ParticipantObjectName>', ''],
      ['UID="1.2.3.4.5"', 'UID="liver"'],
    ] as const) {
      const wrong = right.replace(from, to);
      expect(wrong).not.toBe(right);
      expect(await faultsOf(wrong)).not.toEqual([]);
    }
  });

  it('holds what hostile names and line breaks are, and no more', async () => {
    const hostile = `"><x>&'\u0000\u0007\n\ud800 end`;
    const xml = xmlOf(fullEvent('logged-in', { actor: { ...someone, subject: hostile, displayName: hostile } }));
    expect(await faultsOf(xml)).toEqual([]);
    expect(xml).toContain('UserName="&#34;&#62;&#60;x&#62;&#38;&#39;\ufffd\ufffd&#10;\ufffd end"');
  });

  it('says who asked, what sent and what received, as PS3.15 A.5.3.7 wants it', () => {
    const xml = xmlOf(fullEvent('result-delivered'));
    expect(xml).toContain(
      '<EventID csd-code="110104" codeSystemName="DCM" originalText="DICOM Instances Transferred">',
    );
    const participants = xml.split('<ActiveParticipant').slice(1);
    expect(participants).toEqual([
      expect.stringMatching(/UserID="mueller@example.org" .*UserIsRequestor="true"/),
      expect.stringMatching(/UserID="promptseg" UserIsRequestor="false"><RoleIDCode csd-code="110153"/),
      expect.stringMatching(/UserID="destination 1" UserIsRequestor="false"><RoleIDCode csd-code="110152"/),
    ]);
    expect(participants[0]).not.toContain('RoleIDCode');
  });
});

describe('a FHIR AuditEvent', () => {
  const fhir = new Fhir();
  const resourceOf = (event: AuditEvent) => fhirAuditEvent(messageOf(rowOf(event)), 'promptseg');

  it.each(kinds)('of the kind %s is valid R4', (kind) => {
    for (const event of [fullEvent(kind), { kind, actor: system, outcome: 'serious-failure' } as const]) {
      const { valid, messages } = fhir.validate(resourceOf(event), { errorOnUnexpected: true });
      expect([valid, messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')]).toEqual([
        true,
        [],
      ]);
    }
  });

  it('would be found wrong by that validator if it were', () => {
    const right = resourceOf(fullEvent('result-stored'));
    const { recorded: _, ...withoutMoment } = right;
    for (const wrong of [withoutMoment, { ...right, action: 'X' }, { ...right, agent: [{ name: 'nobody' }] }])
      expect(fhir.validate(wrong, { errorOnUnexpected: true }).valid).toBe(false);
  });

  it('names the row, the study and its objects by UIDs, and the user', () => {
    const resource = resourceOf(fullEvent('result-stored'));
    expect(resource).toMatchObject({
      id: '17',
      type: { code: '110104' },
      action: 'C',
      recorded: '2026-11-29T10:20:30.456Z',
      outcome: '0',
    });
    expect(resource.agent[0]).toMatchObject({
      who: { identifier: { value: 'mueller@example.org' } },
      name: 'Jörg Müller 山田',
      requestor: true,
      network: { address: '2001:db8::17', type: '2' },
    });
    expect(resource.entity?.[0]).toMatchObject({
      what: { identifier: { system: 'urn:dicom:uid', value: 'urn:oid:1.2.3' } },
      detail: [
        { type: 'SeriesInstanceUID', valueString: '1.2.3.4' },
        { type: 'SOPClassUID', valueString: segmentation },
        { type: 'SOPInstanceUID', valueString: '1.2.3.4.5' },
        { type: 'SOPInstanceUID', valueString: '1.2.3.4.6' },
      ],
    });
    expect(resource.entity?.at(-1)).toMatchObject({ detail: [{ type: 'SHA-256', valueString: 'a'.repeat(64) }] });
  });
});
