import { fingerprint, layerImages } from './labelmapLayers.js';
import type { DisplaySet, Managers } from './ohif.js';

/** How long after the last stroke the voxels are compared: OHIF reports every movement of the brush. */
const restMs = 250;

/**
 * Which segmentations were edited since they were loaded, by any of OHIF's tools. OHIF reports when the voxels of a
 * segmentation may have changed, also when it was only drawn again; so they are compared with what was loaded. Who
 * takes every stroke back has edited nothing.
 */
export class Edits {
  readonly #loaded = new Map<string, number>();
  readonly #edited = new Set<string>();
  readonly #drafts = new Set<string>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly managers: Managers,
    private readonly onChange: () => void,
  ) {}

  /** While a draft is drawn into a segmentation, its voxels are no edit. */
  hold(segmentationId: string, isDraft: boolean): void {
    this.#drafts[isDraft ? 'add' : 'delete'](segmentationId);
    this.mayHaveChanged(segmentationId);
  }

  isEdited(segmentationId: string): boolean {
    return this.#edited.has(segmentationId);
  }

  /** Remembers the voxels of a segmentation that is seen for the first time. */
  remember(displaySet: DisplaySet): void {
    const id = displaySet.displaySetInstanceUID;
    if (!this.#loaded.has(id) && displaySet.labelMapImages !== undefined)
      this.#loaded.set(id, this.#fingerprint(displaySet));
  }

  forget(segmentationId: string): void {
    clearTimeout(this.#timers.get(segmentationId));
    this.#loaded.delete(segmentationId);
    this.#edited.delete(segmentationId);
  }

  lookAtAll(): void {
    for (const id of this.#loaded.keys()) this.mayHaveChanged(id);
  }

  /** Looks whether the voxels are still those that were loaded, once the brush rests. */
  mayHaveChanged(segmentationId: string): void {
    if (!this.#loaded.has(segmentationId)) return;
    clearTimeout(this.#timers.get(segmentationId));
    this.#timers.set(
      segmentationId,
      setTimeout(() => this.#look(segmentationId), restMs),
    );
  }

  #fingerprint(displaySet: DisplaySet): number {
    return fingerprint(layerImages(this.managers, displaySet));
  }

  #look(segmentationId: string): void {
    const displaySet = this.managers.servicesManager.services.displaySetService.getDisplaySetByUID(segmentationId);
    if (displaySet === undefined || this.#drafts.has(segmentationId)) return;
    const isEdited = this.#fingerprint(displaySet) !== this.#loaded.get(segmentationId);
    if (isEdited === this.#edited.has(segmentationId)) return;
    this.#edited[isEdited ? 'add' : 'delete'](segmentationId);
    this.onChange();
  }
}
