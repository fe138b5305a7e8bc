/**
 * Starts an execution provider, computes a small 3-D convolution on it, compares the result with the CPU's, and prints
 * a {@link ProbeReport} as JSON: `node probeMain.js PROVIDER [GPU]`. A separate process, because a broken GPU driver
 * may crash or hang the process that starts it.
 */
import './withoutTelemetry.js';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import { loadCudaLibraries, whyCudaIsNotLoaded } from './cudaLibraries.js';
import type { ProbeReport } from './probeProvider.js';
import { onGpu } from './selectedGpu.js';

env.logLevel = 'fatal';

/** ONNX, opset 13: y = LeakyRelu(Conv(x)), x [1, 1, 4, 4, 4], kernel 3 × 3 × 3 of eighths, y [1, 2, 4, 4, 4]. */
const graph = Buffer.from(
  [
    'CAgSADqXAwo/CgF4CgF3EgFjIgRDb252KhcKDGtlcm5lbF9zaGFwZUADQANAA6ABByoVCgRwYWRzQAFAAUABQAFAAUABoAEHCiIK',
    'AWMSAXkiCUxlYWt5UmVsdSoPCgVhbHBoYRUAAIA+oAEBEgFnKuoBCAIIAQgDCAMIAxABQgF3StgBAADAvgAAgL4AAAC+AAAAAAAA',
    'AD4AAIA+AADAPgAAwL4AAIC+AAAAvgAAAAAAAAA+AACAPgAAwD4AAMC+AACAvgAAAL4AAAAAAAAAPgAAgD4AAMA+AADAvgAAgL4A',
    'AAC+AAAAAAAAAD4AAIA+AADAPgAAwL4AAIC+AAAAvgAAAAAAAAA+AACAPgAAwD4AAMC+AACAvgAAAL4AAAAAAAAAPgAAgD4AAMA+',
    'AADAvgAAgL4AAAC+AAAAAAAAAD4AAIA+AADAPgAAwL4AAIC+AAAAvgAAAAAAAAA+Wh8KAXgSGgoYCAESFAoCCAEKAggBCgIIBAoC',
    'CAQKAggEYh8KAXkSGgoYCAESFAoCCAEKAggCCgIIBAoCCAQKAggEQgQKABAN',
  ].join(''),
  'base64',
);

async function compute(provider: ExecutionProvider, gpu?: number): Promise<Float32Array> {
  const executionProviders = [onGpu(provider, gpu)];
  const session = await InferenceSession.create(graph, { executionProviders, logSeverityLevel: 4 });
  const x = Float32Array.from({ length: 64 }, (_, n) => ((n * 29) % 64) / 64 - 0.5);
  const { y } = await session.run({ x: new Tensor('float32', x, [1, 1, 4, 4, 4]) });
  await session.release();
  return y!.data as Float32Array;
}

/** For values up to 4. Half precision would be off by 2e−3. */
const tolerance = 1e-3;

async function probe(provider: ExecutionProvider, gpu: number | undefined): Promise<ProbeReport> {
  try {
    const expected = await compute('cpu');
    if (provider === 'cuda') loadCudaLibraries();
    const values = await compute(provider, gpu);
    return expected.every((value, n) => Math.abs(value - values[n]!) < tolerance)
      ? { works: true }
      : { works: false, reason: 'it computes wrong values' };
  } catch (error) {
    // Of a library that it cannot load, ONNX Runtime does not say why.
    const ofLoader = provider === 'cuda' ? whyCudaIsNotLoaded() : undefined;
    return { works: false, reason: ofLoader ?? (error instanceof Error ? error.message : String(error)) };
  }
}

const [provider, gpu] = process.argv.slice(2);
const report = await probe(provider as ExecutionProvider, gpu === undefined ? undefined : Number(gpu));
// Exits at once, because some drivers crash when they are unloaded.
process.stdout.write(JSON.stringify(report), () => process.exit(0));
