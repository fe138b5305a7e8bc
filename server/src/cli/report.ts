import type { Finding } from '../finding.js';
import type { Job } from '../jobs/job.js';
import { stages } from '../stage.js';
import { formatTable } from './table.js';

/** Findings for people: what each part of the text was understood as, and what came of it. */
export function formatFindings(findings: readonly Finding[]): string {
  return formatTable(
    ['prompt', 'understood as', 'code', 'mL', ''],
    findings.map((finding) => {
      const { prompt } = finding;
      if (finding.status === 'refused') return [prompt, '', '', '', finding.reason];
      const { name, code } = finding.target;
      const understood = [prompt, name, `${code.scheme} ${code.value}`] as const;
      return finding.status === 'found'
        ? [...understood, Number(finding.volumeMl.toFixed(finding.volumeMl < 10 ? 2 : 1)), '']
        : [...understood, '', finding.reason];
    }),
  );
}

/** "retrieving 0.4 s, preparing 0.1 s, …" */
export function formatStageTimes({ stageTimes }: Pick<Job, 'stageTimes'>): string {
  return stages
    .flatMap((stage) => {
      const milliseconds = stageTimes[stage];
      return milliseconds === undefined ? [] : [`${stage} ${(milliseconds / 1000).toFixed(2)} s`];
    })
    .join(', ');
}
