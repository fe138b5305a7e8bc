import type { FeedbackRequest, Job } from '../../../../server/contract/job.js';
import { structureKey } from '../../../../server/contract/structureKey.js';
import type { OverTimeApi } from '../../client/overTime.js';
import type { ExportKind, ResultAddress, ResultsApi } from '../../client/results.js';
import { strings } from '../../client/strings.js';
import { copyText } from '../copyText.js';
import { download } from '../download.js';
import { type Host, type SegmentPixels, SourceNotInViewport } from '../host.js';
import { Observable } from '../observable.js';
import { toTrouble } from '../toTrouble.js';
import type { SegmentChange } from './editDifference.js';
import { nothing, type ResultStoreState, type ResultWork } from './resultState.js';
import { type JobResult, newestResult, resultsOf } from './results.js';

/** For a segment that was not measured, as one that somebody added. */
const defaultRadiusMm = 3;

/**
 * Readers' actions on results: view, download, give feedback, edit, delete. Lives outside the components, because OHIF
 * unmounts the panel when another tab is opened.
 */
export class ResultStore extends Observable<ResultStoreState> {
  /** The segmentations that are edited, as they were before. */
  readonly #unedited = new Map<string, SegmentPixels>();

  constructor(
    private readonly api: ResultsApi,
    private readonly host: Host,
    /** Passes the current state of a job to the list of jobs. */
    private readonly takeJob: (job: Job) => void,
    /** All results of the study. */
    private readonly all: () => readonly JobResult[] = () => [],
  ) {
    super(nothing);
  }

  /** What was said and chosen of a study that was left is none of the next one's. */
  forgetStudy(): void {
    this.#unedited.clear();
    this.set(nothing);
  }

  /** The result that a job's card shows. */
  chosenOf(job: Job): JobResult | undefined {
    const results = resultsOf(job);
    const chosen = this.state().chosen[job.id];
    return results.find(({ stored }) => stored.sopInstanceUID === chosen) ?? newestResult(results);
  }

  choose(result: JobResult): void {
    this.#put({ chosen: { ...this.state().chosen, [result.address.jobId]: result.stored.sopInstanceUID } });
  }

  /** Draws the new result of a job requested in this panel, if its images are on screen. */
  showNew(job: Job): void {
    const result = this.chosenOf(job);
    if (result !== undefined) void this.show(result, { openSource: false });
  }

  /**
   * Draws a result and moves to one of its segments, or to the first if it was not drawn before. The same structures in
   * other results on these images are hidden, so that each is drawn once.
   * @param openSource whether its images may replace what the active viewport shows
   */
  async show(
    result: JobResult,
    options: { openSource: boolean; segmentNumber?: number; besideOthers?: boolean },
  ): Promise<void> {
    const { stored, findings } = result;
    const { seriesInstanceUID } = stored;
    await this.#work(result, 'drawing', async () => {
      const known = this.#shown(result);
      await this.host.show(stored, options);
      // The viewer's tools go over to what was drawn last: they are put away, so that it is not painted on unasked.
      if (known === undefined && this.state().editing?.sopInstanceUID !== stored.sopInstanceUID)
        await this.endEditing();
      const all = findings.map(({ segmentNumber }) => segmentNumber);
      const { segmentNumber, besideOthers = false } = options;
      const drawn = known !== undefined && segmentNumber !== undefined ? [segmentNumber] : all;
      if (!besideOthers) this.#hideSame(result, drawn);
      if (known === undefined) return this.host.jumpToSegment(seriesInstanceUID, options.segmentNumber ?? all[0] ?? 1);
      if (options.segmentNumber === undefined)
        return this.host.setVisible(seriesInstanceUID, known.hiddenSegments, true);
      this.host.setVisible(seriesInstanceUID, [options.segmentNumber], true);
      this.host.jumpToSegment(seriesInstanceUID, options.segmentNumber);
    });
  }

  /** Turns the viewports that show a result to a point, LPS mm. */
  lookAt({ stored }: JobResult, position: readonly [number, number, number]): void {
    this.host.jumpTo(stored.seriesInstanceUID, position);
  }

  /** Draws a result as it was drawn before, where its images are on screen, and turns to nothing. */
  async drawAgain(result: JobResult, hiddenSegments: readonly number[]): Promise<void> {
    await this.#work(result, 'drawing', async () => {
      try {
        await this.host.show(result.stored, { openSource: false });
        this.host.setVisible(result.stored.seriesInstanceUID, hiddenSegments, false);
      } catch (error) {
        if (!(error instanceof SourceNotInViewport)) throw error;
      }
    });
  }

  /**
   * Draws a result that a link names, and makes it the one that its card shows.
   * @param name id of a job, for its newest result, or SOP Instance UID of a result
   */
  async open(name: string, jobs: readonly { readonly job: Job }[]): Promise<void> {
    const named = jobs.flatMap(({ job }) => {
      const result = job.id === name ? newestResult(resultsOf(job)) : resultsOf(job).find(isNamed(name));
      return result === undefined || result.deletedAt !== undefined ? [] : [result];
    });
    const [result] = named;
    if (result === undefined) return this.#put({ linkTrouble: strings.show.notLinked });
    this.choose(result);
    await this.show(result, { openSource: true });
  }

  /** Shows what is drawn as surfaces in space, this result at least; undefined leads back to the images. */
  async showInSpace(result: JobResult | undefined): Promise<void> {
    if (result === undefined) return this.#put({ inSpace: undefined });
    const view = this.#shown(result);
    const isDrawn = ({ segmentNumber }: JobResult['findings'][number]) =>
      view?.hiddenSegments.includes(segmentNumber) === false;
    if (!result.findings.some(isDrawn)) await this.show(result, { openSource: true });
    if (this.#shown(result) !== undefined) this.#put({ inSpace: result.stored.sopInstanceUID });
  }

  /** Hides all segments; the result stays in the viewer, with its edits. */
  hide({ stored, findings }: JobResult): void {
    this.host.setVisible(
      stored.seriesInstanceUID,
      findings.map(({ segmentNumber }) => segmentNumber),
      false,
    );
  }

  setVisible({ stored }: JobResult, segmentNumber: number, visible: boolean): void {
    this.host.setVisible(stored.seriesInstanceUID, [segmentNumber], visible);
  }

  /** Draws one segment only: everything else that these results drew is hidden. */
  isolate(result: JobResult, segmentNumber: number, others: readonly JobResult[]): void {
    const { seriesInstanceUID, sopInstanceUID } = result.stored;
    for (const other of others) if (other.stored.sopInstanceUID !== sopInstanceUID) this.hide(other);
    const rest = result.findings.map((finding) => finding.segmentNumber).filter((each) => each !== segmentNumber);
    this.host.setVisible(seriesInstanceUID, rest, false);
    this.host.setVisible(seriesInstanceUID, [segmentNumber], true);
  }

  /** Draws all segments again. */
  drawAll({ stored, findings }: JobResult): void {
    const all = findings.map(({ segmentNumber }) => segmentNumber);
    this.host.setVisible(stored.seriesInstanceUID, all, true);
  }

  /** Deletes a result from the archive and removes it from the viewer. */
  async delete(result: JobResult): Promise<void> {
    await this.#work(result, 'deleting', async () => {
      const job = await this.api.deleteResult(result.address);
      await this.host.remove(result.stored.seriesInstanceUID);
      this.#forget(result);
      this.takeJob(job);
      this.#put({ announcement: strings.result.deleted });
    });
  }

  /** @param feedback `undefined` withdraws it */
  async judge(result: JobResult, findingIndex: number, feedback: FeedbackRequest | undefined): Promise<boolean> {
    return this.#work(result, undefined, async () => {
      const { jobId } = result.address;
      const job =
        feedback === undefined
          ? await this.api.takeFeedbackBack(jobId, findingIndex)
          : await this.api.giveFeedback(jobId, findingIndex, feedback);
      this.takeJob(job);
      this.#put({ announcement: feedback === undefined ? strings.feedback.takenBack : strings.feedback.kept });
    });
  }

  /** The same feedback on everything that the job found. */
  async judgeAll(result: JobResult, feedback: FeedbackRequest): Promise<void> {
    await this.#work(result, undefined, async () => {
      this.takeJob(await this.api.giveFeedbackToAll(result.address.jobId, feedback));
      this.#put({ announcement: strings.feedback.kept });
    });
  }

  /** Fetches a file and hands it to the browser's downloads. */
  async export(result: JobResult, kind: ExportKind): Promise<void> {
    await this.#work(result, 'exporting', async () => {
      download(await this.api.export(result.address, kind));
    });
  }

  /** Puts the address that opens this result on the clipboard. */
  async copyLink({ stored: { studyInstanceUID, sopInstanceUID } }: JobResult): Promise<void> {
    const address = this.host.linkTo?.(studyInstanceUID, sopInstanceUID);
    if (address === undefined) return;
    const isCopied = await copyText(address);
    this.#put({ link: { sopInstanceUID, address, isCopied } });
  }

  /** Calls about earlier studies. */
  get overTime(): OverTimeApi {
    return this.api;
  }

  /** The picture of a result. Throws as the API does. */
  picture(address: ResultAddress, signal: AbortSignal): Promise<Blob> {
    return this.api.picture(address, signal);
  }

  /** Hands a segment to the viewer's brush, which gets a size that suits it. The others are locked, unless asked. */
  async edit(
    result: JobResult,
    segmentNumber = result.findings[0]?.segmentNumber,
    { lockOthers = true, turn = true }: { readonly lockOthers?: boolean; readonly turn?: boolean } = {},
  ): Promise<void> {
    if (segmentNumber === undefined) return;
    if (turn) await this.show(result, { openSource: true, segmentNumber });
    const { sopInstanceUID, seriesInstanceUID } = result.stored;
    const shown = this.#shown(result);
    if (shown === undefined) return;
    await this.#work(result, undefined, async () => {
      const { brushRadius } = await import('./editDifference.js');
      const pixels = this.host.pixels?.(seriesInstanceUID);
      // A stroke is noticed a moment later: what is known of before is not replaced.
      if (pixels !== undefined && !shown.edited && !this.#unedited.has(sopInstanceUID))
        this.#unedited.set(sopInstanceUID, pixels);
      const finding = result.findings.find((each) => each.segmentNumber === segmentNumber);
      const spacing = pixels?.frames[0]?.plane.pixelSpacing ?? [];
      const radiusMm = finding ? brushRadius(finding, Math.max(0, ...spacing)) : defaultRadiusMm;
      if (await this.host.edit?.(seriesInstanceUID, segmentNumber, { radiusMm, lockOthers }))
        this.#put({ editing: { sopInstanceUID, seriesInstanceUID, segmentNumber, lockOthers } });
      else this.#put({ trouble: { ...this.state().trouble, [sopInstanceUID]: strings.edit.noBrush } });
    });
  }

  /** What editing a result has changed so far. */
  async changesOf({ stored, findings }: JobResult): Promise<readonly SegmentChange[]> {
    const { editDifference } = await import('./editDifference.js');
    const now = this.host.pixels?.(stored.seriesInstanceUID);
    return now === undefined ? [] : editDifference(findings, this.#unedited.get(stored.sopInstanceUID), now);
  }

  /** Takes strokes of the brush back. */
  get history(): Host['history'] {
    return this.host.history;
  }

  /** Shows what an edit changed, before it is stored; `false` goes on editing. */
  askToStore({ stored }: JobResult, asks = true): void {
    this.#put({ askedToStore: asks ? stored.sopInstanceUID : undefined });
  }

  /**
   * Does what the viewer's own button for storing or exporting was pressed for: an edit is stored after the same
   * question as in the panel, and what was not edited is downloaded.
   * @returns false where the series is no result
   */
  takeOver(seriesInstanceUID: string, kind: 'segmentation' | 'rt-structure-set'): boolean {
    const result = this.all().find(({ stored }) => stored.seriesInstanceUID === seriesInstanceUID);
    if (result === undefined) return false;
    if (this.#shown(result)?.edited === true) this.askToStore(result);
    else void this.export(result, kind);
    return true;
  }

  /** Puts the brush away. What was painted stays, stored or not. */
  async endEditing(): Promise<void> {
    const { editing } = this.state();
    if (editing === undefined) return;
    this.#put({ editing: undefined });
    const view = this.host.view().shown.find((each) => each.seriesInstanceUID === editing.seriesInstanceUID);
    if (view?.edited === false) this.#unedited.delete(editing.sopInstanceUID);
    await this.host.endEdit?.(editing.seriesInstanceUID);
  }

  /** Puts the brush's changes into the archive as a new result, which takes the place of this one on screen. */
  async storeEdited(result: JobResult): Promise<void> {
    const { pixels } = this.host;
    if (pixels === undefined) return;
    await this.#work(result, 'storing', async () => {
      const { studyInstanceUID, seriesInstanceUID } = result.stored;
      const { encodeSegmentPixels } = await import('./encodeSegmentPixels.js');
      const part10 = encodeSegmentPixels(studyInstanceUID, pixels(seriesInstanceUID));
      const { job, edited } = await this.api.storeEdited(result.address, part10);
      this.takeJob(job);
      await this.endEditing();
      this.#put({ askedToStore: undefined });
      await this.host.remove(seriesInstanceUID);
      this.#unedited.delete(result.stored.sopInstanceUID);
      const stored = resultsOf(job).find((each) => each.stored.sopInstanceUID === edited.sopInstanceUID);
      if (stored === undefined) return;
      this.choose(stored);
      this.#put({ announcement: strings.edit.stored });
      await this.show(stored, { openSource: true });
    });
  }

  /** Draws a result again as it is stored. */
  async discardEdits(result: JobResult): Promise<void> {
    await this.endEditing();
    await this.#work(result, 'drawing', () => this.host.remove(result.stored.seriesInstanceUID));
    this.#unedited.delete(result.stored.sopInstanceUID);
    await this.show(result, { openSource: true });
  }

  /** Puts results side by side, the first as A; undrawn ones are drawn beside the others. */
  async compare(results: readonly JobResult[]): Promise<void> {
    this.#put({ compared: results.map(({ stored }) => stored.sopInstanceUID) });
    for (const result of results) await this.show(result, { openSource: false, besideOthers: true });
  }

  addToComparison(result: JobResult): void {
    this.#put({ compared: [...this.state().compared, result.stored.sopInstanceUID] });
    void this.show(result, { openSource: false, besideOthers: true });
  }

  removeFromComparison({ stored }: Pick<JobResult, 'stored'>): void {
    const rest = this.state().compared.filter((uid) => uid !== stored.sopInstanceUID);
    this.#put({ compared: rest.length < 2 ? [] : rest });
  }

  endComparison(): void {
    this.#put({ compared: [] });
  }

  #hideSame(result: JobResult, segmentNumbers: readonly number[]): void {
    const drawn = new Set(
      result.findings.flatMap(({ segmentNumber, target }) =>
        segmentNumbers.includes(segmentNumber) ? [structureKey(target)] : [],
      ),
    );
    for (const other of this.all()) {
      const { stored, imageSeries, findings } = other;
      const isSame = stored.sopInstanceUID === result.stored.sopInstanceUID || imageSeries !== result.imageSeries;
      const shown = isSame ? undefined : this.#shown(other);
      if (shown === undefined) continue;
      const same = findings.flatMap(({ segmentNumber, target }) =>
        drawn.has(structureKey(target)) && !shown.hiddenSegments.includes(segmentNumber) ? [segmentNumber] : [],
      );
      if (same.length > 0) this.host.setVisible(stored.seriesInstanceUID, same, false);
    }
  }

  /** @returns whether it went well; where not, the reason stands with the result */
  async #work(result: JobResult, work: ResultWork | undefined, doIt: () => Promise<void> | void): Promise<boolean> {
    const uid = result.stored.sopInstanceUID;
    const { [uid]: _trouble, ...trouble } = this.state().trouble;
    this.#put({ trouble, ...(work && { work: { ...this.state().work, [uid]: work } }) });
    try {
      await doIt();
      return true;
    } catch (error) {
      const reason =
        error instanceof SourceNotInViewport ? { sentence: strings.show.elsewhere, nextStep: '' } : toTrouble(error);
      this.#put({ trouble: { ...this.state().trouble, [uid]: reason } });
      return false;
    } finally {
      const { [uid]: _work, ...others } = this.state().work;
      if (work !== undefined) this.#put({ work: others });
    }
  }

  #shown({ stored }: JobResult) {
    return this.host.view().shown.find(({ seriesInstanceUID }) => seriesInstanceUID === stored.seriesInstanceUID);
  }

  #forget({ address, stored }: JobResult): void {
    const { [address.jobId]: chosen, ...others } = this.state().chosen;
    this.removeFromComparison({ stored });
    this.#put({ ...(chosen === stored.sopInstanceUID && { chosen: others }) });
    this.#unedited.delete(stored.sopInstanceUID);
    if (this.state().editing?.sopInstanceUID === stored.sopInstanceUID) this.#put({ editing: undefined });
  }

  #put(change: { readonly [Key in keyof ResultStoreState]?: ResultStoreState[Key] | undefined }): void {
    const entries = Object.entries({ ...this.state(), ...change }).filter(([, value]) => value !== undefined);
    this.set(Object.fromEntries(entries) as unknown as ResultStoreState);
  }
}

const isNamed =
  (sopInstanceUID: string) =>
  ({ stored }: JobResult): boolean =>
    stored.sopInstanceUID === sopInstanceUID;
