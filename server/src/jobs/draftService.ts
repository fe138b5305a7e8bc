import type { Draft, DraftMask, DraftRequest } from '#contract/drafts.js';
import type { Neighbours, RegionPrompt } from '#contract/imagePrompts.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import type { ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { type Actor, namedActor } from '../values/principal.js';
import { type AcceptedRefinement, acceptRefinement, requireTaken } from './acceptRefinement.js';
import type { AcceptedJob, JobService } from './jobService.js';
import type { Jobs } from './openJobs.js';
import type { ResultTasks } from './results/resultsMessages.js';

/** Segments made or corrected by clicks that somebody looks at before they are stored. */
export interface DraftService {
  /** @throws PromptsegError of `acceptRefinement` */
  begin(request: DraftRequest, by: Actor): Promise<Draft>;
  /** @throws PromptsegError `draft-not-found` */
  get(id: string): Promise<Draft>;
  /** The drafts of a study, the last changed first. */
  list(studyInstanceUID: string): Promise<readonly Draft[]>;
  /** @throws PromptsegError `draft-not-found`, `draft-full`, and `click-unsuitable` of what the model does not take */
  addClick(id: string, click: RegionPrompt, by: Actor): Promise<Draft>;
  /** Says what becomes of the other segments. @throws PromptsegError `draft-not-found`, `request-invalid` */
  setNeighbours(id: string, neighbours: Neighbours, by: Actor): Promise<Draft>;
  /** Removes the last click. @throws PromptsegError `draft-not-found` */
  undo(id: string, by: Actor): Promise<Draft>;
  /**
   * What the clicks have changed so far: the same at any time and on any server.
   * @throws PromptsegError `draft-not-found`, `click-unsuitable`, those of `acceptRefinement`, the archive's, and those
   * of `ResultsProcess.ask`
   */
  mask(id: string): Promise<DraftMask>;
  /**
   * The job that stores what the clicks made; the draft ends in the transaction that records the job.
   * @throws PromptsegError `draft-not-found`, `draft-empty`, `draft-changed`, `click-unsuitable`, the archive's, those
   * of `JobService.refine` and of `ResultsProcess.ask`
   */
  accept(id: string, by: Actor, client?: string): Promise<AcceptedJob>;
  /** @throws PromptsegError `draft-not-found` */
  discard(id: string, by: Actor): Promise<void>;
  /** Calls the listener after each change and after the end of a draft; returns a function that stops it. */
  subscribe(id: string, listener: () => void): () => void;
}

export interface DraftParts {
  readonly jobs: Pick<Jobs, 'drafts' | 'store'>;
  readonly archive: Archive;
  readonly library: ModelLibrary;
  readonly service: Pick<JobService, 'refine'>;
  /** In the results process. */
  readonly previews: {
    /** @param onPlace called with the number of tasks before this one, at first and as they end */
    preview(
      request: ResultTasks['previewClicks']['request'],
      onPlace: (before: number) => void,
    ): Promise<ResultTasks['previewClicks']['result']>;
    check(request: ResultTasks['checkClicks']['request']): Promise<void>;
  };
}

export function createDraftService({ jobs, archive, library, service, previews }: DraftParts): DraftService {
  const { drafts, store } = jobs;
  /** The last drafts whose masks were computed here, with their versions: the clicks of these are on the images. */
  const placed = new Map<string, number>();
  /** Of drafts whose masks are being computed here, how many tasks come first. */
  const maskPositions = new Map<string, number>();

  /** Checks that the images, the model, and the result that is corrected are still there. */
  const check = (request: DraftRequest, clicks: readonly RegionPrompt[]): Promise<AcceptedRefinement> =>
    acceptRefinement({ ...request, clicks: [...clicks] }, archive, library, store.get);

  return {
    async begin(request, by) {
      const { request: of, model, targets } = await check(request, []);
      const createdBy = namedActor(by);
      const { id, version } = model.manifest;
      const common = {
        studyInstanceUID: of.studyInstanceUID,
        seriesInstanceUID: of.seriesInstanceUID,
        model: { id, version, sha256: model.sha256 },
        ...(createdBy !== undefined && { createdBy }),
      };
      if ('corrects' in request) {
        const { corrects, neighbours } = request;
        return drafts.create({ ...common, corrects, ...(neighbours !== undefined && { neighbours }) }, by);
      }
      const { name, stack } = request;
      const made = { name, target: targets[0]!, ...(stack !== undefined && { stack }) };
      return drafts.create({ ...common, ...made }, by);
    },

    async get(id) {
      const maskPosition = maskPositions.get(id);
      return { ...(await drafts.get(id)), ...(maskPosition !== undefined && { maskPosition }) };
    },
    list: drafts.list,

    async addClick(id, click, by) {
      if (click.kind !== 'click') {
        const { model } = await drafts.get(id);
        const installed = library.promptable.find(({ sha256 }) => sha256 === model.sha256);
        if (installed !== undefined) requireTaken([click], installed);
      }
      return drafts.addClick(id, click, by);
    },

    undo: drafts.removeLast,

    async setNeighbours(id, neighbours, by) {
      const draft = await drafts.get(id);
      const request = requestOf(draft);
      if (!('corrects' in request))
        throw new PromptsegError('request-invalid', 'The draft is of a new segment, which has no neighbours.');
      await check({ ...request, neighbours }, draft.clicks);
      return drafts.setNeighbours(id, neighbours, by);
    },

    subscribe: drafts.subscribe,

    async mask(id) {
      const draft = await drafts.get(id);
      const { model: recorded, clicks, version } = draft;
      const { model, understood, request } = await check(requestOf(draft), clicks);
      if (model.sha256 !== recorded.sha256)
        throw new PromptsegError('draft-changed', `The model ${recorded.id} was replaced since the draft was begun.`);
      const of = understood.correction ?? seriesOf(request);
      const block = await previews
        .preview({ of, clicks, modelFolder: model.folder }, (before) => maskPositions.set(id, before))
        .finally(() => maskPositions.delete(id));
      placed.delete(id);
      placed.set(id, version);
      if (placed.size > mostPlaced) placed.delete(placed.keys().next().value!);
      return { version, ...(block !== undefined && { block }) };
    },

    async accept(id, by, client) {
      const draft = await drafts.get(id);
      const { clicks, version } = draft;
      if (clicks.length === 0)
        throw new PromptsegError(
          'draft-empty',
          'The draft has no click, scribble or lasso: there is nothing to store.',
        );
      // With a click beside the images its job would fail, and the draft would be gone.
      if (placed.get(id) !== version) {
        const { understood, request } = await check(requestOf(draft), clicks);
        await previews.check({ of: understood.correction ?? seriesOf(request), clicks });
      }
      const accepted = await service.refine({ ...requestOf(draft), clicks }, by, client, (sql) =>
        drafts.end(id, 'accepted', by, { version, sql }),
      );
      // The same prompts were sent on another way; their job is open.
      if (!accepted.created) await drafts.end(id, 'accepted', by, { version });
      return accepted;
    },

    discard: (id, by) => drafts.end(id, 'discarded', by),
  };
}

const mostPlaced = 1000;

/** The request that a draft began with, and the model that was chosen for it. */
function requestOf(draft: Draft): DraftRequest {
  const model = draft.model.id;
  if ('corrects' in draft) {
    const { corrects, neighbours } = draft;
    return { corrects, model, ...(neighbours !== undefined && { neighbours }) };
  }
  const { studyInstanceUID, seriesInstanceUID, stack, name } = draft;
  return { studyInstanceUID, seriesInstanceUID, ...(stack !== undefined && { stack }), name, model };
}

const seriesOf = ({ studyInstanceUID, seriesInstanceUID, stack }: AcceptedRefinement['request']) => ({
  studyInstanceUID,
  seriesInstanceUID,
  stack,
});
