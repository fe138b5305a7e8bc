import { modalityNotServed } from '../segmenter/families/requireServed.js';
import { onSourceSlices } from '../segmenter/onSourceSlices.js';
import { familyOf } from '../segmenter/packages/families.js';
import type { ModelManifest } from '../segmenter/packages/modelManifest.js';
import type { Segmenter, SegmenterResult, SegmentOptions } from '../segmenter/segmenter.js';
import { voxelCount } from '../values/grid.js';
import { isSingleImage, type SingleImage } from '../values/singleImage.js';
import { isSlideRegion, type SlideRegion } from '../values/slide.js';
import type { Target } from '../values/target.js';
import type { Volume } from '../values/volume.js';
import { onEvenGrid } from '../volume/onEvenGrid.js';
import { type MeasuredOutcome, measureImageOutcomes, measureOutcomes } from './measureOutcomes.js';
import { segmentTiles } from './segmentTiles.js';

/** A model that has been given one source. */
export interface AskedSource {
  /** The voxels that the model sees: those of the source, and those interpolated between its slices. */
  readonly voxels: number;
  /**
   * Segments all targets in one pass over the image, on the grid of the source. @throws PromptsegError of {@link
   * Segmenter}
   */
  ask(
    targets: readonly Target[],
    options: SegmentOptions,
  ): Promise<Omit<SegmenterResult, 'outcomes'> & { readonly measured: readonly MeasuredOutcome[] }>;
}

/**
 * Gives a model its source: a volume on an even grid, a single image, or a region of a slide in tiles.
 * @throws PromptsegError `modality-not-served` if the model takes volumes only; `image-too-large`
 */
export function askSegmenter(segmenter: Segmenter, manifest: ModelManifest, source: Volume | SingleImage): AskedSource {
  if (isSingleImage(source)) {
    if (segmenter.segmentImage === undefined) throw modalityNotServed(manifest, source.modality);
    const segmentImage = segmenter.segmentImage.bind(segmenter);
    return {
      voxels: voxelCount(source.grid),
      async ask(targets, options) {
        const { outcomes, ...run } = isSlideRegion(source)
          ? await segmentTiles(segmentImage, source, imageSizeOf(manifest, source), targets, options)
          : await segmentImage(source, targets, options);
        return { ...run, measured: measureImageOutcomes(outcomes, source) };
      },
    };
  }
  const even = onEvenGrid(source);
  return {
    voxels: even.voxels.length,
    async ask(targets, options) {
      const { outcomes, ...run } = await segmenter.segment(even, targets, options);
      const notes = [...run.notes, ...noteOnFewSlices(source, segmenter)];
      return { ...run, notes, measured: measureOutcomes(onSourceSlices(outcomes, source.grid), source) };
    },
  };
}

/** A model whose package states no size sees the region as one image. */
const imageSizeOf = (manifest: ModelManifest, { grid: { size } }: SlideRegion): number =>
  familyOf(manifest).imageSize?.(manifest) ?? Math.max(...size);

/**
 * With fewer slices a 3-D model has almost no third dimension to work with: on three thick slices half a cerebellum was
 * missed.
 */
const fewSlices = 8;

/** @param segmenter one that takes single images processes each slice separately */
function noteOnFewSlices({ grid }: Volume, { segmentImage }: Segmenter): string[] {
  const slices = grid.size[2];
  if (slices >= fewSlices || segmentImage !== undefined) return [];
  return [
    `The series has only ${slices === 1 ? '1 slice' : `${slices} slices`}, and the model looks at volumes: it ` +
      'may miss structures or draw them wrong; look at the result.',
  ];
}
