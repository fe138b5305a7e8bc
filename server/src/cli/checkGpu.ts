import { formatBytes } from '#contract/byteSize.js';
import type { ExecutionProvider } from '#contract/executionProvider.js';
import type { Config } from '../platform/config.js';
import {
  type ProviderState,
  providerName,
  providerNames,
  providerStates,
} from '../segmenter/providers/availableProviders.js';
import { type GraphicsCard, graphicsCards } from '../segmenter/providers/graphicsCards.js';
import { type Check, failed } from './check.js';
import { cudaWheels } from './gpu/cudaWheels.js';

/** The GPUs of this machine, what ONNX Runtime will use, what the rest lacks, and how to get it. */
export async function checkGpu({ executionProvider, gpu }: Config): Promise<Check[]> {
  const cards = await graphicsCards();
  const ofCards = [...cards.map(checkCard), ...(gpu === undefined ? [] : [checkNumber(gpu, cards)])];
  try {
    const states = await providerStates(executionProvider, gpu);
    return [...ofCards, checkOnnxRuntime(states, cards, executionProvider === 'cpu', gpu)];
  } catch (error) {
    return [...ofCards, { ...failed('ONNX Runtime', error, 'cannot be loaded'), fix: 'Run `npm ci` again.' }];
  }
}

/** One card, by its driver. */
export function checkCard({ vendor, name, driver, totalBytes, freeBytes }: GraphicsCard): Check {
  const check = 'GPU';
  const memory =
    totalBytes === undefined
      ? 'memory unknown'
      : `${formatBytes(totalBytes)}${freeBytes === undefined ? '' : `, ${formatBytes(freeBytes)} of it free`}`;
  if (vendor === 'NVIDIA' && name === undefined)
    return {
      name: check,
      state: 'warning',
      found: `NVIDIA, whose driver does not respond (${driver === undefined ? 'no module' : `module ${driver}`})`,
      fix: "Install NVIDIA's driver, with `nvidia-smi` and its Vulkan part (libnvidia-gl), and restart the machine.",
    };
  if (driver === undefined)
    return {
      name: check,
      state: 'warning',
      found: `${vendor}, without a driver`,
      fix: 'Load the module of its driver in the kernel: amdgpu, i915 or xe.',
    };
  const found = `${name ?? vendor}, ${vendor === 'NVIDIA' ? 'driver' : 'module'} ${driver}, ${memory}`;
  return { name: check, state: 'ok', found };
}

/** The GPU that PROMPTSEG_GPU names, among those of NVIDIA, whose numbers are known. */
export function checkNumber(gpu: number, cards: readonly GraphicsCard[]): Check {
  const name = 'PROMPTSEG_GPU';
  const named = cards.flatMap((card) => (card.vendor === 'NVIDIA' ? (card.name ?? []) : []));
  const card = named[gpu];
  if (card !== undefined) return { name, state: 'ok', found: `only GPU ${gpu} is used, ${card}` };
  if (named.length === 0)
    return {
      name,
      state: 'warning',
      found: `which GPU has the number ${gpu} is not known`,
      fix: "`nvidia-smi` lists the numbers of NVIDIA's GPUs; others are selected with DirectML on Windows only.",
    };
  const there = named.map((each, number) => `${number} (${each})`).join(', ');
  return {
    name,
    state: 'failed',
    found: `there is no GPU ${gpu}; there are ${there}`,
    fix: 'Set PROMPTSEG_GPU to one of these numbers, or remove it.',
  };
}

/** What ONNX Runtime will use. */
export function checkOnnxRuntime(
  states: readonly ProviderState[],
  cards: readonly GraphicsCard[],
  asksForCpu: boolean,
  gpu?: number,
): Check {
  const name = 'ONNX Runtime';
  const [first] = states.filter(({ obstacle }) => obstacle === undefined);
  const others = states.filter(({ obstacle }) => obstacle !== undefined);
  const found = [
    ...(first === undefined ? [] : [`models run on ${providerName(first.provider, gpu)}`]),
    ...others.map(({ provider, obstacle }) => `${providerNames[provider]}: ${obstacle}`),
  ].join('; ');
  const advice = others.flatMap(({ provider, obstacle }) => howToGet(provider, obstacle!, cards));
  if (first === undefined)
    return {
      name,
      state: 'failed',
      found,
      fix: ['Choose the execution provider auto, or see docs/administer/gpu.md.', ...advice].join(' '),
    };
  if (first.provider === 'cpu' && !asksForCpu)
    return {
      name,
      state: 'warning',
      found,
      fix: [...advice, 'For a GPU see docs/administer/gpu.md.'].join(' '),
    };
  return { name, state: 'ok', found, ...(advice.length > 0 && { fix: advice.join(' ') }) };
}

/** What an execution provider lacks on this machine, where that can be had. */
function howToGet(provider: ExecutionProvider, obstacle: string, cards: readonly GraphicsCard[]): string[] {
  const nvidia = cards.find(({ vendor, name }) => vendor === 'NVIDIA' && name !== undefined);
  if (provider === 'cuda' && nvidia !== undefined) {
    if (isOlder(nvidia.driver ?? '', cudaWheels.oldestDriver))
      return [`CUDA ${cudaWheels.cuda} needs NVIDIA's driver ${cudaWheels.oldestDriver} or newer: update it.`];
    if (/not installed|is missing|version/.test(obstacle)) return ['For CUDA run `npx promptseg gpu install`.'];
  }
  if (provider === 'webgpu' && process.platform === 'linux' && cards.length > 0 && /Vulkan|adapter/.test(obstacle)) {
    const packages = [
      ...(nvidia === undefined ? [] : ['libnvidia-gl of the version of the driver']),
      ...(cards.some(({ vendor }) => vendor !== 'NVIDIA') ? ['mesa-vulkan-drivers'] : []),
      'libvulkan1',
    ];
    return [`For WebGPU install ${packages.join(', ')}.`];
  }
  return [];
}

/** Whether a version of numbers with points between them is before another; unknown ones are not. */
export function isOlder(version: string, than: string): boolean {
  if (!/^\d+(\.\d+)*$/.test(version)) return false;
  const [a, b] = [version, than].map((each) => each.split('.').map(Number));
  for (const [n, part] of b!.entries()) if ((a![n] ?? 0) !== part) return (a![n] ?? 0) < part;
  return false;
}
