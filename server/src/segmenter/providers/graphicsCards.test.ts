import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { graphicsCards } from './graphicsCards.js';

let drm: string;
beforeAll(async () => {
  drm = await mkdtemp(path.join(tmpdir(), 'promptseg-cards-'));
  await device('card0', '0x8086', 'i915');
  await device('card1', '0x1002', 'amdgpu', { mem_info_vram_total: '17163091968', mem_info_vram_used: '163091968' });
  await device('card2', '0x10de', 'nouveau');
  await device('card3', '0x1234', 'bochs');
  await device('card4', '0x1002', undefined, { mem_info_vram_total: '100', mem_info_vram_used: '200' });
  await mkdir(path.join(drm, 'card1-DP-1'));
  await mkdir(path.join(drm, 'renderD128'));
});
afterAll(() => rm(drm, { recursive: true }));

async function device(name: string, vendor: string, module: string | undefined, files: Record<string, string> = {}) {
  const folder = path.join(drm, name, 'device');
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries({ vendor, ...files }))
    await writeFile(path.join(folder, file), `${content}\n`);
  if (module !== undefined) await symlink(`../../bus/pci/drivers/${module}`, path.join(folder, 'driver'));
}

const others = [
  { vendor: 'Intel', driver: 'i915' },
  { vendor: 'AMD', driver: 'amdgpu', totalBytes: 17163091968, freeBytes: 17e9 },
  // Its module uses more memory than there is: no figure is taken.
  { vendor: 'AMD' },
];

it('lists the GPUs of the kernel, those of NVIDIA without its driver too', async () => {
  expect(await graphicsCards(drm, async () => undefined)).toEqual([{ vendor: 'NVIDIA', driver: 'nouveau' }, ...others]);
});

it("takes NVIDIA's cards from its driver where that runs", async () => {
  const h200 = { name: 'NVIDIA H200', driver: '570.124.06', totalBytes: 5, freeBytes: 4 };
  expect(await graphicsCards(drm, async () => [h200])).toEqual([{ vendor: 'NVIDIA', ...h200 }, ...others]);
});

it('finds none where the kernel lists none', async () => {
  expect(await graphicsCards(path.join(drm, 'absent'), async () => undefined)).toEqual([]);
});
