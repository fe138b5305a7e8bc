import { availableMemory } from '../../../platform/availableMemory.js';
import { throwIfCancelled } from '../../../platform/errors.js';
import { stopIfCancelled } from '../../../platform/stopIfCancelled.js';
import { spacing, voxelCount } from '../../../values/grid.js';
import { emptyBits } from '../../../values/maskBits.js';
import type { EvenVolume } from '../../../values/volume.js';
import { graphBytesOnMachine, refuseBeyond } from '../../memoryEstimate.js';
import type { ManyOutputGraph, ManyOutputRuntime } from '../../onnxRuntime.js';
import type { BoxOptions, BoxOutcome, BoxSegmenter, EndOfMask, GridBox } from '../../promptable.js';
import { modalityNotServed } from '../requireServed.js';
import { type GrayScale, grayImage } from '../slices/grayImages.js';
import { type ImageFeatures, openImageFeatures } from '../slices/imageFeatures.js';
import { type SliceOrder, sliceOrder } from '../slices/sliceOrder.js';
import { chooseGrey, type GreyValues } from './chooseGrey.js';
import { fitInto, networkImage, resizeByArea, type Size } from './fitImage.js';
import type { MedsamManifest } from './manifest.js';
import { markSlice } from './markSlice.js';
import { boxOfMask, boxOfPrompt, type NetworkBox } from './networkBox.js';

/**
 * Opens a model of the family 'medsam': an image network for one slice, and SAM's decoder for a box in it.
 *
 * The input is oriented as on a radiologist's screen, in any of the grid's three planes. From the plane of the box,
 * marking continues plane by plane to both sides: the next box is that of the last mask plus a margin. It ends at the
 * limits of the box, and at a mask that is empty, uncertain by the network's own estimate, or suddenly smaller or
 * larger. Image features are kept for the same volume as far as memory allows; a further box then runs only the
 * decoder.
 *
 * @param bytesAvailable called before every run
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openMedsam(
  manifest: MedsamManifest,
  runtime: ManyOutputRuntime,
  bytesAvailable: () => Promise<number> = availableMemory,
): Promise<BoxSegmenter> {
  const features = await openImageFeatures(manifest.image, manifest.input.size, runtime);
  const decoder = await runtime.open(manifest.box.file).catch(async (error: unknown) => {
    await features.release();
    throw error;
  });
  const scales = rememberScale();
  return {
    async segmentBoxes(volume, boxes, options) {
      const { signal } = options;
      throwIfCancelled(signal);
      if (!manifest.modalities.some((served) => served === volume.modality))
        throw modalityNotServed(manifest, volume.modality);
      const graphBytes = graphBytesOnMachine(manifest.memory.graphBytes, runtime.deviceBytes);
      const bytesNeeded = graphBytes + boxes.length * Math.ceil(voxelCount(volume.grid) / 8);
      const bytesLeft = features.bytes + (await bytesAvailable()) - bytesNeeded;
      refuseBeyond(bytesLeft + bytesNeeded, bytesNeeded, manifest);
      // Half of the free memory: encoding the results needs some too.
      features.limitTo(volume.voxels, bytesLeft / 2);

      const outcomes: BoxOutcome[] = [];
      const descriptions = new Set<string>();
      let sessionRunMs = 0;
      for (const box of boxes) {
        const grey = chooseGrey(manifest.input, volume, box, options.window);
        descriptions.add(grey.description);
        const looking = lookAt({ manifest, features, decoder }, volume, box, grey, scales(volume.voxels, grey));
        outcomes.push(await followBox(manifest, volume, box, looking, options));
        sessionRunMs += looking.sessionRunMs;
      }
      return {
        outcomes,
        executionProvider: runtime.executionProvider,
        notes: [...runtime.notes, ...[...descriptions].map((how) => `The slices were shown to the model ${how}.`)],
        sessionRunMs,
      };
    },
    async dispose() {
      await features.release();
      await decoder.release();
    },
  };
}

interface OpenModel {
  readonly manifest: MedsamManifest;
  readonly features: ImageFeatures;
  readonly decoder: ManyOutputGraph;
}

/** The network's mask of one slice. */
interface SliceMask {
  /** size·size */
  readonly logits: Float32Array;
  readonly quality: number;
  /** Undefined if no pixel is marked. */
  readonly box: NetworkBox | undefined;
  readonly area: number;
}

interface Looking {
  readonly order: SliceOrder;
  readonly fit: Size;
  /** A pixel is marked if its logit is greater. */
  readonly threshold: number;
  /** @param plane position along the axis across the planes */
  mask(plane: number, box: NetworkBox): Promise<SliceMask>;
  /** Time inside both graphs so far. */
  readonly sessionRunMs: number;
}

/** Keeps the last volume's grey values: computing them takes a pass over all voxels. */
function rememberScale(): (voxels: EvenVolume['voxels'], grey: GreyValues) => GrayScale {
  let last: { readonly voxels: object; readonly key: string; readonly scale: GrayScale } | undefined;
  return (voxels, { key, scale }) => {
    if (last?.voxels !== voxels || last.key !== key) last = { voxels, key, scale: scale() };
    return last.scale;
  };
}

/** Shows slices across one axis of a volume to the network. */
function lookAt(
  { manifest, features, decoder }: OpenModel,
  { grid, voxels }: EvenVolume,
  { across }: GridBox,
  grey: GreyValues,
  scale: GrayScale,
): Looking {
  const { size } = manifest.input;
  const order = sliceOrder(grid, across);
  const fit = fitInto(size, order, spacing(grid));
  const show = (slice: number) =>
    networkImage(resizeByArea(grayImage(voxels, scale, order, slice), order, fit), fit, size);
  const threshold = Math.log(manifest.probability / (1 - manifest.probability));
  let sessionRunMs = 0;
  return {
    order,
    fit,
    threshold,
    get sessionRunMs() {
      return sessionRunMs;
    },
    async mask(plane, box) {
      const slice = sliceAt(order, plane);
      const seen = await features.of(`${grey.key} across ${across}`, slice, () => show(slice));
      const { box: graph } = manifest;
      const started = performance.now();
      const said = await decoder.runAll(
        {
          [graph.features]: seen.features[0]!,
          [graph.box]: { data: Float32Array.from([box.left, box.top, box.right, box.bottom]), dims: [1, 4] },
        },
        [graph.logits, graph.quality],
      );
      sessionRunMs += seen.sessionRunMs + performance.now() - started;
      const logits = said[graph.logits]!.data;
      return { logits, quality: said[graph.quality]!.data[0]!, ...boxOfMask(logits, size, fit, threshold) };
    },
  };
}

/** The image at a position along the axis across the planes, which may run against the order of images. */
const sliceAt = ({ slices, steps }: SliceOrder, plane: number): number => (steps[2] > 0 ? plane : slices - 1 - plane);

async function followBox(
  { input: { size }, propagation }: MedsamManifest,
  { grid }: EvenVolume,
  box: GridBox,
  looking: Looking,
  { signal, onProgress }: BoxOptions,
): Promise<BoxOutcome> {
  const { order, fit, threshold } = looking;
  const [from, to] = [box.least[box.across], box.greatest[box.across]];
  const bits = emptyBits(voxelCount(grid));
  const mark = (plane: number, { logits }: SliceMask) =>
    markSlice(logits, size, fit, threshold, order, sliceAt(order, plane), bits);
  let done = 0;
  const report = () => onProgress(++done, to - from + 1);

  const middle = await looking.mask(box.plane, boxOfPrompt(box, order, fit));
  report();
  if (middle.box === undefined || mark(box.plane, middle) === 0)
    return {
      mask: { grid, bits },
      planes: undefined,
      quality: middle.quality,
      leastQuality: middle.quality,
      ends: ['empty', 'empty'],
    };
  let leastQuality = middle.quality;
  const goOn = async (step: 1 | -1): Promise<{ readonly last: number; readonly end: EndOfMask }> => {
    let before = middle;
    for (let plane = box.plane + step; plane >= from && plane <= to; plane += step) {
      await stopIfCancelled(signal);
      const next = await looking.mask(plane, withMargin(before.box!, propagation.boxMargin, size));
      report();
      const end = endOf(next, before, propagation);
      if (end !== undefined) return { last: plane - step, end };
      if (mark(plane, next) === 0) return { last: plane - step, end: 'empty' };
      leastQuality = Math.min(leastQuality, next.quality);
      before = next;
    }
    return { last: step > 0 ? to : from, end: 'end-of-range' };
  };
  const lower = await goOn(-1);
  const upper = await goOn(1);
  return {
    mask: { grid, bits },
    planes: [lower.last, upper.last],
    quality: middle.quality,
    leastQuality,
    ends: [lower.end, upper.end],
  };
}

/** Why a mask that follows another is not trusted; undefined if it is. */
function endOf(
  { area, quality }: SliceMask,
  before: SliceMask,
  { minimumQuality, minimumAreaShare, maximumAreaShare }: MedsamManifest['propagation'],
): EndOfMask | undefined {
  if (area === 0) return 'empty';
  if (quality < minimumQuality) return 'uncertain';
  if (area < minimumAreaShare * before.area) return 'shrunk';
  return area > maximumAreaShare * before.area ? 'grown' : undefined;
}

/** Like upstream's `get_bbox256`: enlarged on all sides, within the network's image. */
const withMargin = ({ left, top, right, bottom }: NetworkBox, margin: number, size: number): NetworkBox => ({
  left: Math.max(0, left - margin),
  top: Math.max(0, top - margin),
  right: Math.min(size, right + margin),
  bottom: Math.min(size, bottom + margin),
});
