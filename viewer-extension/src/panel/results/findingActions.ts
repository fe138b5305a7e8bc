import type { Place } from '../../../../server/contract/caution.js';
import type { Feedback } from '../../../../server/contract/job.js';

/** A reader's actions on a finding. */
export interface FindingActions {
  /** Draws the result if necessary, and moves to the segment. */
  jump(segmentNumber: number): void;
  /** Draws the result if necessary, and moves to a place that a caution of the segment names. */
  look(segmentNumber: number, place: Place): void;
  setVisible(segmentNumber: number, visible: boolean): void;
  /** Draws only this segment; `false` draws all again. */
  isolate(segmentNumber: number, only: boolean): void;
  edit?: (segmentNumber: number) => void;
  /** Corrects it by a box. */
  box?: (segmentNumber: number) => void;
  /** Refines it by clicks. */
  clicks?: (segmentNumber: number) => void;
  /** @returns whether it was stored */
  judge(findingIndex: number, feedback: Pick<Feedback, 'verdict' | 'reason'> | undefined): Promise<boolean>;
}
