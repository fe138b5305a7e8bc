import type { ComparedFinding, Comparison, PriorsView } from '#contract/comparison.js';
import { firstText } from '#contract/dicomJson.js';
import type { EditedResult, Job, SegmentationRequest } from '#contract/job.js';
import type { Priority } from '#contract/jobState.js';
import type { RegistrationMode, UsedRegistration } from '#contract/registration.js';
import { naturalizeJson } from '../dicom/naturalizeJson.js';
import type { JobService, RoutedBy } from '../jobs/jobService.js';
import type { Jobs } from '../jobs/openJobs.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { withoutComparison } from '../prompts/takeComparison.js';
import { coarseVoxelMm } from '../registration/coarseImage.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import type { RegisteredSeries } from '../story/registerSeries.js';
import type { Affine } from '../values/affine.js';
import type { Actor } from '../values/principal.js';
import { compareFindings, findingsAtATime } from './compareFindings.js';
import { findPriors, type MayFindStudy, priorOf } from './findPriors.js';
import { asStated, type Places } from './matchInstances.js';
import type { Registrations } from './registrations.js';
import { reportOfComparison } from './reportOfComparison.js';
import { readOneHeader, readSeriesFacts, type SeriesFacts, type SeriesUIDs } from './seriesFacts.js';
import { requireIdentified, requireSuitable } from './suitability.js';

/** Who asks, and what the archive shows them. */
export interface Asker {
  readonly principal: Actor | RoutedBy;
  /** Whose turn it is (`clientOf`). */
  readonly client: string;
  readonly mayFind: MayFindStudy;
  readonly signal?: AbortSignal;
}

/** What of the later job is compared, and how places are brought together. */
export interface ReadOptions {
  /** SOP Instance UID of an edited result of the later job. */
  readonly edited?: string | undefined;
  /** Absent: rigid where instances cannot be matched without it. */
  readonly registration?: RegistrationMode | undefined;
}

/**
 * Compares the findings of a job with those of the same targets on an earlier study of the patient. Nothing is kept but
 * the earlier job: a comparison is read from the two jobs, the images' headers and, where places are matched by it, a
 * registration of the images, each time.
 */
export interface Comparisons {
  /**
   * @throws PromptsegError `job-open`, `comparison-unsuitable`, `patient-unidentified`, `series-not-found`, the
   * archive's errors
   */
  priors(job: Job, asker: Pick<Asker, 'mayFind' | 'signal'>): Promise<PriorsView>;
  /**
   * The completed or open job with the same text and model on the earlier series, or a new one.
   * @param seriesInstanceUID the earlier series; by default the first of `priors`
   * @param isStored whether a new job stores its result; by default if the later job did
   * @param registration of a completed job; as in `read`
   * @throws PromptsegError as `priors` and `JobService.submit`; `prior-not-found`, `prior-unsuitable`,
   * `patients-differ`
   */
  start(
    job: Job,
    asker: Asker,
    options?: {
      readonly seriesInstanceUID?: string | undefined;
      readonly isStored?: boolean;
      readonly registration?: RegistrationMode | undefined;
    },
  ): Promise<{ readonly comparison: Comparison; readonly created: boolean }>;
  /**
   * @param earlier job of the earlier series
   * @throws PromptsegError as `start`; `result-missing`; `cancelled`
   */
  read(job: Job, earlier: Job, asker: Pick<Asker, 'mayFind' | 'signal'>, options?: ReadOptions): Promise<Comparison>;
  /**
   * The same as a DICOM structured report, in the study of the later images.
   * @throws PromptsegError as `read`; those of `reportOfComparison`
   */
  report(
    job: Job,
    earlier: Job,
    asker: Pick<Asker, 'mayFind' | 'signal'>,
    options?: ReadOptions,
  ): Promise<{ readonly comparison: Comparison; readonly part10: Uint8Array }>;
}

export function createComparisons({
  archive,
  service,
  lists,
  library,
  registrations,
}: {
  readonly archive: Pick<Archive, 'query' | 'retrieveMetadata'>;
  readonly service: Pick<JobService, 'submit'>;
  readonly lists: Pick<Jobs['lists'], 'list'>;
  readonly library: Pick<ModelLibrary, 'packages'>;
  readonly registrations: Pick<Registrations, 'register'>;
}): Comparisons {
  async function factsOf(uids: SeriesUIDs, signal?: AbortSignal): Promise<SeriesFacts> {
    const facts = await readSeriesFacts(archive, uids, signal);
    if (facts !== undefined) return facts;
    throw notHeld();
  }

  async function laterFacts(job: Job, signal?: AbortSignal): Promise<SeriesFacts> {
    requireComparable(job);
    const facts = await factsOf(job.request, signal);
    requireIdentified(facts);
    return facts;
  }

  /** The series that the person named, wherever it is. */
  async function named(seriesInstanceUID: string, { mayFind, signal }: Asker): Promise<SeriesFacts> {
    const listed = await archive.query(
      ['series'],
      { SeriesInstanceUID: seriesInstanceUID, includefield: '0020000D' },
      signal,
    );
    const studies = listed
      .filter((each) => firstText(each, '0020000E') === seriesInstanceUID)
      .map((each) => firstText(each, '0020000D'));
    const [studyInstanceUID] = studies;
    if (studyInstanceUID === undefined || !((await mayFind?.(studyInstanceUID)) ?? true))
      throw new PromptsegError('series-not-found', 'The archive has no such series that you may see.');
    return factsOf({ studyInstanceUID, seriesInstanceUID }, signal);
  }

  async function chooseEarlier(now: SeriesFacts, asker: Asker): Promise<SeriesFacts> {
    const { priors, leftOut } = await findPriors(archive, now, asker.mayFind, asker.signal);
    if (priors[0] !== undefined) return priors[0].facts;
    const why = leftOut.map(({ series, text }) => `${series} series: ${text}`);
    throw new PromptsegError(
      'prior-not-found',
      ['The archive holds no earlier series of this patient that can be compared.', ...why].join(' '),
      { details: { leftOut } },
    );
  }

  /** A completed job for the same text on the earlier series, with the same model; the newest. */
  async function alreadyDone(
    wanted: SegmentationRequest,
    model: Job['model'],
    isStored = true,
  ): Promise<Job | undefined> {
    // What also stored its result found the same.
    const limits = [wanted.recognize?.withinSeconds, ...(isStored ? [] : [undefined])];
    const { jobs } = await lists.list({ studyInstanceUID: wanted.studyInstanceUID, states: ['completed'], limit: 200 });
    return jobs.find(
      ({ request, refinement, model: used }) =>
        refinement === undefined &&
        request.stack === undefined &&
        request.seriesInstanceUID === wanted.seriesInstanceUID &&
        limits.includes(request.recognize?.withinSeconds) &&
        used?.sha256 === model?.sha256 &&
        textOf(request) === textOf(wanted),
    );
  }

  async function compare(
    now: ComparedJob,
    before: ComparedJob,
    { edited, registration: mode }: ReadOptions,
    signal: AbortSignal | undefined,
  ): Promise<Comparison> {
    requireSuitable(now.facts, before.facts);
    const { facts: _facts, ...prior } = priorOf(now.facts, before.facts);
    const { state, problem } = before.job;
    const [editedNow, editedBefore] = [editedResultOf(now.job, edited), lastEdited(before.job)];
    const modelsDiffer = now.job.model?.sha256 !== before.job.model?.sha256;
    // An edit is a person's, and another version of the model was not measured.
    const isMeasured = !modelsDiffer && editedNow === undefined && editedBefore === undefined;
    const used = isMeasured ? library.packages.find(({ sha256 }) => sha256 === now.job.model?.sha256) : undefined;
    const repeatability = used?.manifest.repeatability;

    const found = [
      findingsAtATime(now.job.findings, editedNow?.findings),
      findingsAtATime(before.job.findings, editedBefore?.findings),
    ] as const;
    const findingsWith = (places: Places | undefined): Comparison['findings'] =>
      state === 'completed' ? compareFindings(...found, places, repeatability?.percent) : [];
    const isSameFrame =
      now.facts.frameOfReferenceUID !== '' && now.facts.frameOfReferenceUID === before.facts.frameOfReferenceUID;
    const asTheyAre = findingsWith(isSameFrame ? asStated : undefined);
    const isWanted = state === 'completed' && (mode ?? (asTheyAre.some(lacksPlaces) ? 'rigid' : 'none')) === 'rigid';
    const registration = isWanted
      ? await registrations.register({ now: registeredSeries(now), before: registeredSeries(before) }, signal)
      : undefined;
    return {
      now: sideOf(now.job, editedNow),
      before: { ...sideOf(before.job, editedBefore), state, ...(problem && { problem }) },
      prior,
      modelsDiffer,
      ...(repeatability && { repeatability: repeatability.source }),
      ...(registration && { registration }),
      findings: registration?.status === 'used' ? findingsWith(placesOf(registration)) : asTheyAre,
    };
  }

  const read: Comparisons['read'] = async (job, earlier, { mayFind, signal }, options = {}) => {
    if (!((await mayFind?.(earlier.request.studyInstanceUID)) ?? true))
      throw new PromptsegError('job-not-found', 'There is no job with this id.');
    const now = { job, facts: await laterFacts(job, signal) };
    return compare(now, { job: earlier, facts: await factsOf(earlier.request, signal) }, options, signal);
  };

  return {
    async priors(job, { mayFind, signal }) {
      const { priors, leftOut } = await findPriors(archive, await laterFacts(job, signal), mayFind, signal);
      return { priors: priors.map(({ facts: _facts, ...prior }) => prior), leftOut };
    },

    async start(job, asker, { seriesInstanceUID, isStored, registration } = {}) {
      const { signal } = asker;
      const now = { job, facts: await laterFacts(job, signal) };
      const facts =
        seriesInstanceUID === undefined ? await chooseEarlier(now.facts, asker) : await named(seriesInstanceUID, asker);
      requireSuitable(now.facts, facts);
      // A person waits for a comparison, whatever the job's own priority; nobody waits for that of a rule.
      const priority = 'rule' in asker.principal ? job.request.priority : undefined;
      const wanted = requestFor(job, facts, isStored, priority);
      const done = await alreadyDone(wanted, job.model, isStored);
      const { job: earlier, created } =
        done === undefined
          ? await service.submit(wanted, asker.principal, asker.client)
          : { job: done, created: false };
      return { comparison: await compare(now, { job: earlier, facts }, { registration }, signal), created };
    },

    read,

    async report(job, earlier, asker, options = {}) {
      const comparison = await read(job, earlier, asker, options);
      const header = await readOneHeader(archive, job.request, asker.signal);
      if (header === undefined) throw notHeld();
      const [now, before] = [editedResultOf(job, options.edited), lastEdited(earlier)];
      const part10 = reportOfComparison(
        comparison,
        { job, edited: now },
        { job: earlier, edited: before },
        naturalizeJson(header),
      );
      return { comparison, part10 };
    },
  };
}

/** One of the two jobs, with what its images state. */
interface ComparedJob {
  readonly job: Job;
  readonly facts: SeriesFacts;
}

/** Whether it has instances at both times that could be matched if places were known. */
const lacksPlaces = ({ instances }: ComparedFinding): boolean =>
  instances !== undefined && instances.changes === undefined && instances.before > 0 && instances.now > 0;

const registeredSeries = ({ job: { request }, facts }: ComparedJob): RegisteredSeries => {
  const { rows, columns, frames = 1, numberOfInstances = 1 } = facts;
  return {
    studyInstanceUID: request.studyInstanceUID,
    seriesInstanceUID: request.seriesInstanceUID,
    ...(request.stack !== undefined && { stack: request.stack }),
    ...(rows !== undefined && columns !== undefined && { pixels: rows * columns * frames * numberOfInstances }),
  };
};

/** A registration is not more exact than its voxels. */
const placesOf = ({ nowToBefore }: UsedRegistration): Places => ({
  nowToBefore: nowToBefore as unknown as Affine,
  withinMm: coarseVoxelMm,
});

const notHeld = (): PromptsegError =>
  new PromptsegError('series-not-found', 'The archive does not hold this series, or no longer holds it.');

/** @throws PromptsegError `job-open`, `comparison-unsuitable` */
function requireComparable({ state, refinement, findings }: Job): void {
  if (state !== 'completed')
    throw new PromptsegError(
      state === 'failed' || state === 'cancelled' ? 'comparison-unsuitable' : 'job-open',
      `The job is ${state}, so there are no findings to compare.`,
    );
  if (refinement !== undefined)
    throw new PromptsegError(
      'comparison-unsuitable',
      'The result was made from a box on its images, and the box means nothing on others.',
    );
  if (findings.some((finding) => finding.status === 'found' && finding.volumeMl === undefined))
    throw new PromptsegError('comparison-unsuitable', 'Single images have no volumes to compare.');
}

/** The same text for the same model on the earlier series; nothing is stored if the later job stored nothing. */
function requestFor(
  { request, model }: Job,
  before: SeriesUIDs,
  isStored: boolean | undefined,
  priority: Priority | undefined,
): SegmentationRequest {
  const { prompts, anyway, instances, recognize } = request;
  const notStored = isStored === false ? { store: false, withinSeconds: longestSeconds } : undefined;
  return {
    studyInstanceUID: before.studyInstanceUID,
    seriesInstanceUID: before.seriesInstanceUID,
    prompts: [...withoutComparison(prompts)],
    ...(model !== undefined && { model: model.id }),
    ...(anyway !== undefined && { anyway }),
    ...(instances !== undefined && { instances }),
    allowPartial: true,
    ...((recognize ?? notStored) && { recognize: recognize ?? notStored }),
    ...(priority !== undefined && { priority }),
  };
}

/** A day: without storing, a job runs as a recognition, which needs a time limit. */
const longestSeconds = 86_400;

/** What decides the findings, besides the model. */
const textOf = ({ prompts, instances }: SegmentationRequest): string =>
  JSON.stringify([
    withoutComparison(prompts).map((each) => each.toLowerCase()),
    instances?.minimumMl,
    instances?.mergeMm,
  ]);

/** @throws PromptsegError `result-missing` */
function editedResultOf(job: Job, sopInstanceUID: string | undefined): EditedResult | undefined {
  if (sopInstanceUID === undefined || sopInstanceUID === job.result?.sopInstanceUID) return undefined;
  const edited = job.editedResults?.find((each) => each.sopInstanceUID === sopInstanceUID);
  if (edited !== undefined) return edited;
  throw new PromptsegError('result-missing', 'The job has no result with this SOP Instance UID.');
}

function sideOf({ id, result, resultDeletedAt }: Job, edited: EditedResult | undefined): Comparison['now'] {
  const stored = edited ?? (resultDeletedAt === undefined ? result : undefined);
  return {
    job: id,
    ...(edited && { edited: edited.sopInstanceUID }),
    ...(stored && { result: stored.sopInstanceUID, resultSeries: stored.seriesInstanceUID }),
  };
}

/** What a person made of the earlier result counts, unless it was deleted. */
const lastEdited = ({ editedResults = [] }: Job): EditedResult | undefined =>
  editedResults.findLast(({ deletedAt }) => deletedAt === undefined);
