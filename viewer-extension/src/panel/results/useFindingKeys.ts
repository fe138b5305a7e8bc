import { type RefObject, useRef } from 'react';
import type { Host } from '../host.js';
import { isWithin, type Shortcuts, useShortcuts } from '../useShortcuts.js';
import type { ResultStore } from './resultStore.js';
import type { JobResult } from './results.js';
import { shownOf } from './shownResults.js';

interface FindingKeysOptions {
  readonly panel: RefObject<HTMLElement>;
  readonly host: Host;
  readonly results: ResultStore;
  /** Results that are in the viewer, in the order of their cards. */
  readonly drawn: readonly JobResult[];
}

/**
 * N and P turn to the next and the previous finding that is in the viewer. With the focus in the panel, 1 to 9 show and
 * hide the findings of the uppermost result there; elsewhere they stay with the viewer.
 */
export function useFindingKeys({ panel, host, results, drawn }: FindingKeysOptions): void {
  const at = useRef(-1);
  const findings = drawn.flatMap((result) => result.findings.map(({ segmentNumber }) => ({ result, segmentNumber })));
  const turn = (step: number) => () => {
    // While somebody edits, the keys are those of the viewer's tools.
    if (findings.length === 0 || results.state().editing !== undefined) return false;
    const start = at.current < 0 && step < 0 ? 0 : at.current;
    at.current = (start + step + findings.length) % findings.length;
    const { result, segmentNumber } = findings[at.current]!;
    void results.show(result, { openSource: true, segmentNumber });
    return true;
  };
  const toggle = (place: number) => (event: KeyboardEvent) => {
    const [result] = drawn;
    const segmentNumber = result?.findings[place]?.segmentNumber;
    if (result === undefined || segmentNumber === undefined || !isWithin(panel, event.target)) return false;
    const isVisible = shownOf(result, host.view().shown)?.hiddenSegments.includes(segmentNumber) === false;
    results.setVisible(result, segmentNumber, !isVisible);
    return true;
  };
  const digits = Array.from({ length: 9 }, (_, place) => [String(place + 1), toggle(place)] as const);
  const shortcuts: Shortcuts = { n: turn(1), p: turn(-1), ...Object.fromEntries(digits) };
  useShortcuts(shortcuts);
}
