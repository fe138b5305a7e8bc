import type { CompanionKind, EditedResult, Job } from '#contract/job.js';
import { recordAudit } from '../../database/auditTrail.js';
import type { SqlExecutor } from '../../database/database.js';
import type { Archive } from '../../pacs/archive.js';
import type { ObjectDeletion } from '../../pacs/objectDeletion.js';
import { PromptsegError } from '../../platform/errors.js';
import { reportedStructure } from '../../story/reportedStructure.js';
import { operatorFrom } from '../../values/operator.js';
import { type Actor, namedActor, system } from '../../values/principal.js';
import { deleted, editedStored } from '../records/auditedJob.js';
import type { JobStore } from '../records/jobStore.js';
import {
  type FoundResult,
  findResult,
  predecessorOf,
  type ResultName,
  referenceOf,
  requireKept,
} from './findResult.js';
import { createPictureCache } from './pictureCache.js';
import type { ResultsProcess } from './resultsProcess.js';

/** Operations on the results of a job that has ended. */
export interface ResultsService {
  /**
   * @param segmentNumber only this segment; all if absent
   * @param asThumbnail small, without words
   * @throws PromptsegError `segment-not-found`, and those that all of these throw: `job-not-found`, `job-open`,
   * `result-missing`, `result-deleted`, `result-not-in-archive`, the archive's errors, and those of
   * `ResultsProcess.ask`
   */
  picture(
    jobId: string,
    result: ResultName,
    segmentNumber: number | undefined,
    asThumbnail?: boolean,
  ): Promise<Uint8Array>;
  /** The segmentation object as stored. */
  segmentation(jobId: string, result: ResultName): Promise<Uint8Array>;
  /** The stored RT Structure Set; if there is none, one is generated. */
  structureSet(jobId: string, result: ResultName): Promise<Uint8Array>;
  /** The stored DICOM Secondary Capture of the result; if there is none, one is generated. */
  secondaryCapture(jobId: string, result: ResultName): Promise<Uint8Array>;
  /** The stored report on one page, a DICOM Encapsulated PDF; if there is none, one is generated. */
  report(jobId: string, result: ResultName): Promise<Uint8Array>;
  /** The stored presentation state with the outlines; if there is none, one is generated. */
  presentationState(jobId: string, result: ResultName): Promise<Uint8Array>;
  /** Called before the body of an edit is read: checks that there is a result to edit. */
  requireResult(jobId: string, result: ResultName): Promise<void>;
  /**
   * Stores an edited segmentation as a new object.
   * @throws PromptsegError of `storeEditedResult`
   */
  storeEdited(
    jobId: string,
    predecessor: ResultName,
    part10: Uint8Array,
    by?: Actor,
  ): Promise<{ readonly edited: EditedResult; readonly job: Job; readonly created: boolean }>;
  /**
   * Deletes all objects that the job itself stored; does nothing if they are deleted already. @throws PromptsegError
   * `archive-cannot-delete`
   */
  deleteResult(jobId: string, by?: Actor): Promise<Job>;
  /** The same for an edited result. */
  deleteEdited(jobId: string, sopInstanceUID: string, by?: Actor): Promise<Job>;
}

/** Segments as a picture shows them. */
const segmentsToDraw = (findings: FoundResult['findings']) =>
  findings.map(({ segmentNumber, target, volumeMl }) => ({
    segmentNumber,
    name: target.name,
    colour: target.displayColour,
    volumeMl: inVolume(volumeMl),
  }));

/** The same with their other figures. */
const segmentsToReport = (findings: FoundResult['findings']) =>
  findings.map((finding) => ({
    segmentNumber: finding.segmentNumber,
    ...reportedStructure({ ...finding, volumeMl: inVolume(finding.volumeMl) }),
  }));

const makerOf = ({ job: { model }, isEdited }: FoundResult): string =>
  `${model?.id ?? 'unknown model'} ${model?.version ?? ''}`.trim() + (isEdited ? ', edited' : '');

/** What a generated object says of its result. */
const headingOf = (found: FoundResult) => ({
  maker: makerOf(found),
  seriesDescription: found.stored.seriesDescription,
  createdAt: new Date(found.createdAt),
});

export function createResultsService({
  store,
  archive,
  deletion,
  results,
  sendEdited = async () => {},
  institution,
}: {
  readonly store: Pick<JobStore, 'get' | 'amend'>;
  readonly archive: Archive;
  readonly deletion: ObjectDeletion;
  readonly results: Pick<ResultsProcess, 'ask'>;
  /** Runs in the transaction that records an edit, with the job as it was before. */
  readonly sendEdited?: (sql: SqlExecutor, job: Job, edited: EditedResult) => Promise<void>;
  /** The institution of the people who sign in. */
  readonly institution?: string | undefined;
}): ResultsService {
  const pictures = createPictureCache();

  /** The stored result with this name, even if it was deleted. */
  const find = async (jobId: string, name: ResultName): Promise<FoundResult> =>
    findResult(await store.get(jobId), name);

  const findKept = async (jobId: string, name: ResultName): Promise<FoundResult> =>
    requireKept(await find(jobId, name));

  /** An object that the job stored beside its segmentation. */
  async function storedBeside(found: FoundResult, kind: CompanionKind): Promise<Uint8Array | undefined> {
    const stored = found.alsoStored.find((each) => each.kind === kind);
    return stored && retrieve(found, stored);
  }

  async function retrieve({ stored }: FoundResult, object: { seriesInstanceUID: string; sopInstanceUID: string }) {
    const part10 = await archive.retrieveInstance(
      stored.studyInstanceUID,
      object.seriesInstanceUID,
      object.sopInstanceUID,
    );
    if (part10 !== undefined) return part10;
    throw new PromptsegError('result-not-in-archive', 'The archive no longer holds the result.', {
      details: { sopInstanceUID: object.sopInstanceUID },
    });
  }

  return {
    async picture(jobId, name, segmentNumber, asThumbnail = false) {
      const found = await findKept(jobId, name);
      const drawn = found.findings.filter(
        (each) => segmentNumber === undefined || each.segmentNumber === segmentNumber,
      );
      if (drawn.length === 0)
        throw new PromptsegError('segment-not-found', `The result has no segment ${segmentNumber}.`);
      const size = asThumbnail ? 'small' : 'large';
      return pictures.get(`${found.stored.sopInstanceUID} ${segmentNumber ?? 'all'} ${size}`, () =>
        results.ask('draw', {
          result: referenceOf(found),
          asThumbnail,
          segments: segmentsToDraw(drawn),
          maker: makerOf(found),
        }),
      );
    },

    async segmentation(jobId, name) {
      const found = await findKept(jobId, name);
      return retrieve(found, found.stored);
    },

    async structureSet(jobId, name) {
      const found = await findKept(jobId, name);
      const stored = await storedBeside(found, 'rt-structure-set');
      if (stored !== undefined) return stored;
      return results.ask('outline', {
        result: referenceOf(found),
        seriesDescription: found.stored.seriesDescription,
        findings: found.findings.map(({ segmentNumber, target }) => ({ segmentNumber, target })),
        createdAt: new Date(found.createdAt),
      });
    },

    async secondaryCapture(jobId, name) {
      const found = await findKept(jobId, name);
      const stored = await storedBeside(found, 'secondary-capture');
      if (stored !== undefined) return stored;
      return results.ask('capture', {
        result: referenceOf(found),
        segments: segmentsToDraw(found.findings),
        ...headingOf(found),
      });
    },

    async report(jobId, name) {
      const found = await findKept(jobId, name);
      const stored = await storedBeside(found, 'report');
      if (stored !== undefined) return stored;
      return results.ask('report', {
        result: referenceOf(found),
        segments: segmentsToReport(found.findings),
        ...headingOf(found),
      });
    },

    async presentationState(jobId, name) {
      const found = await findKept(jobId, name);
      const stored = await storedBeside(found, 'presentation-state');
      if (stored !== undefined) return stored;
      const { seriesDescription, createdAt } = headingOf(found);
      return results.ask('present', {
        result: referenceOf(found),
        segments: found.findings.map(({ segmentNumber, target }) => ({
          segmentNumber,
          name: target.name,
          colour: target.displayColour,
        })),
        seriesDescription,
        createdAt,
      });
    },

    async requireResult(jobId, name) {
      await findKept(jobId, name);
    },

    async storeEdited(jobId, name, part10, editor = system) {
      const by = namedActor(editor);
      const found = await findKept(jobId, name);
      const { sopInstanceUID: predecessor, studyInstanceUID } = found.stored;
      const createdAt = new Date();
      const stored = await results.ask('storeEdited', {
        predecessor: predecessorOf(found),
        part10,
        createdAt,
        operator: operatorFrom(by, institution),
      });
      const edited: EditedResult = {
        ...stored,
        studyInstanceUID,
        predecessor,
        createdAt: createdAt.toISOString(),
        ...(by !== undefined && { by }),
      };
      let created = false;
      const job = await store.amend(
        jobId,
        ({ editedResults = [] }) => {
          const known = editedResults.find(isSameObject(edited));
          // The same edit was deleted before and is stored again now.
          created = known === undefined || known.deletedAt !== undefined;
          return created ? { editedResults: [...editedResults.filter((each) => each !== known), edited] } : undefined;
        },
        async (sql, before) => {
          await sendEdited(sql, before, edited);
          await recordAudit(sql, editedStored(before, edited, editor));
        },
      );
      return { edited: job.editedResults!.find(isSameObject(edited))!, job, created };
    },

    async deleteResult(jobId, by = system) {
      const { job, stored, alsoStored, deletedAt } = await find(jobId, undefined);
      if (deletedAt !== undefined) return job;
      // Objects that refer to the segmentation are deleted before it.
      await deletion.deleteObjects([...alsoStored.toReversed(), stored]);
      pictures.forget(stored.sopInstanceUID);
      return store.amend(
        jobId,
        ({ resultDeletedAt }) =>
          resultDeletedAt === undefined
            ? { resultDeletedAt: new Date().toISOString(), resultDeletedBy: namedActor(by) }
            : undefined,
        (sql, amended) => recordAudit(sql, deleted(amended, by)),
      );
    },

    async deleteEdited(jobId, sopInstanceUID, by = system) {
      const { job, stored, deletedAt } = await find(jobId, sopInstanceUID);
      if (deletedAt !== undefined) return job;
      await deletion.deleteObjects([stored]);
      pictures.forget(sopInstanceUID);
      return store.amend(
        jobId,
        ({ editedResults = [] }) => ({
          editedResults: editedResults.map((each) =>
            each.sopInstanceUID === sopInstanceUID
              ? { ...each, deletedAt: new Date().toISOString(), deletedBy: namedActor(by) }
              : each,
          ),
        }),
        (sql, amended) => recordAudit(sql, deleted(amended, by, stored)),
      );
    },
  };
}

const isSameObject =
  ({ sopInstanceUID }: Pick<EditedResult, 'sopInstanceUID'>) =>
  (other: EditedResult): boolean =>
    other.sopInstanceUID === sopInstanceUID;

/** @throws PromptsegError `volume-needed` for a result on a single image: a picture shows planes through a volume */
function inVolume(volumeMl: number | undefined): number {
  if (volumeMl !== undefined) return volumeMl;
  throw new PromptsegError(
    'volume-needed',
    'A picture shows three planes through a volume; this result is on single images.',
  );
}
