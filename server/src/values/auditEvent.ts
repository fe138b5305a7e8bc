import type { Actor } from './principal.js';

/** A code of DICOM's own scheme DCM: value and meaning (PS3.16, CID 400 for events, CID 401 for types). */
export type DcmCode = readonly [value: string, meaning: string];

/** A kind of event in a DICOM audit message (PS3.15, A.5.3). */
export interface AuditKindEntry {
  /** For people to read. */
  readonly title: string;
  readonly eventId: DcmCode;
  readonly eventType?: DcmCode;
  /** Event Action Code: create, read, update, delete, execute. */
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
}

const applicationActivity = ['110100', 'Application Activity'] as const;
const instancesAccessed = ['110103', 'DICOM Instances Accessed'] as const;
const instancesTransferred = ['110104', 'DICOM Instances Transferred'] as const;
const beginTransferring = ['110102', 'Begin Transferring DICOM Instances'] as const;
const procedureRecord = ['110111', 'Procedure Record'] as const;
const securityAlert = ['110113', 'Security Alert'] as const;
const userAuthentication = ['110114', 'User Authentication'] as const;

/**
 * Every kind of recorded event.
 *
 * A deleted result is "DICOM Instances Accessed" with the action "delete" (A.5.3.6). "DICOM Study Deleted" (110105,
 * A.5.3.8) is for whole studies, which Promptseg never deletes.
 */
export const auditKinds = {
  'application-started': {
    title: 'Promptseg was started',
    eventId: applicationActivity,
    eventType: ['110120', 'Application Start'],
    action: 'E',
  },
  'application-stopped': {
    title: 'Promptseg was stopped',
    eventId: applicationActivity,
    eventType: ['110121', 'Application Stop'],
    action: 'E',
  },
  'logged-in': { title: 'Log-in', eventId: userAuthentication, eventType: ['110122', 'Login'], action: 'E' },
  'logged-out': { title: 'Log-out', eventId: userAuthentication, eventType: ['110123', 'Logout'], action: 'E' },
  'study-opened': { title: 'Images of a study were opened', eventId: instancesAccessed, action: 'R' },
  queried: { title: 'The archive was searched', eventId: ['110112', 'Query'], action: 'E' },
  'images-stored': { title: 'Objects were stored in the archive', eventId: instancesTransferred, action: 'C' },
  'segmentation-requested': { title: 'A segmentation was requested', eventId: instancesAccessed, action: 'R' },
  'segmentation-cancelled': { title: 'A segmentation was cancelled', eventId: procedureRecord, action: 'U' },
  'result-stored': { title: 'A result was stored', eventId: instancesTransferred, action: 'C' },
  'result-delivered': { title: 'A result was sent to a destination', eventId: instancesTransferred, action: 'R' },
  'delivery-retried': { title: 'A result is sent to a destination again', eventId: beginTransferring, action: 'E' },
  'delivery-released': {
    title: 'A result that was held back is sent to a destination',
    eventId: beginTransferring,
    action: 'E',
  },
  'result-exported': { title: 'A result was downloaded', eventId: ['110106', 'Export'], action: 'R' },
  'tool-called': { title: 'An agent called a tool', eventId: ['110106', 'Export'], action: 'R' },
  'result-deleted': { title: 'A result was deleted', eventId: instancesAccessed, action: 'D' },
  'feedback-changed': { title: 'Feedback was given or taken back', eventId: procedureRecord, action: 'U' },
  'draft-changed': { title: 'A draft of a correction was changed', eventId: procedureRecord, action: 'U' },
  'workitem-changed': { title: 'A workitem was created or changed', eventId: procedureRecord, action: 'U' },
  'record-erased': {
    title: 'The record of a job was erased',
    eventId: securityAlert,
    eventType: ['110132', 'Use of Restricted Function'],
    action: 'E',
  },
  'rule-changed': {
    title: 'A rule was changed',
    eventId: securityAlert,
    eventType: ['110131', 'Software Configuration'],
    action: 'E',
  },
  'backfill-changed': {
    title: 'A backfill was started or cancelled',
    eventId: securityAlert,
    eventType: ['110132', 'Use of Restricted Function'],
    action: 'E',
  },
  'series-released': {
    title: 'A parked series was released',
    eventId: securityAlert,
    eventType: ['110132', 'Use of Restricted Function'],
    action: 'E',
  },
  'prompt-set-changed': {
    title: 'A set of prompts was changed',
    eventId: securityAlert,
    eventType: ['110131', 'Software Configuration'],
    action: 'E',
  },
  'key-changed': {
    title: 'An API key was made or revoked',
    eventId: securityAlert,
    eventType: ['110137', 'User Security Attributes Changed'],
    action: 'E',
  },
  'access-refused': {
    title: 'A request was refused',
    eventId: securityAlert,
    eventType: ['110132', 'Use of Restricted Function'],
    action: 'E',
  },
  'audit-read': { title: 'The audit trail was read', eventId: ['110101', 'Audit Log Used'], action: 'R' },
  'audit-trimmed': {
    title: 'Old rows of the audit trail were deleted',
    eventId: securityAlert,
    eventType: ['110129', 'Security Configuration'],
    action: 'E',
  },
} as const satisfies Record<string, AuditKindEntry>;

export type AuditKind = keyof typeof auditKinds;

/** Objects of one study, identified by UIDs only. */
export interface AuditedStudy {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID?: string;
  readonly objects?: readonly { readonly sopClassUID: string; readonly sopInstanceUID: string }[];
}

export const auditedThings = [
  'job',
  'draft',
  'rule',
  'backfill',
  'prompt-set',
  'workitem',
  'key',
  'destination',
  'query',
  'request',
  'process',
  'audit-trail',
] as const;

/** Another object of an event. `detail` contains short texts of ours: no prompt, no value that a client sent. */
export interface AuditedThing {
  readonly type: (typeof auditedThings)[number];
  readonly id: string;
  readonly detail?: Readonly<Record<string, string>>;
}

/** Who did what to which study. It contains UIDs and the user; never a patient's name, ID or date, never a prompt. */
export interface AuditEvent {
  readonly kind: AuditKind;
  readonly actor: Actor;
  /** Network address of the actor. */
  readonly address?: string;
  /** PS3.15, A.5.2, Event Outcome Indicator: 0; 4, may be retried; 8, ended. */
  readonly outcome: 'success' | 'minor-failure' | 'serious-failure';
  /** Code of the error table, unless it succeeded. */
  readonly reason?: string;
  readonly study?: AuditedStudy;
  readonly things?: readonly AuditedThing[];
}
