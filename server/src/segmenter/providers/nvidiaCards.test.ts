import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { cardsIn, nvidiaCards } from './nvidiaCards.js';

const two =
  '0, GPU-aaaa-1, NVIDIA H200, 570.124.06, 143771, 143000\n' +
  '1, GPU-bbbb-2, NVIDIA GeForce RTX 3060, 570.124.06, 12288, 11000\n';

it("reads the cards of NVIDIA's driver", () => {
  expect(cardsIn(two, undefined)).toEqual([
    { name: 'NVIDIA H200', driver: '570.124.06', totalBytes: 143771 * 2 ** 20, freeBytes: 143000 * 2 ** 20 },
    { name: 'NVIDIA GeForce RTX 3060', driver: '570.124.06', totalBytes: 12288 * 2 ** 20, freeBytes: 11000 * 2 ** 20 },
  ]);
});

it.each([
  ['1', ['NVIDIA GeForce RTX 3060']],
  ['1,0', ['NVIDIA GeForce RTX 3060', 'NVIDIA H200']],
  ['GPU-aaaa', ['NVIDIA H200']],
  ['', []],
  ['-1', []],
  ['0,7,1', ['NVIDIA H200']],
  ['MIG-aaaa', []],
])('takes only the cards of CUDA_VISIBLE_DEVICES=%s', (visible, names) => {
  expect(cardsIn(two, visible).map(({ name }) => name)).toEqual(names);
});

it.each([
  ['a card that shares the memory of the machine', '[N/A], [N/A]', {}],
  ['a driver that reports no memory', '0, 0', {}],
  ['a driver with more free memory than there is', '8192, 9000', { totalBytes: 2 ** 33 }],
  ['a driver with a negative number', '8192, -1', { totalBytes: 2 ** 33 }],
])('takes no wrong figure of %s', (_what, memory, expected) => {
  const [card] = cardsIn(`0, GPU-a, A card, 1.2, ${memory}\n`, undefined);
  expect(card).toEqual({ name: 'A card', driver: '1.2', ...expected });
});

it.each(['', 'NVIDIA-SMI has failed because it could not communicate with the driver.\n', '0, 1, 2\n'])(
  'finds no card in %j',
  (output) => expect(cardsIn(output, undefined)).toEqual([]),
);

it('asks nvidia-smi, and does without', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'promptseg-nvidia-'));
  try {
    expect(await nvidiaCards({ PATH: folder })).toBeUndefined();
    const program = path.join(folder, 'nvidia-smi');
    await writeFile(program, '#!/bin/sh\necho "0, GPU-a, A card, 1.2, 100, 50"\n');
    await chmod(program, 0o700);
    expect(await nvidiaCards({ PATH: folder })).toEqual([
      { name: 'A card', driver: '1.2', totalBytes: 100 * 2 ** 20, freeBytes: 50 * 2 ** 20 },
    ]);
    await writeFile(program, '#!/bin/sh\nexit 9\n');
    expect(await nvidiaCards({ PATH: folder })).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});
