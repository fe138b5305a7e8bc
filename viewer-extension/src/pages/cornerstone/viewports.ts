import * as core from '@cornerstonejs/core';
import type { ImageSeries } from './cornerstone/cornerstoneHost.js';
import { addTools } from './cornerstone/startCornerstone.js';
import { readSeries } from './imageSeries.js';
import { createSliceControl } from './sliceControl.js';

export type Layout = 'stack' | 'planes';

const { ViewportType, OrientationAxis } = core.Enums;

/** What each layout shows; the id is also the name that the reader sees. */
const planes = [
  { viewportId: 'axial', orientation: OrientationAxis.AXIAL },
  { viewportId: 'sagittal', orientation: OrientationAxis.SAGITTAL },
  { viewportId: 'coronal', orientation: OrientationAxis.CORONAL },
] as const;

/** One series on screen: as a stack, or in three planes through it. */
export class Viewports {
  #series: ImageSeries | undefined;
  #layout: Layout = 'stack';
  #ids: readonly string[] = [];
  #elements: readonly HTMLElement[] = [];
  #changing: Promise<void> = Promise.resolve();
  readonly #known = new Map<string, ImageSeries>();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly engine: core.RenderingEngine,
    private readonly container: HTMLElement,
    private readonly studyInstanceUID: string,
  ) {
    new ResizeObserver(() => {
      if (this.#elements.length > 0) engine.resize(true, true);
    }).observe(container);
  }

  readonly series = (): ImageSeries | undefined => this.#series;
  readonly viewportIds = (): readonly string[] => this.#ids;
  readonly layout = (): Layout => this.#layout;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** @throws Error if the archive refuses the series, or it holds no image */
  readonly open = (seriesInstanceUID: string): Promise<void> =>
    this.#change(async () => {
      const series = this.#known.get(seriesInstanceUID) ?? (await readSeries(this.studyInstanceUID, seriesInstanceUID));
      this.#known.set(seriesInstanceUID, series);
      await this.#build(series, this.#layout);
    });

  /** Three planes need images that make a volume; those that make none stay a stack. */
  readonly arrange = (layout: Layout): Promise<void> =>
    this.#change(async () => {
      if (this.#series !== undefined) await this.#build(this.#series, layout);
    });

  #change(work: () => Promise<void>): Promise<void> {
    const next = this.#changing.then(work);
    this.#changing = next.catch(() => {});
    return next;
  }

  async #build(series: ImageSeries, layout: Layout): Promise<void> {
    const wanted = layout === 'stack' ? [{ viewportId: 'stack' }] : planes;
    const ids = wanted.map(({ viewportId }) => viewportId);
    if (ids.join() !== this.#ids.join()) this.#replaceElements(ids, layout);
    if (layout === 'stack') {
      const viewport = this.engine.getViewport('stack') as core.StackViewport;
      await viewport.setStack([...series.imageIds], Math.floor(series.imageIds.length / 2));
      viewport.render();
    } else {
      const volumeId = `cornerstoneStreamingImageVolume:${series.seriesInstanceUID}`;
      const volume = (await core.volumeLoader.createAndCacheVolume(volumeId, {
        imageIds: [...series.imageIds],
      })) as core.StreamingImageVolume;
      volume.load(() => {});
      await core.setVolumesForViewports(this.engine, [{ volumeId }], ids);
      this.engine.renderViewports(ids);
    }
    this.#series = series;
    this.#layout = layout;
    this.#ids = ids;
    for (const listener of this.#listeners) listener();
  }

  #replaceElements(ids: readonly string[], layout: Layout): void {
    for (const id of this.#ids) this.engine.disableElement(id);
    this.#elements = ids.map((id) => {
      const element = document.createElement('div');
      element.className = 'viewport';
      element.dataset.viewport = id;
      element.addEventListener('contextmenu', (event) => event.preventDefault());
      return element;
    });
    this.container.dataset.layout = layout;
    this.container.replaceChildren(
      ...this.#elements.map((element, index) => {
        const frame = document.createElement('div');
        frame.className = 'viewport-frame';
        frame.append(element, createSliceControl(this.engine, element, ids[index]!));
        return frame;
      }),
    );
    this.engine.setViewports(
      this.#elements.map((element, index) => {
        const viewportId = ids[index]!;
        const plane = planes.find((each) => each.viewportId === viewportId);
        return plane === undefined
          ? { viewportId, type: ViewportType.STACK, element: element as HTMLDivElement }
          : {
              viewportId,
              type: ViewportType.ORTHOGRAPHIC,
              element: element as HTMLDivElement,
              defaultOptions: { orientation: plane.orientation },
            };
      }),
    );
    for (const id of ids) addTools(this.engine, id);
  }
}
