import type { ExecutionProvider } from '#contract/executionProvider.js';
import { type GraphicsCard, graphicsCards } from './graphicsCards.js';

/**
 * A GPU inside a processor reserves some of the machine's memory and takes more when it needs it: what its driver
 * reports is no limit.
 */
const smallestCard = 2 * 2 ** 30;

/**
 * Free memory of the card on which an execution provider computes, in bytes; of several possible cards the least.
 *
 * @param gpu PROMPTSEG_GPU: the number of the only card that is used
 * @returns undefined on the CPU, where the drivers do not say, and where a GPU shares the machine's memory
 */
export async function freeDeviceMemory(
  provider: ExecutionProvider,
  gpu?: number,
  cards: () => Promise<readonly GraphicsCard[]> = graphicsCards,
): Promise<number | undefined> {
  if (provider !== 'cuda' && provider !== 'webgpu') return undefined;
  const possible = (await cards()).filter(({ vendor }) => provider === 'webgpu' || vendor === 'NVIDIA');
  const free = (gpu === undefined ? possible : possible.slice(gpu, gpu + 1))
    .filter(({ totalBytes = 0 }) => totalBytes >= smallestCard)
    .flatMap(({ freeBytes }) => freeBytes ?? []);
  return free.length === 0 ? undefined : Math.min(...free);
}
