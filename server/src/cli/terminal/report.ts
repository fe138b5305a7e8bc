import type { Finding, FoundFinding } from '#contract/finding.js';
import type { Job } from '#contract/job.js';
import { stages } from '#contract/jobState.js';
import { describeNorms } from '../../story/norms/describeNorms.js';
import { formatTable } from './table.js';

/**
 * A table of findings: what each part of the text was understood as, and the outcome; below it, what norms say of them.
 */
export function formatFindings(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    const { prompt } = finding;
    if (finding.status === 'refused') return [prompt, '', '', '', '', finding.reason];
    const { name, code } = finding.target;
    const understood = [prompt, name, `${code.scheme} ${code.value}`];
    if (finding.status === 'not-found') return [...understood, '', '', finding.reason];
    return [...understood, sizeOf(finding), meanOf(finding), finding.cautions?.map(({ text }) => text).join(' ') ?? ''];
  });
  const header = ['prompt', 'understood as', 'code', 'mL', 'mean', 'not found because, or caution'];
  const columns = findings.every((finding) => finding.status === 'found' && finding.cautions === undefined) ? 5 : 6;
  const table = formatTable(
    header.slice(0, columns),
    rows.map((row) => row.slice(0, columns)),
  );
  const compared = findings.flatMap((finding) =>
    finding.status === 'found' ? describeNorms(finding).map((text) => `${finding.target.name}: ${text}`) : [],
  );
  return [table, ...(compared.length > 0 ? ['', ...compared] : [])].join('\n');
}

/** Mean of the voxels in the segment, with its unit. */
function meanOf({ mean, unit }: FoundFinding): string {
  if (mean === undefined) return '';
  return `${Number(mean.toPrecision(3))} ${unit === 'arbitrary' ? 'a.u.' : (unit ?? '')}`.trimEnd();
}

/** A volume in mL, without the unit because the column states it; of single images an area in mm² or pixels. */
function sizeOf({ volumeMl, areaMm2, voxelCount }: Pick<FoundFinding, 'volumeMl' | 'areaMm2' | 'voxelCount'>) {
  const rounded = (size: number): number => Number(size.toFixed(size < 10 ? 2 : 1));
  if (volumeMl !== undefined) return rounded(volumeMl);
  return areaMm2 === undefined ? `${voxelCount} pixels` : `${rounded(areaMm2)} mm²`;
}

/** What a recognition found, the most certain first, and what it had no time to check. */
export function formatRecognition(
  findings: readonly Finding[],
  { answered, unanswered }: { readonly answered: number; readonly unanswered: readonly string[] },
): string {
  const found = findings.filter((finding) => finding.status === 'found');
  const sureness = ({ presence, score }: (typeof found)[number]): number => presence ?? score ?? 1;
  const rows = found
    .toSorted((a, b) => sureness(b) - sureness(a))
    .map(({ presence, score, ...finding }) => [
      finding.target.name,
      `${finding.target.code.scheme} ${finding.target.code.value}`,
      sizeOf(finding),
      presence?.toFixed(2) ?? '',
      score?.toFixed(2) ?? '',
    ]);
  return [
    formatTable(['found', 'code', 'mL', 'presence', 'mean probability'], rows),
    `${found.length} of ${answered} targets found.`,
    ...(unanswered.length > 0 ? [`Not checked, because time was up: ${unanswered.join(', ')}.`] : []),
  ].join('\n');
}

/** What the images show, with the certainty, in one line; none if nothing says it. */
export const formatShown = ({ shows }: Pick<Job, 'shows'>): readonly string[] =>
  shows === undefined
    ? []
    : [`${shows.text}${shows.confidence === undefined ? '' : ` Confidence ${shows.confidence.toFixed(2)}.`}`];

/** "retrieving 0.4 s, preparing 0.1 s, …" */
export function formatStageTimes({ stageTimes }: Pick<Job, 'stageTimes'>): string {
  return stages
    .flatMap((stage) => {
      const milliseconds = stageTimes[stage];
      return milliseconds === undefined ? [] : [`${stage} ${(milliseconds / 1000).toFixed(2)} s`];
    })
    .join(', ');
}
