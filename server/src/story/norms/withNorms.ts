import type { Centile, Finding, FoundFinding } from '#contract/finding.js';
import { regionOfConcept } from '../../prompts/regionOfTarget.js';
import type { NormsPackage, NormsRow } from '../../segmenter/packages/normsPackage.js';
import type { Concept } from '../../values/concept.js';
import type { Volume } from '../../values/volume.js';
import { ageOf, sexOf } from './patientAge.js';
import { percentileOf } from './percentile.js';

/** SNOMED CT: Intracranial structure. */
const intracranialContents = '128319008';

/** Findings with what norms say of them, and one sentence for each reason why norms say nothing. */
export interface NormedFindings {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/**
 * Adds the percent of the intracranial volume to the structures inside of it, and centiles where packages of norms have
 * them for the patient's age and sex, which come from the images and are not repeated anywhere.
 *
 * @param concepts of the findings, in their order
 */
export function withNorms(
  findings: readonly Finding[],
  concepts: readonly Concept[],
  volume: Volume,
  norms: readonly NormsPackage[],
): NormedFindings {
  const contents = findings.find(
    (finding) => finding.status === 'found' && finding.target.code.value === intracranialContents,
  ) as FoundFinding | undefined;
  const whole = contents && !isCutOff(contents) ? contents.volumeMl : undefined;
  const reasons = new Map<string, string[]>();
  const normed = findings.map((finding, index) => {
    if (finding.status !== 'found') return finding;
    const percent = whole && percentOf(finding, concepts[index]!, whole);
    const withPercent = percent === undefined ? finding : { ...finding, intracranialPercent: percent };
    const centiles = norms.flatMap((each) => {
      const rows = each.rows.filter((row) => isAbout(row, finding));
      const placed = placedBy(each, rows, withPercent, volume);
      if (typeof placed !== 'string') return placed;
      const reason = JSON.stringify([each.manifest.title, placed]);
      reasons.set(reason, [...(reasons.get(reason) ?? []), finding.target.name]);
      return [];
    });
    return { ...withPercent, ...(centiles.length > 0 && { centiles }) };
  });
  return {
    findings: normed,
    notes: [...reasons].map(([reason, names]) => {
      const [title, why] = JSON.parse(reason) as [string, string];
      return `No centile by “${title}” for ${listOf(names)}: ${why}.`;
    }),
  };
}

const mostNames = 6;
const listOf = (names: readonly string[]): string =>
  names.length <= mostNames
    ? names.join(', ')
    : `${names.slice(0, mostNames).join(', ')} and ${names.length - mostNames} more`;

const isCutOff = ({ cautions = [] }: FoundFinding): boolean => cautions.some(({ code }) => code === 'cut-off');

/** Of a structure inside of the skull that no edge cuts off; undefined for any other. */
function percentOf(finding: FoundFinding, concept: Concept, whole: number): number | undefined {
  const { volumeMl } = finding;
  const isInside = regionOfConcept(concept) === 'brain' && concept.type.value !== intracranialContents;
  if (volumeMl === undefined || !isInside || isCutOff(finding) || volumeMl > whole) return undefined;
  return (100 * volumeMl) / whole;
}

const isAbout = ({ code, laterality }: NormsRow, { target }: FoundFinding): boolean =>
  code.value === target.code.value &&
  code.scheme === target.code.scheme &&
  laterality === target.laterality &&
  target.anatomicRegion === undefined;

/**
 * The centiles of a finding by one package.
 * @param rows of the package about the structure, for both sexes
 * @returns the end of a sentence if there is a row but no centile
 */
function placedBy(
  { manifest }: NormsPackage,
  rows: readonly NormsRow[],
  finding: FoundFinding,
  { header, modality }: Volume,
): readonly Centile[] | string {
  if (rows.length === 0) return [];
  if (!manifest.modalities.some((each) => each === modality)) return `it is not for images of modality ${modality}`;
  if (isCutOff(finding)) return 'the edge of the images cuts these structures off';
  const age = ageOf(header);
  if ('unknown' in age)
    return age.unknown === 'missing'
      ? "the images do not state the patient's age"
      : 'the images contradict themselves about the age of the patient';
  const sex = sexOf(header);
  const ofSex = rows.filter((row) => row.sex === 'any' || row.sex === sex);
  if (ofSex.length === 0)
    return sex === undefined ? "the images do not state the patient's sex" : 'its table has no people of that sex';
  const { id, version, title, source, population } = manifest;
  const values = { volume: finding.volumeMl, 'intracranial-percent': finding.intracranialPercent };
  const measured = ofSex.filter(({ of }) => values[of] !== undefined);
  if (measured.length === 0) return 'it needs the intracranial contents, whole and requested in the same text';
  const centiles = measured.flatMap((row): Centile[] => {
    const place = percentileOf(row, age.years, values[row.of]!);
    return place === undefined ? [] : [{ ...place, of: row.of, norms: { id, version, title, source, population } }];
  });
  return centiles.length > 0 ? centiles : 'its table does not reach the age of the patient';
}
