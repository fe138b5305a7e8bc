import type { InstanceChange } from '#contract/comparison.js';
import type { Instance } from '#contract/finding.js';
import { type Affine, apply, identity, norm, subtract } from '../values/affine.js';

/** How places of the two times are compared. */
export interface Places {
  /** From a place of the later time to the same one of the earlier time, LPS mm. */
  readonly nowToBefore: Affine;
  /** Centres this near to each other are at the same place, also of smaller instances, mm. */
  readonly withinMm: number;
}

/** In one frame of reference, as the images state them. */
export const asStated: Places = { nowToBefore: identity, withinMm: 0 };

/**
 * Matches the instances of two times by place: two are the same if the centre of one is within half the longest
 * diameter of the other. Several that match one have merged; one that matches several has split; everything else in a
 * group is left undecided.
 */
export function matchInstances(
  before: readonly Instance[],
  now: readonly Instance[],
  places: Places = asStated,
): readonly InstanceChange[] {
  const pairs = before.flatMap((earlier) =>
    now.filter((later) => isSamePlace(earlier, later, places)).map((later) => [earlier, later] as const),
  );
  const seen = new Set<Instance>();
  const groups: { readonly before: Instance[]; readonly now: Instance[] }[] = [];
  for (const [list, side] of [
    [now, 'now'],
    [before, 'before'],
  ] as const)
    for (const start of list) {
      if (seen.has(start)) continue;
      seen.add(start);
      const group = { before: [] as Instance[], now: [] as Instance[], [side]: [start] };
      for (const each of walk(group)) seen.add(each);
      groups.push(group);
    }

  /** Adds what matches anything in the group, until nothing is added. */
  function* walk(group: { readonly before: Instance[]; readonly now: Instance[] }): Generator<Instance> {
    for (let isGrowing = true; isGrowing; ) {
      isGrowing = false;
      for (const [earlier, later] of pairs) {
        const [hasBefore, hasNow] = [group.before.includes(earlier), group.now.includes(later)];
        if (hasBefore === hasNow) continue;
        isGrowing = true;
        if (hasBefore) group.now.push(later);
        else group.before.push(earlier);
        yield hasBefore ? later : earlier;
      }
    }
  }
  return groups.map((group) => changeOf(group.before, group.now));
}

function changeOf(before: readonly Instance[], now: readonly Instance[]): InstanceChange {
  const [volumeBefore, volumeNow] = [before, now].map((list) => list.reduce((sum, { volumeMl }) => sum + volumeMl, 0));
  return {
    status: statusOf(before.length, now.length),
    before: before.map(({ number }) => number).toSorted((a, b) => a - b),
    now: now.map(({ number }) => number).toSorted((a, b) => a - b),
    ...(before.length > 0 && { volumeMlBefore: volumeBefore! }),
    ...(now.length > 0 && { volumeMlNow: volumeNow! }),
    ...(now.length > 0 && { centroidLps: now[0]!.centroidLps }),
  };
}

function statusOf(before: number, now: number): InstanceChange['status'] {
  if (before === 0) return 'new';
  if (now === 0) return 'no-longer-found';
  if (before === 1) return now === 1 ? 'in-both' : 'split';
  return now === 1 ? 'merged' : 'undecided';
}

const isSamePlace = (before: Instance, now: Instance, { nowToBefore, withinMm }: Places): boolean =>
  norm(subtract(apply(nowToBefore, now.centroidLps), before.centroidLps)) <=
  Math.max(before.longestDiameterMm / 2, now.longestDiameterMm / 2, withinMm);
