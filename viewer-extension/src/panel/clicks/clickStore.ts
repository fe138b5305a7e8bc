import type { Draft, NewDraft } from '../../../../server/contract/drafts.js';
import type { Neighbours, RegionPrompt } from '../../../../server/contract/imagePrompts.js';
import { mostClicks, mostPointsInAll, pointsOf } from '../../../../server/contract/promptLimits.js';
import { laterStrings } from '../../client/laterStrings.js';
import type { DraftView, PlacedClick, PlacedStroke, PromptKind } from '../host.js';
import { Observable } from '../observable.js';
import type { JobResult } from '../results/results.js';
import { toTrouble } from '../toTrouble.js';
import {
  allTools,
  type Clicking,
  type ClickSubject,
  canAccept,
  clicksAfter,
  isGone,
  isNew,
  isOf,
  isUnsuitable,
  promptOf,
  type Step,
  subjectOnScreen,
  without,
} from './clicking.js';
import type { ClickParts, ClickStoreState, Images, Naming } from './clickParts.js';

const texts = laterStrings.clicks;

/** Most masks are there sooner. */
const askedEveryMs = 2000;

/** The one segment that is clicked on in this panel. Lives outside the components, as the viewer's tool does. */
export class ClickStore extends Observable<ClickStoreState> {
  #view: DraftView | undefined;
  #running = false;
  /** The first step is on its way. */
  #sending = false;
  /** Clicks were sent from here that no mask has proven yet. */
  #sent = false;
  /** Version of the draft that is on screen. */
  #drawn = 0;
  /** Of the clicks, so many are in a mask that was computed. */
  #proven = 0;
  /** After a refusal, so many clicks are tried one by one. */
  #singly = 0;
  #open = new AbortController();

  constructor(private readonly parts: ClickParts) {
    super({ modalities: [], withoutStrokes: [], drafts: [] });
    parts.followDrafts((id) => void this.#readAgain(id));
  }

  /** Asks the server what can be clicked on, and what was left open; without a response, nothing. */
  async learn(studyInstanceUID: string): Promise<void> {
    if (this.parts.host.refine === undefined) return;
    const { api } = this.parts;
    const models = await api.listClickModels().catch(() => []);
    const modalities = models.flatMap((model) => model.modalities);
    const withoutStrokes = models.filter(({ strokes }) => !strokes).map(({ id }) => id);
    const drafts = modalities.length === 0 ? [] : await api.list(studyInstanceUID).catch(() => []);
    const { clicking } = this.state();
    this.set({ ...this.state(), modalities, withoutStrokes, drafts: without(drafts, clicking?.draft?.id) });
  }

  /** Begins a correction, or goes on with the one of this segment that is open on the server. */
  begin(result: JobResult, segmentNumber: number, images?: Images): Promise<void> {
    return this.#start({ result, segmentNumber }, images);
  }

  /** Asks for the name of something new. */
  name(naming: Naming | undefined): void {
    this.set({ ...this.state(), naming, ended: undefined });
  }

  /** Begins something new under this name. Throws as the API does. */
  async beginNew({ series, stack }: Naming, name: string): Promise<void> {
    const { studyInstanceUID, seriesInstanceUID } = series;
    const draft = await this.parts.api.begin({
      studyInstanceUID,
      seriesInstanceUID,
      ...(stack !== undefined && { stack }),
      name,
    });
    if (isNew(draft)) await this.goOn(draft, series);
  }

  /** Goes on with something new that is on the server. */
  goOn(made: NewDraft, images?: Images): Promise<void> {
    return this.#start({ made }, images);
  }

  async #start(of: ClickSubject, images?: Images): Promise<void> {
    this.pause();
    const open = new AbortController();
    this.#open = open;
    this.set({
      ...this.state(),
      ended: undefined,
      naming: undefined,
      ...('made' in of && { drafts: without(this.state().drafts, of.made.id) }),
      clicking: {
        of,
        ...('made' in of && { draft: of.made }),
        frameOfReferenceUID: images?.frameOfReferenceUID,
        steps: [],
        part: true,
        tool: 'click',
        tools: 'made' in of ? this.#toolsOf(of.made) : allTools,
        undone: [],
        work: 'beginning',
      },
    });
    try {
      if ('result' in of) {
        await this.parts.show(of.result, of.segmentNumber);
        if (open.signal.aborted) return;
        if (this.parts.isEdited(of.result)) return this.#put({ work: undefined, trouble: texts.edited });
      }
      const view = await this.parts.host.refine?.(subjectOnScreen(of), {
        onClick: (click) => this.#placed(click, click.isOpposite),
        onStroke: (stroke) => this.#placed(stroke, false),
        onAccept: () => void this.accept(),
        onReject: () => this.pause(),
      });
      if (open.signal.aborted) return view?.end();
      if (view === undefined) return this.#put({ work: undefined, trouble: texts.withoutView });
      this.#view = view;
      this.#mark();
      void this.#go();
      if ('made' in of) void this.#readAgain(of.made.id);
    } catch (error) {
      if (!open.signal.aborted) this.#put({ work: undefined, trouble: toTrouble(error) });
    }
  }

  /** Whether a click without a modifier key, a scribble or a lasso is on what is part of the structure. */
  choose(part: boolean): void {
    this.#put({ part });
    this.#takeMouse();
  }

  /** Whether the mouse clicks, or what it draws. */
  take(tool: PromptKind): void {
    if (this.state().clicking?.tools.includes(tool) !== true) return;
    this.#put({ tool });
    this.#takeMouse();
  }

  /** Says what becomes of the other segments where this one grows; what is not in the change stays. */
  async setNeighbours(change: Partial<Neighbours>): Promise<void> {
    const { draft, work } = this.state().clicking ?? {};
    if (draft === undefined || isNew(draft) || work === 'storing') return;
    const { signal } = this.#open;
    try {
      const now = await this.parts.api.setNeighbours(draft.id, {
        policy: 'overlapping',
        ...draft.neighbours,
        ...change,
      });
      if (signal.aborted) return;
      this.#take(now);
      void this.#go();
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  undo(): void {
    const { clicking } = this.state();
    if (clicking === undefined || clicking.work === 'storing') return;
    const last = clicksAfter(clicking).at(-1);
    if (last === undefined) return;
    const { steps } = clicking;
    // What the server does not have yet need not go there.
    const isHere = steps.at(-1) === last && !(this.#sending && steps.length === 1);
    this.#put({ undone: [...clicking.undone, last], notTaken: undefined });
    this.#plan(isHere ? steps.slice(0, -1) : [...steps, 'undo']);
    void this.#go();
  }

  redo(): void {
    const { clicking } = this.state();
    const click = clicking?.undone.at(-1);
    if (clicking === undefined || click === undefined || clicking.work === 'storing') return;
    this.#put({ undone: clicking.undone.slice(0, -1) });
    this.#add(click);
  }

  /** Tries again what went wrong. */
  retry(): void {
    this.#put({ trouble: undefined });
    const { clicking } = this.state();
    if (clicking !== undefined && this.#view === undefined) void this.#start(clicking.of, clicking);
    else void this.#go();
  }

  /** Escape: asks before clicks are lost. */
  reject(): void {
    const { clicking } = this.state();
    if (clicking === undefined || clicking.work === 'storing') return;
    if (clicksAfter(clicking).length === 0) void this.discard();
    else this.#put({ asksToDiscard: true });
  }

  keep(): void {
    this.#put({ asksToDiscard: false });
  }

  /** Leaves the draft on the server, and draws the result as it is stored. */
  pause(): void {
    const { clicking, drafts } = this.state();
    if (clicking === undefined) return;
    const { draft } = clicking;
    this.#close();
    this.set({ ...this.state(), clicking: undefined, drafts: draft ? [draft, ...without(drafts, draft.id)] : drafts });
  }

  /** Forgets the study. */
  leave(): void {
    this.#close();
    this.set({ ...this.state(), drafts: [], clicking: undefined, naming: undefined, ended: undefined });
  }

  /** Stores the correction; what is drawn stays until its successor is drawn. */
  async accept(): Promise<void> {
    const { clicking } = this.state();
    if (clicking === undefined || !canAccept(clicking)) return;
    const { signal } = this.#open;
    const view = this.#view;
    this.#put({ work: 'storing', trouble: undefined });
    try {
      const job = await this.parts.api.accept(clicking.draft!.id);
      // Followed first: whatever becomes of the viewer's tool, the panel shows what it has asked for.
      const stored = this.parts.stored(job);
      this.#end(false);
      view?.stop();
      const [successor] = await stored;
      if (successor !== undefined) await this.parts.show(successor);
      view?.end();
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
      else view?.end();
    }
  }

  /** Deletes the clicks. */
  async discard(): Promise<void> {
    const { clicking } = this.state();
    if (clicking === undefined) return;
    if (clicking.draft === undefined) return this.#end(true);
    const { signal } = this.#open;
    this.#put({ work: 'discarding', asksToDiscard: false });
    try {
      await this.discardDraft(clicking.draft);
      if (!signal.aborted) this.#end(true);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  /** Deletes a draft that is not open here. Throws as the API does. */
  async discardDraft({ id }: Draft): Promise<void> {
    await this.parts.api.discard(id).catch((error) => {
      if (!isGone(error)) throw error;
    });
    this.set({ ...this.state(), drafts: without(this.state().drafts, id) });
  }

  #takeMouse(): void {
    const { tool } = this.state().clicking ?? {};
    if (tool !== undefined) this.#view?.takeMouse(tool);
  }

  #placed(placed: PlacedClick | PlacedStroke, isOpposite: boolean): void {
    const { clicking } = this.state();
    if (clicking === undefined || this.#isEnding()) return;
    const prompt = promptOf(placed, clicking.part !== isOpposite);
    const notTaken = whyNotTaken(clicking, placed, prompt);
    this.#put({ notTaken });
    if (notTaken !== undefined) return;
    this.#put({ undone: [] });
    this.#add(prompt);
  }

  #add(click: RegionPrompt): void {
    this.#put({ asksToDiscard: false, notTaken: undefined });
    this.#plan([...(this.state().clicking?.steps ?? []), click]);
    void this.#go();
  }

  /** Sends what waits, then draws; a mask that newer clicks have made stale is skipped. */
  async #go(): Promise<void> {
    const { signal } = this.#open;
    if (this.#running || this.#view === undefined || this.state().clicking?.trouble !== undefined) return;
    this.#running = true;
    if (this.#hasMore()) this.#put({ work: 'computing' });
    try {
      await this.#haveDraft(signal);
      while (!signal.aborted && (await this.#sendNext()));
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    } finally {
      if (this.#open.signal === signal) this.#running = false;
    }
    const { clicking } = this.state();
    if (signal.aborted || clicking === undefined || clicking.work === 'storing') return;
    this.#put({ work: undefined });
    if (this.#hasMore()) void this.#go();
  }

  /** Whether something is to be sent or drawn. */
  #hasMore(): boolean {
    const { draft, steps = [] } = this.state().clicking ?? {};
    return draft !== undefined && (steps.length > 0 || this.#drawn < draft.version);
  }

  async #haveDraft(signal: AbortSignal): Promise<void> {
    const { api } = this.parts;
    const { of, draft: known } = this.state().clicking!;
    if (known !== undefined || !('result' in of)) return;
    const { result, segmentNumber } = of;
    const { jobId, editedSopInstanceUID } = result.address;
    const open = await api.list(result.stored.studyInstanceUID);
    const corrects = { job: jobId, segmentNumber, ...(editedSopInstanceUID && { result: editedSopInstanceUID }) };
    const found = open.find((each) => isOf(each, result, segmentNumber));
    const draft = found ?? (await api.begin({ corrects }));
    if (signal.aborted) return;
    this.set({ ...this.state(), drafts: without(open, draft.id) });
    this.#take(draft);
    // Another window may have changed it since it was listed.
    if (found !== undefined) void this.#readAgain(found.id);
  }

  /** After a change, of which there may be no more than a hint. Without a response, the next hint comes with one. */
  async #readAgain(id: string | undefined): Promise<void> {
    const { draft } = this.state().clicking ?? {};
    // What this window ends itself is not looked for.
    if (draft === undefined || (id !== undefined && id !== draft.id) || this.#isEnding()) return;
    const { signal } = this.#open;
    try {
      const now = await this.parts.api.get(draft.id);
      if (signal.aborted) return;
      this.#take(now);
      void this.#go();
    } catch (error) {
      if (!signal.aborted && isGone(error) && !this.#isEnding()) this.#endedElsewhere();
    }
  }

  /** @returns whether there may be more to do */
  async #sendNext(): Promise<boolean> {
    const { api } = this.parts;
    const { signal } = this.#open;
    const { draft, steps } = this.state().clicking!;
    const step = this.#singly > 0 && this.#drawn < draft!.version ? undefined : steps[0];
    if (step !== undefined) {
      this.#sending = true;
      const sending = step === 'undo' ? api.undo(draft!.id) : api.addClick(draft!.id, step);
      const now = await sending
        .catch((error) => {
          if (!isUnsuitable(error)) throw error;
          if (!signal.aborted) this.#put({ notTaken: toTrouble(error).sentence });
          return undefined;
        })
        .finally(() => {
          this.#sending = false;
        });
      if (signal.aborted) return false;
      this.#plan(this.state().clicking!.steps.slice(1));
      if (now === undefined) return true;
      this.#sent ||= step !== 'undo';
      this.#take(now);
      return true;
    }
    if (!this.#hasMore()) return false;
    this.#put({ work: 'computing' });
    try {
      const { version, block } = await this.#inLine(draft!.id, api.mask(draft!.id));
      if (signal.aborted) return false;
      this.#drawn = version;
      this.#proven = Math.min(draft!.clicks.length, this.state().clicking!.draft!.clicks.length);
      this.#sent = false;
      this.#singly = Math.max(0, this.#singly - 1);
      this.#view?.draw(block);
    } catch (error) {
      if (signal.aborted || !isUnsuitable(error)) throw error;
      await this.#takeBack(draft!, error);
    }
    return !signal.aborted;
  }

  /** While a mask takes long, asks how many tasks of the server come first. */
  async #inLine<Mask>(id: string, computing: Promise<Mask>): Promise<Mask> {
    const { signal } = this.#open;
    const asking = setInterval(async () => {
      const before = await this.parts.api.get(id).then(
        ({ maskPosition }) => maskPosition,
        () => undefined,
      );
      if (!signal.aborted && this.state().clicking?.work === 'computing') this.#put({ before });
    }, askedEveryMs);
    signal.addEventListener('abort', () => clearInterval(asking), { once: true });
    return computing.finally(() => {
      clearInterval(asking);
      if (!signal.aborted) this.#put({ before: undefined });
    });
  }

  /** Of clicks that cannot be used the server names none: they are taken back, and sent again one by one. */
  async #takeBack(draft: Draft, error: unknown): Promise<void> {
    const doubtful = draft.clicks.slice(this.#proven);
    if (!this.#sent || doubtful.length === 0) {
      // Of another window, which takes it back.
      this.#drawn = draft.version;
      return this.#put({ notTaken: toTrouble(error).sentence });
    }
    let now = draft;
    for (const _ of doubtful) now = await this.parts.api.undo(draft.id);
    this.#take(now);
    if (doubtful.length === 1) {
      this.#singly = Math.max(0, this.#singly - 1);
      this.#put({ notTaken: toTrouble(error).sentence });
    } else {
      this.#singly = doubtful.length;
      this.#plan([...doubtful, ...(this.state().clicking?.steps ?? [])]);
    }
  }

  #take(draft: Draft): void {
    const { clicking } = this.state();
    if (clicking === undefined || draft.version < (clicking.draft?.version ?? 0)) return;
    this.#proven = Math.min(this.#proven, draft.clicks.length);
    const tools = this.#toolsOf(draft);
    this.#put({ draft, tools });
    if (!tools.includes(clicking.tool)) this.take('click');
    this.#mark();
  }

  #toolsOf({ model }: Draft): readonly PromptKind[] {
    return this.state().withoutStrokes.includes(model.id) ? ['click'] : allTools;
  }

  #plan(steps: readonly Step[]): void {
    this.#put({ steps });
    this.#mark();
  }

  #mark(): void {
    const { clicking } = this.state();
    if (clicking !== undefined) this.#view?.mark(clicksAfter(clicking));
  }

  #failed(error: unknown): void {
    const wasEnding = this.#isEnding();
    if (isGone(error)) this.#endedElsewhere();
    else this.#put({ work: undefined, trouble: toTrouble(error) });
    // It missed what another window did meanwhile; without a draft, nothing is read.
    if (wasEnding) void this.#readAgain(undefined);
  }

  #isEnding(): boolean {
    const { work } = this.state().clicking ?? {};
    return work === 'storing' || work === 'discarding';
  }

  #endedElsewhere(): void {
    const { clicking } = this.state();
    if (clicking === undefined) return;
    this.#end(true);
    this.set({
      ...this.state(),
      ended: {
        ...('result' in clicking.of && { sopInstanceUID: clicking.of.result.stored.sopInstanceUID }),
        sentence: texts.endedElsewhere,
      },
    });
  }

  /** @param isDrawnBack false where what is drawn stays for now */
  #end(isDrawnBack: boolean): void {
    const id = this.state().clicking?.draft?.id;
    if (!isDrawnBack) this.#view = undefined;
    this.#close();
    this.set({ ...this.state(), clicking: undefined, drafts: without(this.state().drafts, id) });
  }

  #close(): void {
    this.#open.abort();
    this.#view?.end();
    this.#view = undefined;
    this.#running = false;
    this.#sending = false;
    this.#sent = false;
    this.#drawn = 0;
    this.#proven = 0;
    this.#singly = 0;
  }

  #put(change: Partial<Clicking>): void {
    const { clicking } = this.state();
    if (clicking !== undefined) this.set({ ...this.state(), clicking: { ...clicking, ...change } });
  }
}

/** Why a click, scribble or lasso is not sent, in one sentence. */
function whyNotTaken(
  clicking: Clicking,
  { frameOfReferenceUID, isOutside }: PlacedClick | PlacedStroke,
  prompt: RegionPrompt,
): string | undefined {
  const meant = clicking.frameOfReferenceUID;
  if (meant !== undefined && frameOfReferenceUID !== undefined && meant !== frameOfReferenceUID) return texts.elsewhere;
  if (isOutside) return texts.outside;
  const prompts = [...clicksAfter(clicking), prompt];
  if (prompts.length > mostClicks) return texts.full(mostClicks);
  return pointsOf(prompts) > mostPointsInAll ? texts.fullOfPoints(mostPointsInAll) : undefined;
}
