import { PromptsegError } from '../platform/errors.js';
import type { ClickSegmenter } from './clickable.js';
import type { BoxSegmenter } from './promptable.js';
import type { Segmenter } from './segmenter.js';

/**
 * A segmenter that switches to another one when the device of the first fails: an adapter disappears, a driver fails, a
 * card runs out of memory. The failed run is repeated there, and all later ones run there too.
 *
 * @param successor opens the other one, given the error of the first
 */
export function withSuccessor(first: Segmenter, successor: (error: unknown) => Promise<Segmenter>): Segmenter {
  const { run, dispose } = succeeding(first, successor);
  return {
    segment: (volume, targets, options) => run((segmenter) => segmenter.segment(volume, targets, options)),
    ...(first.segmentImage && {
      segmentImage: (image, targets, options) => run((segmenter) => segmenter.segmentImage!(image, targets, options)),
    }),
    dispose,
  };
}

/** The same for a model that takes boxes. */
export function boxesWithSuccessor(
  first: BoxSegmenter,
  successor: (error: unknown) => Promise<BoxSegmenter>,
): BoxSegmenter {
  const { run, dispose } = succeeding(first, successor);
  return {
    segmentBoxes: (volume, boxes, options) => run((segmenter) => segmenter.segmentBoxes(volume, boxes, options)),
    dispose,
  };
}

/** The same for a model that takes clicks. */
export function clicksWithSuccessor(
  first: ClickSegmenter,
  successor: (error: unknown) => Promise<ClickSegmenter>,
): ClickSegmenter {
  const { run, dispose } = succeeding(first, successor);
  return {
    correctByClicks: (...asked) => run((segmenter) => segmenter.correctByClicks(...asked)),
    dispose,
  };
}

function succeeding<Opened extends { dispose(): Promise<void> }>(
  first: Opened,
  successor: (error: unknown) => Promise<Opened>,
) {
  let current = first;
  let next: typeof successor | undefined = successor;
  const run = async <Result>(work: (segmenter: Opened) => Promise<Result>): Promise<Result> => {
    try {
      return await work(current);
    } catch (error) {
      if (next === undefined || !isOfDevice(error)) throw error;
      const open = next;
      next = undefined;
      await current.dispose().catch(() => undefined);
      current = await open(error);
      return work(current);
    }
  };
  return { run, dispose: () => current.dispose() };
}

/**
 * Whether ONNX Runtime threw it: a run failed, or the card has too little memory. If the machine's own memory is short,
 * which the plan of a run finds, another device does not help.
 */
const isOfDevice = (error: unknown): boolean =>
  error instanceof PromptsegError &&
  error.cause !== undefined &&
  (error.code === 'internal' || error.code === 'memory-insufficient');
