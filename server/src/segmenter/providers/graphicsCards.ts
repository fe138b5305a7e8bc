import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { nvidiaCards } from './nvidiaCards.js';

/** A GPU of this machine. What its driver does not say is absent. */
export interface GraphicsCard {
  readonly vendor: 'NVIDIA' | 'AMD' | 'Intel';
  /** Undefined where only the vendor's own program knows it. */
  readonly name?: string;
  /** Of NVIDIA the version of the driver, of others the name of the kernel's module. Undefined: none is loaded. */
  readonly driver?: string;
  readonly totalBytes?: number;
  readonly freeBytes?: number;
}

/** PCI's numbers of vendors, as in `/sys`. */
const vendors: Readonly<Record<string, GraphicsCard['vendor']>> = {
  '0x10de': 'NVIDIA',
  '0x1002': 'AMD',
  '0x8086': 'Intel',
};

/**
 * The GPUs of this machine: NVIDIA's from its driver, on Linux those of other vendors from the kernel. NVIDIA cards
 * without NVIDIA's driver have no name.
 *
 * @param folder of the kernel's list of displays and GPUs
 */
export async function graphicsCards(
  folder = '/sys/class/drm',
  nvidia: () => Promise<readonly { name: string; driver: string }[] | undefined> = nvidiaCards,
): Promise<GraphicsCard[]> {
  const [known, listed] = await Promise.all([nvidia(), cardsOfKernel(folder)]);
  const ofNvidia = known?.map((card) => ({ vendor: 'NVIDIA', ...card }) as const);
  return [...(ofNvidia ?? listed.filter(({ vendor }) => vendor === 'NVIDIA')), ...listed.filter(isOfOthers)];
}

const isOfOthers = ({ vendor }: GraphicsCard): boolean => vendor !== 'NVIDIA';

async function cardsOfKernel(folder: string): Promise<GraphicsCard[]> {
  const entries = await readdir(folder).catch((): string[] => []);
  // `card0-DP-1` is a connector of card0.
  const devices = entries.filter((name) => /^card\d+$/.test(name)).map((name) => path.join(folder, name, 'device'));
  const cards = await Promise.all(devices.map(readCard));
  return cards.filter((card) => card !== undefined);
}

async function readCard(device: string): Promise<GraphicsCard | undefined> {
  const contentOf = (name: string) => readFile(path.join(device, name), 'utf8').catch(() => '');
  const vendor = vendors[(await contentOf('vendor')).trim()];
  if (vendor === undefined) return undefined;
  const module = await readlink(path.join(device, 'driver')).catch(() => undefined);
  // Only AMD's module says how much memory a card has.
  const [total, used] = [await contentOf('mem_info_vram_total'), await contentOf('mem_info_vram_used')].map(Number);
  const hasMemory = total! > 0 && used! >= 0 && used! <= total!;
  return {
    vendor,
    ...(module !== undefined && { driver: path.basename(module) }),
    ...(hasMemory && { totalBytes: total!, freeBytes: total! - used! }),
  };
}
