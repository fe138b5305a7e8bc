import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { AskedProvider, ExecutionProvider } from '#contract/executionProvider.js';
import { PromptsegError } from '../../platform/errors.js';
import { probeProvider } from './probeProvider.js';
import { cudaProviderLibrary, runtimeFolder } from './runtimeFolder.js';
import { selectsGpu } from './selectedGpu.js';
import { hardwareVulkanDrivers } from './vulkanDrivers.js';

/** An execution provider, and why it cannot be used here, as text after a colon. */
export interface ProviderState {
  readonly provider: ExecutionProvider;
  readonly obstacle?: string;
}

/**
 * The order of `auto`: CUDA if its libraries are installed, because it has the fastest 3-D convolutions, then what is
 * included in onnxruntime-node. Core ML is left out: it supports few 3-D operators, and the rest runs on the CPU.
 */
const preferred: Readonly<Partial<Record<NodeJS.Platform, readonly ExecutionProvider[]>>> = {
  linux: ['cuda', 'webgpu', 'cpu'],
  win32: ['cuda', 'webgpu', 'dml', 'cpu'],
  darwin: ['webgpu', 'cpu'],
};

export const providerNames: Readonly<Record<ExecutionProvider, string>> = {
  cpu: 'the CPU',
  cuda: 'CUDA',
  webgpu: 'WebGPU',
  coreml: 'Core ML',
  dml: 'DirectML',
};

/** Its name, with the number of the GPU where PROMPTSEG_GPU selects one for it. */
export const providerName = (provider: ExecutionProvider, gpu: number | undefined): string =>
  `${providerNames[provider]}${gpu !== undefined && selectsGpu(provider) ? `, GPU ${gpu}` : ''}`;

/**
 * The execution providers of a setting in order of preference, each with the obstacle to its use, if any. The CPU is
 * always the last one of `auto`.
 *
 * Each process tries a provider once, in a separate process. `auto` never chooses a Vulkan driver that computes on the
 * CPU: it limits this process to the drivers of real GPUs, unless VK_DRIVER_FILES or VK_ICD_FILENAMES names others.
 *
 * @param gpu PROMPTSEG_GPU: only this one of several GPUs is used, and no provider for which it cannot be selected
 */
export async function providerStates(asked: AskedProvider, gpu?: number): Promise<ProviderState[]> {
  if (asked !== 'auto') return [await stateOf(asked, gpu, {})];
  const states: ProviderState[] = [];
  for (const provider of preferred[process.platform] ?? (['cpu'] as const))
    states.push(await autoStateOf(provider, gpu));
  return states;
}

/**
 * The same, without those that cannot be used.
 *
 * @returns `reasons`: why those that `auto` prefers to the first one cannot be used
 * @throws PromptsegError `execution-provider-unavailable` if the requested one cannot be used
 */
export async function usableProviders(
  asked: AskedProvider,
  gpu?: number,
): Promise<{ readonly providers: readonly ExecutionProvider[]; readonly reasons: readonly string[] }> {
  const states = await providerStates(asked, gpu);
  const providers = states.flatMap(({ provider, obstacle }) => (obstacle === undefined ? [provider] : []));
  const reasons = states.flatMap(({ provider, obstacle }) =>
    obstacle === undefined ? [] : [`${providerNames[provider]}: ${obstacle}`],
  );
  if (providers.length === 0)
    throw new PromptsegError(
      'execution-provider-unavailable',
      `ONNX Runtime cannot start an execution provider on this machine. ${reasons.join('; ')}.`,
    );
  return { providers, reasons };
}

/** The CPU alone, after a process ended on the first of these providers, and why. */
export function withoutGpu(usable: {
  readonly providers: readonly ExecutionProvider[];
  readonly reasons: readonly string[];
}): { readonly providers: readonly ExecutionProvider[]; readonly reasons: readonly string[] } {
  const [first] = usable.providers;
  if (first === undefined || first === 'cpu') return usable;
  const reason = `${providerNames[first]}: an earlier attempt of the job ended its process`;
  return { providers: ['cpu'], reasons: [...usable.reasons, reason] };
}

async function autoStateOf(provider: ExecutionProvider, gpu: number | undefined): Promise<ProviderState> {
  if (provider !== 'webgpu' || gpu !== undefined || process.platform !== 'linux') return stateOf(provider, gpu, {});
  if (!(await hasGraphicsDevice()))
    return { provider, obstacle: 'there is no /dev/dri/renderD*, /dev/nvidia* or /dev/dxg' };
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES } = process.env;
  if (VK_DRIVER_FILES !== undefined || VK_ICD_FILENAMES !== undefined) return stateOf(provider, gpu, {});
  const drivers = await hardwareVulkanDrivers();
  if (drivers.length === 0) return { provider, obstacle: 'no Vulkan driver of a GPU is installed' };
  // Vulkan loaders before 1.3.207 read only the second name.
  const names = { VK_DRIVER_FILES: drivers.join(':'), VK_ICD_FILENAMES: drivers.join(':') };
  Object.assign(process.env, names);
  return stateOf(provider, gpu, names);
}

const states = new Map<string, Promise<ProviderState>>();

function stateOf(
  provider: ExecutionProvider,
  gpu: number | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<ProviderState> {
  const key = `${provider} ${gpu}`;
  const known = states.get(key) ?? examine(provider, gpu, environment);
  states.set(key, known);
  return known;
}

async function examine(
  provider: ExecutionProvider,
  gpu: number | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<ProviderState> {
  if (provider === 'cpu') return { provider };
  if (gpu !== undefined && !selectsGpu(provider))
    return { provider, obstacle: 'it cannot be limited to one GPU, as PROMPTSEG_GPU asks' };
  if (provider === 'cuda' && !existsSync(path.join(runtimeFolder(), cudaProviderLibrary)))
    return { provider, obstacle: 'its libraries are not installed' };
  const obstacle = await probeProvider(provider, gpu, environment);
  return { provider, ...(obstacle !== undefined && { obstacle }) };
}

/** Whether the kernel has a GPU device: a render node, NVIDIA's own device, or that of Windows under WSL. */
async function hasGraphicsDevice(): Promise<boolean> {
  const nodes = await readdir('/dev/dri').catch((): string[] => []);
  return nodes.some((name) => name.startsWith('renderD')) || existsSync('/dev/nvidia0') || existsSync('/dev/dxg');
}
