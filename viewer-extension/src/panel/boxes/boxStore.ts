import type { RefinementRequest } from '../../../../server/contract/refinements.js';
import type { AskingApi } from '../../client/asking.js';
import type { Trouble } from '../../client/trouble.js';
import type { ActiveSeries, DrawnBox, Host } from '../host.js';
import { Observable } from '../observable.js';
import type { JobResult } from '../results/results.js';
import { toTrouble } from '../toTrouble.js';

/** What a box is drawn for: something that gets a name, or a segment of a stored result. */
export type Boxed =
  | { readonly series: ActiveSeries; readonly stack?: string | undefined }
  | { readonly result: JobResult; readonly segmentNumber: number };

/** A box that the reader is about to draw, or has drawn and not sent. */
export interface Boxing {
  readonly of: Boxed;
  readonly box?: DrawnBox;
  readonly sending?: boolean;
  /** The viewer's mode has no rectangle. */
  readonly withoutTool?: boolean;
  /** Why it was not sent; the box stays. */
  readonly trouble?: Trouble | undefined;
}

/** What is to become of it. */
export interface BoxOrder {
  /** Of something new. */
  readonly name?: string;
  readonly throughSlices: boolean;
}

export interface BoxStoreState {
  /** Of which series the installed models take boxes; none until known. */
  readonly modalities: readonly string[];
  readonly boxing?: Boxing | undefined;
}

/** The one box that a reader draws at a time. Lives outside the components, as the viewer's tool does. */
export class BoxStore extends Observable<BoxStoreState> {
  #end: (() => void) | undefined;

  constructor(
    private readonly api: Pick<AskingApi, 'listBoxModalities'>,
    private readonly host: Pick<Host, 'drawBox'>,
    private readonly refine: (request: RefinementRequest) => Promise<void>,
  ) {
    super({ modalities: [] });
  }

  /** Asks the server whether boxes can be offered; without a response they are not. */
  async learn(): Promise<void> {
    if (this.host.drawBox === undefined) return;
    const modalities = await this.api.listBoxModalities().catch(() => []);
    this.set({ ...this.state(), modalities });
  }

  /** Gives the reader the viewer's rectangle. One that was begun before is dropped. */
  async begin(of: Boxed): Promise<void> {
    this.cancel();
    const boxing = { of };
    this.set({ ...this.state(), boxing });
    const isCurrent = () => this.state().boxing?.of === of;
    const end = await this.host.drawBox?.((box) => isCurrent() && this.#put({ box, trouble: undefined }));
    if (!isCurrent()) return end?.();
    this.#end = end;
    if (end === undefined) this.#put({ withoutTool: true });
  }

  /** Takes the rectangle away; nothing is asked for. */
  cancel(): void {
    this.#end?.();
    this.#end = undefined;
    if (this.state().boxing !== undefined) this.set({ ...this.state(), boxing: undefined });
  }

  /** Asks for what is in the box. The rectangle stays where the server refuses it, to be sent again. */
  async send(made: BoxOrder): Promise<void> {
    const { boxing } = this.state();
    if (boxing?.box === undefined || boxing.sending) return;
    const { of, box } = boxing;
    this.#put({ sending: true, trouble: undefined });
    const isCurrent = () => this.state().boxing?.of === of;
    try {
      await this.refine(requestOf(of, box, made));
      if (isCurrent()) this.cancel();
    } catch (error) {
      if (isCurrent()) this.#put({ sending: false, trouble: toTrouble(error) });
    }
  }

  #put(change: Partial<Boxing>): void {
    const { boxing } = this.state();
    if (boxing !== undefined) this.set({ ...this.state(), boxing: { ...boxing, ...change } });
  }
}

function requestOf(of: Boxed, box: DrawnBox, { throughSlices, name = '' }: BoxOrder): RefinementRequest {
  const drawn = { boxes: [{ kind: 'box' as const, ...box }], throughSlices };
  if ('series' in of) {
    const { studyInstanceUID, seriesInstanceUID } = of.series;
    return { studyInstanceUID, seriesInstanceUID, ...(of.stack !== undefined && { stack: of.stack }), name, ...drawn };
  }
  const { jobId, editedSopInstanceUID } = of.result.address;
  return {
    corrects: {
      job: jobId,
      segmentNumber: of.segmentNumber,
      ...(editedSopInstanceUID !== undefined && { result: editedSopInstanceUID }),
    },
    ...drawn,
  };
}
