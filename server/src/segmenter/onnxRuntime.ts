import './providers/withoutTelemetry.js';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import { PromptsegError } from '../platform/errors.js';
import { corrupt } from './corruptPackage.js';
import { loadCudaLibraries } from './providers/cudaLibraries.js';
import { onGpu } from './providers/selectedGpu.js';

// ONNX Runtime also throws its errors; its own log would write this machine's paths to stderr.
env.logLevel = 'fatal';

/** A tensor in C order: the last dimension runs fastest. */
export interface GraphTensor {
  readonly data: Float32Array | BigInt64Array | Int16Array;
  readonly dims: readonly number[];
}

/** An ONNX graph that is ready to run. */
export interface Graph {
  /**
   * Runs the graph and returns one of its outputs, float32. Blocks the event loop.
   * @throws PromptsegError `model-package-corrupt` if an input or the output is missing or of another type;
   * `memory-insufficient` if ONNX Runtime could not allocate memory
   */
  run(feeds: Readonly<Record<string, GraphTensor>>, output: string): Promise<FloatTensor>;
  release(): Promise<void>;
}

/** A graph whose runs return several outputs. */
export interface ManyOutputGraph extends Graph {
  runAll(
    feeds: Readonly<Record<string, GraphTensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, FloatTensor>>;
}

/** A graph with a uint8 output. @throws as {@link Graph} */
export interface ByteGraph {
  runBytes(feeds: Readonly<Record<string, GraphTensor>>, output: string): Promise<Uint8Array>;
  release(): Promise<void>;
}

export interface FloatTensor extends GraphTensor {
  readonly data: Float32Array;
}

/** Opens the graphs of one model package, all on the same execution provider. */
export interface GraphRuntime {
  readonly executionProvider: ExecutionProvider;
  /** Why this execution provider was chosen, one sentence each; part of every result. */
  readonly notes: readonly string[];
  /**
   * Free memory of the card when the package was opened; undefined on the CPU, if unknown, and if the GPU shares the
   * machine's memory. A driver may be wrong, and other programs take memory too: more prompts are not run at once, but
   * nothing is refused because of it.
   */
  readonly deviceBytes?: number | undefined;
  /**
   * @param file path inside the package
   * @throws PromptsegError `model-package-corrupt` if ONNX Runtime cannot open the file
   */
  open(file: string): Promise<Graph>;
}

/** The same, for families whose graphs return several outputs. */
export interface ManyOutputRuntime extends GraphRuntime {
  open(file: string): Promise<ManyOutputGraph>;
}

/** The same, for families whose graphs return bytes. */
export interface ByteRuntime extends Omit<GraphRuntime, 'open'> {
  open(file: string): Promise<ByteGraph>;
}

/** The runtime that families get; each uses the part that it needs. */
export interface PackageRuntime extends ManyOutputRuntime {
  open(file: string): Promise<ManyOutputGraph & ByteGraph>;
}

/**
 * ONNX Runtime for the graphs in `folder`, all on one execution provider that works on this machine.
 *
 * @param options `notes`: why this provider was chosen, one sentence each; `deviceBytes`: free memory of the card, if
 * it has its own and that is known
 */
export const createGraphRuntime = (
  folder: string,
  executionProvider: ExecutionProvider,
  { notes, deviceBytes, ...options }: GraphOptions & Pick<GraphRuntime, 'notes' | 'deviceBytes'>,
): PackageRuntime => ({
  executionProvider,
  notes,
  deviceBytes,
  open: (file) => openGraph(folder, file, executionProvider, options),
});

interface GraphOptions {
  /** Threads per operator on the CPU; 0 = one per core. */
  readonly threads: number;
  /** PROMPTSEG_GPU: the number of the only GPU that is used. */
  readonly gpu?: number | undefined;
}

async function openGraph(
  folder: string,
  file: string,
  executionProvider: ExecutionProvider,
  { threads, gpu }: GraphOptions,
): Promise<ManyOutputGraph & ByteGraph> {
  let session: InferenceSession;
  if (executionProvider === 'cuda') loadCudaLibraries();
  try {
    session = await InferenceSession.create(`${folder}/${file}`, {
      executionProviders: [onGpu(executionProvider, gpu)],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Without the arena, the activations of a window are freed before its masks are computed.
      enableCpuMemArena: false,
      // Threads that wait in a loop for the next operator took 13 % more processor time and ended no run earlier
      // (`body`, two threads: on idle cores, and beside two busy programs).
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 4,
    });
  } catch (cause) {
    if (isAllocationFailure(cause)) throw noMemory(file, cause);
    throw corrupt(file, `cannot be opened by ONNX Runtime on ${executionProvider}`, cause);
  }
  async function outputsOf(
    feeds: Readonly<Record<string, GraphTensor>>,
    outputs: readonly string[],
  ): Promise<InferenceSession.ReturnType> {
    for (const name of Object.keys(feeds))
      if (!session.inputNames.includes(name)) throw corrupt(file, `has no input "${name}"`);
    for (const output of outputs)
      if (!session.outputNames.includes(output)) throw corrupt(file, `has no output "${output}"`);
    const tensors = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)]));
    return session.run(tensors, [...outputs]).catch((cause: unknown) => {
      throw runFailure(file, cause);
    });
  }
  const wrongType = (output: string, type: string) => corrupt(file, `gives an output "${output}" that is not ${type}`);
  const graph: ManyOutputGraph & ByteGraph = {
    async run(feeds, output) {
      return (await graph.runAll(feeds, [output]))[output]!;
    },
    async runBytes(feeds, output) {
      const data = (await outputsOf(feeds, [output]))[output]?.data;
      if (!(data instanceof Uint8Array)) throw wrongType(output, 'uint8');
      return data;
    },
    async runAll(feeds, outputs) {
      const results = await outputsOf(feeds, outputs);
      const asked: Record<string, FloatTensor> = {};
      for (const output of outputs) {
        const result = results[output];
        if (!(result?.data instanceof Float32Array)) throw wrongType(output, 'float32');
        asked[output] = { data: result.data, dims: result.dims };
      }
      return asked;
    },
    release: () => session.release(),
  };
  return graph;
}

function toTensor({ data, dims }: GraphTensor): Tensor {
  if (data instanceof BigInt64Array) return new Tensor('int64', data, dims);
  return data instanceof Int16Array ? new Tensor('int16', data, dims) : new Tensor('float32', data, dims);
}

function runFailure(file: string, cause: unknown): PromptsegError {
  return isAllocationFailure(cause)
    ? noMemory(file, cause)
    : new PromptsegError('internal', `ONNX Runtime could not run ${file} of the model.`, { cause });
}

/**
 * On the CPU "Failed to allocate memory" and "bad allocation", on CUDA "out of memory" and
 * "CUBLAS_STATUS_ALLOC_FAILED", on WebGPU "Failed to allocate memory" and "VK_ERROR_OUT_OF_DEVICE_MEMORY".
 */
const isAllocationFailure = (cause: unknown): boolean =>
  cause instanceof Error && /allocat|alloc_failed|bad_alloc|out[ _]of[ _](device_)?memory/i.test(cause.message);

const noMemory = (file: string, cause: unknown): PromptsegError =>
  new PromptsegError('memory-insufficient', `ONNX Runtime ran out of memory for ${file} of the model.`, { cause });
