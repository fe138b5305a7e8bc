import type { Caution } from '#contract/caution.js';
import type { Finding, FoundFinding } from '#contract/finding.js';
import { adultVolumes } from '../../values/adultVolumes.js';
import type { Vector3 } from '../../values/affine.js';
import { otherStructure } from './place.js';

/**
 * Plausible volumes in mL in living people, from a newborn's to a diseased adult's, by the code of the structure's
 * type; for paired structures, of one side. Wide on purpose: a mask outside the range is not that structure, or only
 * part of it.
 */
const plausibleMl: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['12738006', [250, 2100]], // brain
  ['128319008', [300, 2500]], // intracranial contents
  ['83678007', [200, 1800]], // cerebrum
  ['372073000', [90, 900]], // cerebral hemisphere
  ['113305005', [8, 120]], // cerebellum
  ['119238007', [3, 60]], // brain stem
  ['89546000', [40, 2000]], // skull
  ['35764002', [2, 800]], // ventricles
  ['5366008', [0.4, 9]], // hippocampus
  ['42695009', [1.5, 15]], // thalamus
  ['89278009', [1, 11]], // putamen
  ['11000004', [0.8, 11]], // caudate nucleus
  ['4958002', [0.3, 6]], // amygdala
  ['39607008', [40, 5500]], // lung
  ['10200004', [80, 5500]], // liver
  ['78961009', [4, 5000]], // spleen
  ['64033007', [8, 1200]], // kidney
  ['80891009', [20, 3000]], // heart
  ['15776009', [4, 400]], // pancreas
]);

/** Structures that enclose others in everybody: code of the inner one, code of the outer one. */
const around: readonly (readonly [inner: string, outer: string])[] = [
  ['12738006', '89546000'],
  ['128319008', '89546000'],
  ['12738006', '69536005'],
];

/** Structures that everybody has as parts of another. If none of the parts is found, the whole is doubtful. */
const partsOf: ReadonlyMap<string, readonly string[]> = new Map([
  ['12738006', ['83678007', '372073000', '113305005', '40146001', '68523003']],
  ['83678007', ['372073000', '40146001', '68523003']],
  ['113305005', ['25991003', '33060004']],
]);

/** Almost nobody's left and right sides differ by more than this factor. */
const mostBetweenSides = 5;

/** A target that the model looked for. */
type Looked = Exclude<Finding, { status: 'refused' }>;

/**
 * Adds cautions to each finding, from its volume, its mask and the other findings: a brain of 10 mL, without a skull
 * around it or without any of its parts. Structures are identified by their codes, so this works for every model. A
 * structure that touches the edge of the images may be cut off and is never called too small.
 *
 * @param size voxels of the source grid: columns, rows, slices
 * @param ofMask cautions from mask and image, for the finding with this index
 */
export function withCautions<Each extends Finding>(
  findings: readonly Each[],
  size: Vector3,
  ofMask: (index: number) => readonly Caution[] = () => [],
): readonly Each[] {
  return findings.map((finding, index) => {
    if (finding.status !== 'found' || finding.volumeMl === undefined) return finding;
    const others = findings.filter((other) => other !== finding);
    const cautions = [
      ...ofVolume(finding, size),
      ...ofMask(index),
      ...ofSides(finding, others, size),
      ...ofOthers(finding, others),
    ];
    return cautions.length === 0 ? finding : { ...finding, cautions };
  });
}

function reachesEdge({ boundingBox: { first, last } }: FoundFinding, size: Vector3): boolean {
  return size.some((length, axis) => first[axis] === 0 || last[axis] === length - 1);
}

function ofVolume(finding: FoundFinding, size: Vector3): Caution[] {
  const { target, volumeMl = 0 } = finding;
  if (target.anatomicRegion !== undefined) return [];
  const { value: code } = target.code;
  const isCut = reachesEdge(finding, size);
  const sides = target.laterality === 'both' ? 2 : 1;
  const [least, most] = (plausibleMl.get(code) ?? [0, Infinity]).map((limit) => limit * sides) as [number, number];
  const impossible = { code: 'volume-impossible', volumeMl, least, most } as const;
  if (volumeMl > most)
    return [{ ...impossible, text: `${Math.round(volumeMl)} mL are more than a person's: at most ${most} mL.` }];
  if (volumeMl < least && !isCut) {
    const text = `${rounded(volumeMl)} mL are less than a person's: at least ${least} mL. It may be something else.`;
    return [{ ...impossible, text }];
  }
  return ofAdults(finding, isCut);
}

function ofAdults({ target: { code, laterality }, volumeMl = 0 }: FoundFinding, isCut: boolean): Caution[] {
  const range = adultVolumes.get(code.value);
  const isSide = laterality === 'left' || laterality === 'right';
  if (range === undefined || (isSide && !range.isPaired)) return [];
  const sides = range.isPaired && !isSide ? 2 : 1;
  const [least, most, { source }] = [range.least * sides, range.most * sides, range];
  if (volumeMl <= most && (volumeMl >= least || isCut)) return [];
  const text =
    `${rounded(volumeMl)} mL are outside of the range of adults in ${source}, ${least} to ${most} mL. ` +
    'This is no diagnosis.';
  return [{ code: 'volume-outside-adults', text, volumeMl, least, most, source }];
}

const rounded = (volume: number): number => Number(volume.toFixed(volume < 10 ? 1 : 0));

function ofSides(finding: FoundFinding, others: readonly Finding[], size: Vector3): Caution[] {
  const { code, laterality } = finding.target;
  const opposite = laterality === 'left' ? 'right' : laterality === 'right' ? 'left' : undefined;
  const other = others.find(
    (each): each is FoundFinding =>
      each.status === 'found' && each.target.code.value === code.value && each.target.laterality === opposite,
  );
  if (opposite === undefined || other === undefined || reachesEdge(finding, size) || reachesEdge(other, size))
    return [];
  const [mine, theirs] = [finding.volumeMl ?? 0, other.volumeMl ?? 0];
  const factor = Math.max(mine, theirs) / Math.min(mine, theirs);
  if (factor <= mostBetweenSides) return [];
  const text = `It differs from ${other.target.name} by a factor of ${factor.toFixed(0)}.`;
  return [{ code: 'sides-differ', text, factor, other: otherStructure(other.target) }];
}

function ofOthers(finding: FoundFinding, others: readonly Finding[]): Caution[] {
  const { code } = finding.target;
  const asked = (codes: readonly string[]) =>
    others.filter((other): other is Looked => other.status !== 'refused' && codes.includes(other.target.code.value));
  const outer = asked(around.flatMap(([inside, outside]) => (inside === code.value ? [outside] : [])));
  const cautions = outer
    .filter((each) => !encloses(each, finding))
    .map(({ target }): Caution => {
      const text = `There is no ${target.name} around it.`;
      return { code: 'not-enclosed', text, other: otherStructure(target) };
    });
  const parts = asked(partsOf.get(code.value) ?? []);
  if (parts.length === 0 || parts.some(({ status }) => status !== 'not-found')) return cautions;
  const text = `None of its parts was found: ${parts.map(({ target }) => target.name).join(', ')}.`;
  return [...cautions, { code: 'parts-missing', text, others: parts.map(({ target }) => otherStructure(target)) }];
}

/** Whether the centre of the inner structure is within the bounding box of the outer one. */
function encloses(outer: Looked, { centroidLps, boundingBoxLps }: FoundFinding): boolean {
  if (outer.status !== 'found') return false;
  const box = outer.boundingBoxLps;
  if (box === undefined || boundingBoxLps === undefined || centroidLps === undefined) return true;
  return centroidLps.every((place, axis) => place >= box.least[axis]! && place <= box.greatest[axis]!);
}
