import type { Centile, FoundFinding, Instance } from '#contract/finding.js';
import type { EditedResult, Job } from '#contract/job.js';
import { csvLine, roundFigure } from '../../platform/csv.js';

type Finding = Job['findings'][number] & { readonly change?: string };

const measured =
  (of: (finding: Extract<Finding, { status: 'found' }>) => number | string | undefined) => (finding: Finding) =>
    finding.status === 'found' ? of(finding) : undefined;
const rounded = (of: (finding: Extract<Finding, { status: 'found' }>) => number | undefined) =>
  measured((finding) => {
    const value = of(finding);
    return value === undefined ? undefined : roundFigure(value);
  });

const slicesOf = (cautions: FoundFinding['cautions'] = []): readonly number[] => [
  ...new Set(cautions.flatMap(({ places = [] }) => places.map(({ slice }) => slice))),
];

/** "34.2"; "<5" or ">95" beyond the norms. */
const centileCell = ({ percentile, beyond }: Centile): string =>
  `${beyond === undefined ? '' : beyond === 'below' ? '<' : '>'}${roundFigure(percentile)}`;

/**
 * Columns of one finding; `mean` and `standard_deviation` are in the unit of `unit`. Bounding boxes are voxel indices
 * of the source grid, both ends inclusive; so are the slices to look at because of a caution. Of several centiles, and
 * of what each is and by which norms, the values are separated by spaces.
 */
export const findingColumns: Readonly<Record<string, (finding: Finding) => string | number | undefined>> = {
  status: ({ status }) => status,
  prompt: ({ prompt }) => prompt,
  name: (finding) => (finding.status === 'refused' ? undefined : finding.target.name),
  code_value: (finding) => (finding.status === 'refused' ? undefined : finding.target.code.value),
  code_scheme: (finding) => (finding.status === 'refused' ? undefined : finding.target.code.scheme),
  code_meaning: (finding) => (finding.status === 'refused' ? undefined : finding.target.code.meaning),
  laterality: (finding) => (finding.status === 'refused' ? undefined : finding.target.laterality),
  anatomic_region: (finding) => (finding.status === 'refused' ? undefined : finding.target.anatomicRegion?.meaning),
  segment_number: measured(({ segmentNumber }) => segmentNumber),
  volume_ml: rounded(({ volumeMl }) => volumeMl),
  area_mm2: rounded(({ areaMm2 }) => areaMm2),
  voxel_count: measured(({ voxelCount }) => voxelCount),
  longest_axial_diameter_mm: rounded(({ longestAxialDiameterMm }) => longestAxialDiameterMm),
  mean: rounded(({ mean }) => mean),
  standard_deviation: rounded(({ standardDeviation }) => standardDeviation),
  unit: measured(({ unit }) => unit),
  score: rounded(({ score }) => score),
  first_column: measured(({ boundingBox }) => boundingBox.first[0]),
  first_row: measured(({ boundingBox }) => boundingBox.first[1]),
  first_slice: measured(({ boundingBox }) => boundingBox.first[2]),
  last_column: measured(({ boundingBox }) => boundingBox.last[0]),
  last_row: measured(({ boundingBox }) => boundingBox.last[1]),
  last_slice: measured(({ boundingBox }) => boundingBox.last[2]),
  centroid_x_mm: rounded(({ centroidLps }) => centroidLps?.[0]),
  centroid_y_mm: rounded(({ centroidLps }) => centroidLps?.[1]),
  centroid_z_mm: rounded(({ centroidLps }) => centroidLps?.[2]),
  intracranial_percent: rounded(({ intracranialPercent }) => intracranialPercent),
  centiles: measured(({ centiles }) => centiles?.map(centileCell).join(' ')),
  centiles_of: measured(({ centiles }) => centiles?.map(({ of }) => of).join(' ')),
  centile_norms: measured(({ centiles }) => centiles?.map(({ norms }) => `${norms.id}@${norms.version}`).join(' ')),
  caution_codes: measured(({ cautions }) => cautions?.map(({ code }) => code).join(' ')),
  caution_slices: measured(({ cautions }) => slicesOf(cautions).join(' ')),
  cautions: measured(({ cautions }) => cautions?.map(({ text }) => text).join(' ')),
  reason: (finding) => (finding.status === 'found' ? undefined : finding.reason),
};

type Cell = string | number | undefined;

/** A row of a table of findings: a finding, or one of its instances. */
export interface MeasuredRow {
  readonly finding: Finding;
  readonly instance?: Instance;
}

/** The row of a finding, and then one for each of its instances. */
export const rowsOf = (finding: Finding): readonly MeasuredRow[] => [
  { finding },
  ...((finding.status === 'found' ? finding.instances?.found : undefined) ?? []).map((instance) => ({
    finding,
    instance,
  })),
];

/** What an instance shares with its finding. */
const sharedColumns: ReadonlySet<string> = new Set([
  ...['prompt', 'name', 'code_value', 'code_scheme', 'code_meaning', 'laterality', 'anatomic_region'],
  'segment_number',
]);

/** Its `status` is of its own, so that a sum over what was `found` counts no voxel twice. */
const instanceColumns: Readonly<Record<string, (instance: Instance) => Cell>> = {
  status: () => 'instance',
  volume_ml: ({ volumeMl }) => roundFigure(volumeMl),
  voxel_count: ({ voxelCount }) => voxelCount,
  longest_axial_diameter_mm: ({ longestDiameterMm }) => roundFigure(longestDiameterMm),
  centroid_x_mm: ({ centroidLps }) => roundFigure(centroidLps[0]),
  centroid_y_mm: ({ centroidLps }) => roundFigure(centroidLps[1]),
  centroid_z_mm: ({ centroidLps }) => roundFigure(centroidLps[2]),
  instance: ({ number }) => number,
  perpendicular_diameter_mm: ({ perpendicularDiameterMm }) => roundFigure(perpendicularDiameterMm),
  diameter_slice: ({ slice }) => slice,
  tracking_uid: ({ trackingUID }) => trackingUID,
};

/**
 * Columns of a finding or an instance: those of findings, then those that only instances have. `diameter_slice` is the
 * slice of both diameters, counted from 0.
 */
export const measuredColumns: Readonly<Record<string, (row: MeasuredRow) => Cell>> = Object.fromEntries(
  [...new Set([...Object.keys(findingColumns), ...Object.keys(instanceColumns)])].map((name) => [
    name,
    ({ finding, instance }: MeasuredRow): Cell =>
      instance === undefined || sharedColumns.has(name)
        ? findingColumns[name]?.(finding)
        : instanceColumns[name]?.(instance),
  ]),
);

/** Where findings come from; repeated on every row. */
export interface CsvOrigin {
  readonly studyInstanceUID?: string | undefined;
  readonly seriesInstanceUID?: string | undefined;
  readonly segmentationInstanceUID?: string | undefined;
  /** Id of the model package. */
  readonly model?: string | undefined;
  readonly modelVersion?: string | undefined;
  /** Id of the job. */
  readonly job?: string | undefined;
  readonly createdAt: string;
}

const originColumns: Readonly<Record<string, keyof CsvOrigin>> = {
  study_instance_uid: 'studyInstanceUID',
  series_instance_uid: 'seriesInstanceUID',
  segmentation_instance_uid: 'segmentationInstanceUID',
  model: 'model',
  model_version: 'modelVersion',
  job: 'job',
  created_at: 'createdAt',
};

/** Findings as CSV (RFC 4180, UTF-8): a row each, one for each of their instances, all with their origin. */
export function findingsCsv(findings: readonly Finding[], origin: CsvOrigin): string {
  const header = csvLine(['finding', ...Object.keys(measuredColumns), 'change', ...Object.keys(originColumns)]);
  const rows = findings.flatMap((finding, index) =>
    rowsOf(finding).map((row) =>
      csvLine([
        index,
        ...Object.values(measuredColumns).map((cellOf) => cellOf(row)),
        finding.change,
        ...Object.values(originColumns).map((part) => origin[part]),
      ]),
    ),
  );
  return [header, ...rows].join('');
}

/**
 * The measurements of a job as CSV: its findings, or the segments of an edited result.
 * @param edited an edited result of the job; absent for its own findings
 */
export function measurementsCsv(job: Job, edited?: EditedResult): string {
  const { request, model, result } = job;
  return findingsCsv(edited?.findings ?? job.findings, {
    studyInstanceUID: request.studyInstanceUID,
    seriesInstanceUID: request.seriesInstanceUID,
    segmentationInstanceUID: (edited ?? result)?.sopInstanceUID,
    model: model?.id,
    modelVersion: model?.version,
    job: job.id,
    createdAt: edited?.createdAt ?? job.createdAt,
  });
}
