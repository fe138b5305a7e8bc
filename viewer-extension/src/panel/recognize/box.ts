import type { FoundFinding } from '../../../../server/contract/finding.js';
import { language } from '../../client/strings/language.js';
import { strings } from '../../client/strings.js';

type Boxed = Pick<FoundFinding, 'boundingBoxLps'>;

const axes = [0, 1, 2] as const;

/**
 * Size of the box along the patient's axes that encloses the target: "212 × 143 × 250 mm"; '' in jobs that predate
 * boxes in mm.
 */
export function boxSize({ boundingBoxLps: box }: Boxed): string {
  if (box === undefined) return '';
  const sizes = axes.map((axis) => (box.greatest[axis] - box.least[axis]).toLocaleString(language, rounded(0)));
  return `${sizes.join(' × ')} mm`;
}

/** Extent of the box along each of the patient's axes in DICOM's coordinates (PS3.3 section C.7.6.2.1.1), in mm. */
export function boxCorners({ boundingBoxLps: box }: Boxed): readonly (readonly [string, string])[] {
  if (box === undefined) return [];
  const place = (value: number) => value.toLocaleString(language, rounded(1)).replace('-', '−');
  return axes.map(
    (axis) => [strings.recognition.axes[axis]!, `${place(box.least[axis])} … ${place(box.greatest[axis])} mm`] as const,
  );
}

const rounded = (digits: number) => ({ minimumFractionDigits: digits, maximumFractionDigits: digits });
