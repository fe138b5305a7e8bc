import type { GraphTensor, ManyOutputGraph, ManyOutputRuntime } from '../../onnxRuntime.js';

type Features = readonly GraphTensor[];

/**
 * The image network's output for the slices of a volume, or for an image. Kept for the same image as far as memory
 * allows.
 */
export interface ImageFeatures {
  /** Size of the kept features. */
  readonly bytes: number;
  /** Keeps at most `bytes`, and nothing of images other than `source`, an array of voxels or pixels. */
  limitTo(source: object, bytes: number): void;
  /**
   * Features of one slice in one CT window; the time in the graph is 0 if they were kept.
   * @param shown makes the network's input, 3·size·size; not called if the features were kept
   */
  of(
    window: string | undefined,
    slice: number,
    shown: () => Float32Array,
  ): Promise<{ features: Features; sessionRunMs: number }>;
  release(): Promise<void>;
}

/**
 * @param image the graph: input float32 [1, 3, size, size], 0–255
 * @throws PromptsegError `model-package-corrupt`
 */
export async function openImageFeatures(
  image: { readonly file: string; readonly input: string; readonly outputs: readonly string[] },
  size: number,
  runtime: ManyOutputRuntime,
): Promise<ImageFeatures> {
  const graph = await runtime.open(image.file);
  let known = new Map<string, Features>();
  let knownSource: object | undefined;
  let bytes = 0;
  let limit = 0;
  const forget = () => {
    known = new Map();
    knownSource = undefined;
    bytes = 0;
  };
  return {
    get bytes() {
      return bytes;
    },
    limitTo(source, most) {
      limit = most;
      if (source !== knownSource || bytes > limit) forget();
      knownSource = source;
    },
    async of(window, slice, shown) {
      const key = `${window ?? ''} ${slice}`;
      const before = known.get(key);
      if (before !== undefined) return { features: before, sessionRunMs: 0 };
      const tensor = { data: shown(), dims: [1, 3, size, size] };
      const started = performance.now();
      const features = await runImage(graph, image, tensor);
      const sessionRunMs = performance.now() - started;
      const size_ = features.reduce((sum, { data }) => sum + data.byteLength, 0);
      if (bytes + size_ <= limit) {
        known.set(key, features);
        bytes += size_;
      }
      return { features, sessionRunMs };
    },
    async release() {
      forget();
      await graph.release();
    },
  };
}

async function runImage(
  graph: ManyOutputGraph,
  { input, outputs }: { readonly input: string; readonly outputs: readonly string[] },
  tensor: GraphTensor,
): Promise<Features> {
  const results = await graph.runAll({ [input]: tensor }, outputs);
  return outputs.map((output) => results[output]!);
}
