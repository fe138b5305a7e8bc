import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect } from '@jest/globals';
import type { Vector3 } from '../../../../values/affine.js';
import { type Grid, voxelCount } from '../../../../values/grid.js';
import { diceOfBits, emptyBits, setBit } from '../../../../values/maskBits.js';
import type { Volume } from '../../../../values/volume.js';
import type { Block, ClickSegmenter, GridClick } from '../../../clickable.js';
import type { Graph } from '../../../onnxRuntime.js';
import { anyManifest, quiet, volumeOn } from '../../../testSupport.js';

/** What upstream's session made of clicks: see models/tools/converters/upstream/nninteractive_session.py. */
export interface Scene {
  readonly name: string;
  /** Whether it begins with {@link maskBefore}. */
  readonly before: boolean;
  readonly clicks: readonly Step[];
}

interface Step extends GridClick {
  /** What its network saw before any refinement. */
  readonly views: readonly View[];
  /** First voxels of the windows of the refinement, in order. */
  readonly windows: readonly Vector3[];
  /** What it says may have changed. */
  readonly block: Block;
  readonly marked: number;
  /** Bits of the mask, deflated, Base64. */
  readonly mask: string;
}

interface View {
  readonly zoom: number;
  /** Of the channels, and of the logits. */
  readonly sums: readonly number[];
  /** Channel (the logits come last), x, y, z in the window, and the value there. */
  readonly samples: readonly (readonly [channel: number, x: number, y: number, z: number, value: number])[];
}

export const readScenes = (name: 'known' | 'network'): readonly Scene[] =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `${name}.json`), 'utf8')).scenes;

/** Settings of upstream's code, and the small window of the scenes. */
export const manifest = {
  ...anyManifest,
  id: 'nninteractive',
  name: 'nnInteractive',
  family: 'nninteractive',
  modalities: ['MR', 'CT'],
  window: [72, 64, 56],
  graph: { file: 'window.onnx', input: 'image', output: 'logits' },
  channels: { count: 7, mask: 0, clicks: [3, 4] },
  clicks: { radius: 4, decay: 0.98 },
  zoom: { growth: 1.5, most: 4, change: { voxels: 1500, leastVoxels: 100, share: 0.2 } },
  refinement: { opening: 2, margin: 24, halvings: 3 },
  memory: { graphBytes: 1_000_000 },
} as const;

const grid: Grid = { size: [140, 84, 64], voxelToLps: [1, 0, 0, 5, 0, 1, 0, 7, 0, 0, 2, -9, 0, 0, 0, 1] };

/** A bright bar and ball, between zeros at the border. */
export function image(): Volume {
  const [columns, rows, slices] = grid.size;
  const voxels = new Int16Array(voxelCount(grid));
  forEachVoxel((i, j, k, n) => {
    const isAtBorder = [i, j, k].some((at, axis) => at === 0 || at === [columns, rows, slices][axis]! - 1);
    if (isAtBorder) return;
    const bar = i >= 4 && i < 136 && (8 * j - 224 - i) ** 2 + (8 * k - 160 - i) ** 2 < 72 ** 2;
    const ball = (i - 126) ** 2 + (j - 12) ** 2 + (k - 9) ** 2 < 49;
    voxels[n] = (bar || ball ? 180 : 20) + ((i * 7 + j * 13 + k * 5) % 11);
  });
  return volumeOn(grid, voxels);
}

/** A part of the bar, and more beside it. */
export function maskBefore(): Uint8Array {
  const bits = emptyBits(voxelCount(grid));
  forEachVoxel((i, j, k, n) => {
    if (i >= 60 && i < 84 && Math.abs(j - 40) < 12 && Math.abs(k - 30) < 7) setBit(bits, n);
  });
  return bits;
}

function forEachVoxel(visit: (i: number, j: number, k: number, n: number) => void): void {
  const [columns, rows, slices] = grid.size;
  for (let k = 0, n = 0; k < slices; k++)
    for (let j = 0; j < rows; j++) for (let i = 0; i < columns; i++, n++) visit(i, j, k, n);
}

/** A graph whose runs are kept: what went in, and what came out. */
export function watched(graph: Graph) {
  const runs: { readonly seen: Float32Array; readonly logits: Float32Array }[] = [];
  const watching: Graph = {
    async run(feeds, output) {
      const result = await graph.run(feeds, output);
      runs.push({ seen: (feeds.image!.data as Float32Array).slice(), logits: result.data });
      return result;
    },
    release: () => graph.release(),
  };
  return { graph: watching, runs };
}

/** Upstream's mask after a step. */
export const bitsAfter = ({ mask }: Step): Uint8Array => new Uint8Array(inflateSync(Buffer.from(mask, 'base64')));

/**
 * Follows the clicks of a scene one by one, and compares each step with upstream's.
 * @param tolerance of the logits; and the share of the voxels of a mask that may differ
 */
export async function expectScene(
  { before, clicks }: Scene,
  { correctByClicks }: ClickSegmenter,
  runs: ReturnType<typeof watched>['runs'],
  tolerance: { readonly logits: number; readonly dice: number },
): Promise<void> {
  const volume = image();
  let mask = { grid: volume.grid, bits: before ? maskBefore() : emptyBits(voxelCount(grid)) };
  for (const [n, step] of clicks.entries()) {
    const { voxel, part, views, windows, block } = step;
    runs.length = 0;
    const result = await correctByClicks(volume, mask, [{ voxel, part }], quiet(), clicks.slice(0, n));
    for (const [m, view] of views.entries()) expectView(view, runs[m]!, tolerance.logits);
    expect(runs).toHaveLength(views.length + windows.length);
    expect(result.blocks).toEqual([within(block)]);
    expect(diceOfBits(result.mask.bits, bitsAfter(step))).toBeGreaterThanOrEqual(tolerance.dice);
    mask = { ...mask, bits: result.mask.bits };
  }
}

/** Upstream's may extend beyond the image. */
function within({ first, size }: Block): Block {
  const low = first.map((at) => Math.max(0, at));
  const length = low.map((at, axis) => Math.min(grid.size[axis]!, first[axis]! + size[axis]!) - at);
  return { first: [low[0]!, low[1]!, low[2]!], size: [length[0]!, length[1]!, length[2]!] };
}

function expectView(
  { sums, samples }: View,
  { seen, logits }: { seen: Float32Array; logits: Float32Array },
  ofLogits: number,
) {
  const [columns, rows] = manifest.window;
  const voxels = logits.length;
  const channel = (c: number): Float32Array =>
    c < sums.length - 1 ? seen.subarray(c * voxels, (c + 1) * voxels) : logits;
  for (const [c, x, y, z, value] of samples) {
    const ours = channel(c)[x + columns * (y + rows * z)]!;
    expect(Math.abs(ours - value)).toBeLessThan(c < sums.length - 1 ? 1e-3 : ofLogits);
  }
  // Upstream keeps prompts in float16.
  sums.slice(0, -1).forEach((sum, c) => {
    const ours = channel(c).reduce((total, value) => total + value, 0);
    expect(Math.abs(ours - sum)).toBeLessThanOrEqual(Math.max(0.5, 1e-3 * Math.abs(sum)));
  });
}
