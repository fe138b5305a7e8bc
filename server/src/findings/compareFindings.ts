import type { ComparedFinding, MeasuredAtATime } from '#contract/comparison.js';
import type { Finding, FoundFinding, Instances, TargetView } from '#contract/finding.js';
import { structureKey } from '#contract/structureKey.js';
import { matchInstances, type Places } from './matchInstances.js';

/** What was found and what was searched for at one time. */
export interface FindingsAtATime {
  readonly found: readonly FoundFinding[];
  /** Searched for and not found. */
  readonly missing: readonly TargetView[];
}

/** @param edited the segments of an edited result, which stand for what the job found */
export function findingsAtATime(findings: readonly Finding[], edited?: readonly FoundFinding[]): FindingsAtATime {
  const found = edited ?? findings.filter((finding) => finding.status === 'found');
  const held = new Set(found.map(({ target }) => structureKey(target)));
  return {
    found,
    // A segment that a person removed was judged to be no such structure.
    missing: findings.flatMap((finding) =>
      finding.status !== 'refused' && !held.has(structureKey(finding.target)) ? [finding.target] : [],
    ),
  };
}

/**
 * Matches the structures of two times by code, region and side, and subtracts their volumes (mL). In the order of the
 * later findings; what is only in the earlier ones follows.
 * @param places how positions of both are compared, so that instances can be matched by place; undefined if they mean
 * nothing
 * @param repeatability by id of the target, in per cent of the volume
 */
export function compareFindings(
  now: FindingsAtATime,
  before: FindingsAtATime,
  places: Places | undefined,
  repeatability: Readonly<Record<string, number>> = {},
): readonly ComparedFinding[] {
  const targets = new Map(
    [now, before]
      .flatMap(({ found, missing }) => [...found.map(({ target }) => target), ...missing])
      .toReversed()
      .map((target) => [structureKey(target), target]),
  );
  return [...targets.values()].toReversed().map((target) => {
    const [after, earlier] = [measuredIn(now, target), measuredIn(before, target)];
    return {
      target,
      status: statusOf(after, earlier),
      ...(earlier?.measured && { before: earlier.measured }),
      ...(after?.measured && { now: after.measured }),
      ...(after?.measured &&
        earlier?.measured &&
        withRepeatability(changeOf(after.measured, earlier.measured), repeatability[target.id])),
      ...(after && earlier && instancesOf(earlier.instances, after.instances, places)),
    };
  });
}

interface AtATime {
  /** Absent if it was searched for and not found. */
  readonly measured?: MeasuredAtATime;
  readonly instances?: Instances | undefined;
}

/** @returns undefined if the target was not searched for */
function measuredIn({ found, missing }: FindingsAtATime, target: TargetView): AtATime | undefined {
  const key = structureKey(target);
  const finding = found.find((each) => structureKey(each.target) === key);
  if (finding === undefined) return missing.some((each) => structureKey(each) === key) ? {} : undefined;
  const { volumeMl, longestAxialDiameterMm, cautions, instances } = finding;
  if (volumeMl === undefined) return undefined;
  return {
    measured: {
      volumeMl,
      ...(longestAxialDiameterMm !== undefined && { longestAxialDiameterMm }),
      ...(cautions !== undefined && { cautions }),
    },
    instances,
  };
}

function statusOf(now: AtATime | undefined, before: AtATime | undefined): ComparedFinding['status'] {
  if (now === undefined || before === undefined) return 'not-searched';
  if (now.measured) return before.measured ? 'in-both' : 'new';
  return before.measured ? 'no-longer-found' : 'in-neither';
}

function changeOf(now: MeasuredAtATime, before: MeasuredAtATime): Pick<ComparedFinding, 'changeMl' | 'changeFraction'> {
  const changeMl = now.volumeMl - before.volumeMl;
  return { changeMl, ...(before.volumeMl > 0 && { changeFraction: changeMl / before.volumeMl }) };
}

function withRepeatability(change: ReturnType<typeof changeOf>, percent: number | undefined) {
  if (percent === undefined || change.changeFraction === undefined) return change;
  const isWithinRepeatability = Math.abs(100 * change.changeFraction) <= percent;
  return { ...change, repeatabilityPercent: percent, isWithinRepeatability };
}

/** Where one time has none of the target, it has no instances either; after an edit they are not known. */
function instancesOf(
  before: Instances | undefined,
  now: Instances | undefined,
  places: Places | undefined,
): Pick<ComparedFinding, 'instances'> {
  if (before === undefined || now === undefined) return {};
  return {
    instances: {
      before: before.found.length,
      now: now.found.length,
      ...(places && { changes: matchInstances(before.found, now.found, places) }),
    },
  };
}
