import { type DicomJson, dateTimeOf, element, firstText, itemsOf } from '#contract/dicomJson.js';
import { uidSchema } from '#contract/uid.js';
import { createUid } from '../../dicom/uid.js';
import type { JobService } from '../../jobs/jobService.js';
import { PromptsegError } from '../../platform/errors.js';
import { type Actor, system } from '../../values/principal.js';
import { describeWorkitem, stateOf } from './describeWorkitem.js';
import { invalid, isReady, requestOf, studiesOf } from './readWorkitem.js';
import { matches, type Query } from './searchWorkitems.js';
import {
  type ProcedureStepState,
  procedureStepStates,
  type Workitem,
  type WorkitemChanges,
  type WorkitemStore,
} from './workitemStore.js';
import { tags } from './workitemTags.js';

/**
 * The worklist (PS3.18 section 11, PS3.4 annex CC): Promptseg manages the workitems and performs each one whose input
 * is ready, as a job. Until the job begins, another performer may claim the workitem.
 */
export interface Worklist {
  /**
   * @returns its UID, and whether attributes were filled in. @throws PromptsegError `workitem-exists`,
   * `workitem-invalid`
   */
  create(
    uid: string | undefined,
    dataset: DicomJson,
    by?: Actor,
    client?: string,
  ): Promise<{ readonly uid: string; readonly modified: boolean }>;
  /** Studies of its images. @throws PromptsegError `workitem-not-found`; so do all methods below */
  studiesOf(uid: string): Promise<readonly string[]>;
  retrieve(uid: string): Promise<DicomJson>;
  /** @param visible which of the workitems may be found; absent: all */
  search(query: Query, visible?: Visible): Promise<readonly DicomJson[]>;
  /** @throws PromptsegError `workitem-invalid`, `workitem-conflict` */
  update(
    uid: string,
    transactionUid: string | undefined,
    changes: DicomJson,
    by?: Actor,
    client?: string,
  ): Promise<void>;
  /**
   * @returns a warning if the workitem already has the state. @throws PromptsegError `workitem-invalid`,
   * `workitem-conflict`
   */
  changeState(uid: string, change: DicomJson, by?: Actor): Promise<string | undefined>;
  /** @returns a warning if it is already cancelled. @throws PromptsegError `workitem-conflict` */
  requestCancel(uid: string, by?: Actor): Promise<string | undefined>;
  /** Starts workitems that are ready and have no job, because their server died or the archive did not respond. */
  performWaiting(): Promise<void>;
}

/** The workitems that the sender may see, judged by their studies, in order. */
export type Visible = (
  workitems: readonly Workitem[],
  studies: (workitem: Workitem) => readonly string[],
) => Promise<readonly Workitem[]>;

/** Sentences of PS3.18 sections 11.6.3.2, 11.7.3.2 and 11.8.3.2, for the header Warning. */
export const upsWarnings = {
  modified: 'The UPS was created with modifications.',
  inconsistent: 'The submitted request is inconsistent with the current state of the UPS Instance.',
  transactionMissing: 'The Transaction UID is missing.',
  transactionWrong: 'The Transaction UID is incorrect.',
  already: (state: ProcedureStepState) => `The UPS is already in the requested state of ${state}.`,
  completed: 'The UPS is already COMPLETED.',
  refused: 'Performer chooses not to cancel.',
  notContacted: 'The performer cannot be contacted.',
} as const;

/** Attributes that only the server sets, or that are fixed at creation. */
const reserved = [tags.SOPClassUID, tags.SOPInstanceUID, tags.TransactionUID, tags.ProcedureStepState];

/** Number of rows that a search reads at a time. */
const page = 200;

export function createWorklist({
  store,
  service,
  archiveUrl,
}: {
  readonly store: WorkitemStore;
  readonly service: Pick<JobService, 'submit' | 'cancel'>;
  readonly archiveUrl: string;
}): Worklist {
  /** Creates the job of a ready workitem, and records the change. */
  async function perform(workitem: Workitem, dataset: DicomJson, by: Actor, client?: string): Promise<void> {
    const { job, created } = await service.submit(requestOf(dataset), by, client);
    await change(workitem, { dataset, jobId: job.id, ownsJob: created }, by);
  }

  async function change(workitem: Workitem, changes: WorkitemChanges, by: Actor): Promise<void> {
    const changed = await store.update(workitem, changes, by);
    if (changed === undefined) throw conflict(upsWarnings.inconsistent, workitem);
  }

  return {
    async create(asked, dataset, by = system, client) {
      const given = firstText(dataset, tags.ProcedureStepState);
      if (given !== '' && given !== 'SCHEDULED') throw invalid(`is to be created as SCHEDULED, not as ${given}`);
      if (firstText(dataset, tags.TransactionUID) !== '') throw invalid('is created without a Transaction UID');
      requestOf(dataset);
      const filled: DicomJson = {
        [tags.InputReadinessState]: element('CS', 'READY'),
        [tags.ScheduledProcedureStepPriority]: element('CS', 'MEDIUM'),
        [tags.ProcedureStepState]: element('CS', 'SCHEDULED'),
      };
      const modified = Object.keys(filled).some((tag) => firstText(dataset, tag) === '');
      const uid = asked ?? (firstText(dataset, tags.SOPInstanceUID) || createUid());
      if (!uidSchema.safeParse(uid).success) throw invalid('names an SOP Instance UID that is none');
      const workitem = await store.insert(uid, without(reserved, { ...filled, ...withValues(dataset) }), by);
      if (isReady(workitem.dataset)) {
        try {
          await perform(workitem, workitem.dataset, by, client);
        } catch (error) {
          // Temporary problems are retried (`performWaiting`); impossible workitems are not accepted.
          if (!(error instanceof PromptsegError) || !error.entry.transient) {
            await store.remove(workitem, by);
            throw error instanceof PromptsegError ? notPerformable(error) : error;
          }
        }
      }
      return { uid, modified };
    },

    studiesOf: async (uid) => studiesOf((await store.get(uid)).dataset),

    retrieve: async (uid) => describeWorkitem(await store.get(uid), archiveUrl),

    async search({ offset, limit, matching: keys }, visible = async (all) => all) {
      const found: DicomJson[] = [];
      let skipped = 0;
      for (let before = Number.MAX_SAFE_INTEGER; found.length < limit; ) {
        const workitems = await store.list(before, page);
        const described = new Map(workitems.map((workitem) => [workitem, describeWorkitem(workitem, archiveUrl)]));
        const matching: Workitem[] = [];
        for (const workitem of workitems) if (await matches(described.get(workitem)!, keys)) matching.push(workitem);
        for (const workitem of await visible(matching, ({ dataset }) => studiesOf(dataset)))
          if (skipped++ >= offset && found.length < limit) found.push(described.get(workitem)!);
        if (workitems.length < page) break;
        before = workitems.at(-1)?.number ?? 0;
      }
      return found;
    },

    async update(uid, transactionUid, changes, by = system, client) {
      const workitem = await store.get(uid);
      const fixed = reserved.find((tag) => changes[tag] !== undefined);
      if (fixed !== undefined) throw invalid(`cannot change its attribute ${fixed} in this way`);
      const dataset = { ...workitem.dataset, ...changes };
      if (workitem.state === 'IN PROGRESS') {
        requireTransaction(workitem, transactionUid);
        await change(workitem, { dataset }, by);
      } else if (stateOf(workitem) !== 'SCHEDULED' || workitem.job !== undefined || transactionUid !== undefined)
        throw conflict(upsWarnings.inconsistent, workitem);
      else {
        requestOf(dataset);
        if (isReady(dataset)) await perform(workitem, dataset, by, client);
        else await change(workitem, { dataset }, by);
      }
    },

    async changeState(uid, asked, by = system) {
      const state = procedureStepStates.find((each) => each === firstText(asked, tags.ProcedureStepState));
      if (state === undefined || state === 'SCHEDULED')
        throw invalid('can become IN PROGRESS, COMPLETED or CANCELED, in Procedure Step State');
      const transactionUid = firstText(asked, tags.TransactionUID);
      if (!/^[0-9.]{1,64}$/.test(transactionUid))
        throw invalid('changes its state with a Transaction UID', { warning: upsWarnings.transactionMissing });
      const workitem = await store.get(uid);
      const before = stateOf(workitem);
      if (before === state && state !== 'IN PROGRESS') return upsWarnings.already(state);
      if (before === 'SCHEDULED' && state === 'IN PROGRESS') await claim(workitem, transactionUid, by);
      else if (before === 'IN PROGRESS' && state !== 'IN PROGRESS') {
        requireTransaction(workitem, transactionUid);
        if (
          state === 'COMPLETED' &&
          itemsOf(workitem.dataset, tags.UnifiedProcedureStepPerformedProcedureSequence).length === 0
        )
          throw conflict('The final state requirements of the UPS are not met.', workitem);
        await change(workitem, { state }, by);
      } else throw conflict(upsWarnings.inconsistent, workitem);
      return undefined;
    },

    async requestCancel(uid, by = system) {
      const workitem = await store.get(uid);
      const state = stateOf(workitem);
      if (state === 'CANCELED') return upsWarnings.already('CANCELED');
      if (state === 'COMPLETED') throw conflict(upsWarnings.completed, workitem);
      // There are no subscriptions to notify another performer.
      if (workitem.state === 'IN PROGRESS') throw conflict(upsWarnings.notContacted, workitem);
      if (workitem.job === undefined) await change(workitem, { state: 'CANCELED' }, by);
      else {
        if (!workitem.ownsJob) throw conflict(upsWarnings.refused, workitem);
        await service.cancel(workitem.job.id, by).catch((error) => {
          throw isOfJob(error) ? conflict(upsWarnings.refused, workitem) : error;
        });
      }
      return undefined;
    },

    async performWaiting() {
      for (let before = Number.MAX_SAFE_INTEGER; ; ) {
        const workitems = await store.list(before, page);
        for (const workitem of workitems) {
          const waits = workitem.job === undefined && workitem.state === undefined && isReady(workitem.dataset);
          if (waits) await perform(workitem, workitem.dataset, system).catch((error) => giveUp(workitem, error));
        }
        if (workitems.length < page) return;
        before = workitems.at(-1)?.number ?? 0;
      }
    },
  };

  /** Another performer may claim it until our job has begun. */
  async function claim(workitem: Workitem, transactionUid: string, by: Actor): Promise<void> {
    if (workitem.job !== undefined && workitem.ownsJob)
      await service.cancel(workitem.job.id, by).catch((error) => {
        throw isOfJob(error) ? conflict(upsWarnings.inconsistent, workitem) : error;
      });
    await change(workitem, { state: 'IN PROGRESS', transactionUid }, by);
  }

  async function giveUp(workitem: Workitem, error: unknown): Promise<void> {
    if (!(error instanceof PromptsegError) || error.entry.transient || error.code === 'workitem-conflict') return;
    const reason: DicomJson = {
      [tags.ProcedureStepCancellationDateTime]: element('DT', dateTimeOf(new Date())),
      [tags.ReasonForCancellation]: element('LT', `${error.code}: ${error.message}`),
    };
    const dataset = { ...workitem.dataset, [tags.ProcedureStepProgressInformationSequence]: element('SQ', reason) };
    await store.update(workitem, { dataset, state: 'CANCELED' }, system);
  }
}

const without = (left: readonly string[], dataset: DicomJson): DicomJson =>
  Object.fromEntries(Object.entries(dataset).filter(([tag]) => !left.includes(tag)));

/** Removes empty elements for which a value is filled in. */
const withValues = (dataset: DicomJson): DicomJson =>
  Object.fromEntries(
    Object.entries(dataset).filter(([, element]) => element?.Value === undefined || element.Value.length > 0),
  );

const isOfJob = (error: unknown): boolean =>
  error instanceof PromptsegError && (error.code === 'job-ended' || error.code === 'job-being-stored');

/** @param warning the sentence of the standard */
function conflict(warning: string, workitem: Workitem): PromptsegError {
  return new PromptsegError('workitem-conflict', warning, { details: { warning, state: stateOf(workitem) } });
}

function requireTransaction(workitem: Workitem, transactionUid: string | undefined): void {
  if (transactionUid === undefined)
    throw invalid('is changed with a Transaction UID', { warning: upsWarnings.transactionMissing });
  if (workitem.transactionUid !== transactionUid) throw conflict(upsWarnings.transactionWrong, workitem);
}

const notPerformable = (error: PromptsegError): PromptsegError =>
  new PromptsegError('workitem-invalid', `The workitem cannot be performed. ${error.message}`, {
    cause: error,
    details: { ...error.details, reason: error.code },
  });
