import { expect, it } from '@jest/globals';
import { freeDeviceMemory } from './deviceMemory.js';
import type { GraphicsCard } from './graphicsCards.js';

const nvidia: GraphicsCard = { vendor: 'NVIDIA', name: 'A card', driver: '1', totalBytes: 24e9, freeBytes: 20e9 };
const amd: GraphicsCard = { vendor: 'AMD', driver: 'amdgpu', totalBytes: 16e9, freeBytes: 15e9 };
const inProcessor: GraphicsCard = { vendor: 'AMD', driver: 'amdgpu', totalBytes: 5e8, freeBytes: 1e8 };
const intel: GraphicsCard = { vendor: 'Intel', driver: 'i915' };
const silent: GraphicsCard = { vendor: 'NVIDIA', name: 'A card', driver: '1', totalBytes: 24e9 };

it.each([
  ['cuda', [nvidia, amd], 20e9],
  ['cuda', [nvidia, { ...nvidia, freeBytes: 3e9 }], 3e9],
  ['webgpu', [nvidia, amd, intel], 15e9],
  ['webgpu', [inProcessor], undefined],
  ['webgpu', [intel], undefined],
  ['cuda', [amd], undefined],
  ['cuda', [silent], undefined],
  ['webgpu', [], undefined],
  ['cpu', [nvidia], undefined],
  ['dml', [nvidia], undefined],
] as const)('%s on %j has %s bytes', async (provider, cards, expected) => {
  expect(await freeDeviceMemory(provider, undefined, async () => cards)).toBe(expected);
});

it.each([
  [0, 20e9],
  [1, 3e9],
  [2, undefined],
])('of GPU %i, the only one that is used, it is %s bytes', async (gpu, expected) => {
  const cards = [amd, nvidia, { ...nvidia, freeBytes: 3e9 }];
  expect(await freeDeviceMemory('cuda', gpu, async () => cards)).toBe(expected);
});
