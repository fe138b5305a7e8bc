import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { type ComparedFinding, type Comparison, instanceStatuses } from '#contract/comparison.js';
import type { Job } from '#contract/job.js';
import { hasEnded } from '#contract/jobState.js';
import { type RegistrationMode, registrationModes } from '#contract/registration.js';
import { PromptsegError } from '../platform/errors.js';
import { writeNewFile } from '../platform/writeNewFile.js';
import { callApi, requestApi } from './apiClient.js';
import { callsServer, type ServerOptions } from './options.js';
import { jobId } from './terminal/jobId.js';
import { print, say } from './terminal/print.js';
import { progressOn } from './terminal/progressLine.js';
import { formatTable } from './terminal/table.js';

interface CompareOptions extends ServerOptions {
  readonly job: string;
  readonly prior?: string;
  readonly result?: string;
  readonly csv?: boolean;
  readonly report?: string;
  readonly registration?: RegistrationMode;
}

const pollMs = 250;

export function addCompareCommand(program: Command): void {
  callsServer(
    program
      .command('compare')
      .description('compare the findings of a job with the same structures on an earlier study of the patient')
      .requiredOption('--job <id>', 'id of a completed job')
      .option('--prior <series>', 'Series Instance UID of the earlier series (default: the nearest in protocol)')
      .option('--result <uid>', 'SOP Instance UID of an edited result of the job')
      .addOption(
        new Option(
          '--registration <mode>',
          'how places are matched (default: rigid where they cannot be otherwise)',
        ).choices(registrationModes),
      )
      .option('--report <file>', 'also write the comparison as a DICOM structured report')
      .addOption(new Option('--csv', 'print CSV for programs').conflicts('json')),
  ).action(compareCommand);
}

/**
 * `promptseg compare`: segments the earlier series if need be, and prints what changed. Ctrl-C cancels that job if this
 * command started it. The exit code is 1 if the earlier series could not be segmented.
 */
async function compareCommand(options: CompareOptions): Promise<void> {
  const { server, json, csv, result, report, registration } = options;
  const id = jobId(options.job);
  const query = `?${new URLSearchParams({ ...(result && { result }), ...(registration && { registration }) })}`;
  const comparison = await compareJob(id, query, { ...options, isQuiet: json || csv });
  const { state, problem, job: earlier } = comparison.before;
  const pair = `/segmentations/${id}/comparisons/${earlier}`;
  if (state !== 'completed') process.exitCode = 1;
  else if (report !== undefined) {
    const part10 = await (await requestApi(server, `${pair}/report${query}`)).arrayBuffer();
    await writeNewFile(report, new Uint8Array(part10));
  }
  if (csv && state === 'completed')
    process.stdout.write(await (await requestApi(server, `${pair}/table.csv${query}`)).text());
  else if (json || state === 'completed') print(json, comparison, () => formatComparison(comparison));
  else say(notSegmented(problem, state));
}

const notSegmented = (problem: Comparison['before']['problem'], state: string): string =>
  `The earlier series was not segmented: ${problem?.detail ?? state}\n${problem?.nextStep ?? ''}`.trimEnd();

/** Starts the comparison of a job, and waits until the earlier series is segmented; Ctrl-C cancels that. */
async function compareJob(
  id: string,
  query: string,
  { server, prior, isQuiet }: ServerOptions & { readonly prior?: string; readonly isQuiet: boolean | undefined },
): Promise<Comparison> {
  const path = `/segmentations/${id}/comparisons`;
  const body = JSON.stringify({ seriesInstanceUID: prior, registration: 'none' });
  const started = await requestApi(server, path, { method: 'POST', body });
  const { before, prior: chosen } = (await started.json()) as Comparison;
  if (started.status === 202)
    process.once('SIGINT', () => {
      void callApi(server, `/segmentations/${before.job}`, { method: 'DELETE' }).catch(() => {});
    });

  const progress = progressOn(!isQuiet);
  for (let state = before.state; !hasEnded({ state }); ) {
    progress.show(`earlier series of ${chosen.studyDate}: ${state}`);
    await sleep(pollMs);
    ({ state } = await callApi<Job>(server, `/segmentations/${before.job}`));
  }
  progress.end();

  return callApi<Comparison>(server, `${path}/${before.job}${query}`);
}

/** The comparison that the text of a completed job asks for, or why there is none. */
export async function comparisonAsked(
  { id }: Pick<Job, 'id'>,
  options: ServerOptions,
): Promise<{ readonly comparison: Comparison } | { readonly noComparison: string }> {
  try {
    const comparison = await compareJob(id, '', { ...options, isQuiet: options.json });
    const { state, problem } = comparison.before;
    return state === 'completed' ? { comparison } : { noComparison: notSegmented(problem, state) };
  } catch (error) {
    if (!(error instanceof PromptsegError)) throw error;
    return { noComparison: error.message };
  }
}

/** The comparison for people. */
export function formatComparison(comparison: Comparison): string {
  const { prior, before, modelsDiffer, repeatability, registration, findings } = comparison;
  const days = prior.daysBefore === 1 ? '1 day' : `${prior.daysBefore} days`;
  return [
    `Before: ${prior.studyDate}, ${days} earlier; series “${prior.description}” (${prior.seriesInstanceUID}).`,
    ...prior.differences.map(({ text }) => `Note: ${text}`),
    ...(modelsDiffer ? ['Note: The two times were segmented with different versions of the model.'] : []),
    ...(registration === undefined ? [] : [`Note: ${registration.text}`]),
    ...(before.edited === undefined ? [] : ['Note: The earlier result was edited by a person; its figures are used.']),
    '',
    formatTable(['structure', 'before (mL)', 'now (mL)', 'change (mL)', 'change (%)', ''], findings.map(rowOf)),
    ...(repeatability === undefined ? [] : ['', `Repeatability: ${repeatability}`]),
    ...manyLines(findings),
    ...cautionLines(findings),
  ].join('\n');
}

const words: Readonly<Record<ComparedFinding['status'], string>> = {
  'in-both': '',
  new: 'new',
  'no-longer-found': 'no longer found',
  'in-neither': 'found at neither time',
  'not-searched': 'not searched for at both times',
};

const rowOf = (finding: ComparedFinding): (string | number)[] => {
  const { target, before, now, changeMl, changeFraction, status, isWithinRepeatability, repeatabilityPercent } =
    finding;
  const isWithin = isWithinRepeatability && `within the measured repeatability of ${repeatabilityPercent} %`;
  return [
    target.name,
    before?.volumeMl.toFixed(2) ?? '',
    now?.volumeMl.toFixed(2) ?? '',
    changeMl === undefined ? '' : signed(changeMl, 2),
    changeFraction === undefined ? '' : signed(100 * changeFraction, 1),
    isWithin || words[status],
  ];
};

const signed = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return Number(text) > 0 ? `+${text}` : text;
};

/** "Metal: 12 before, 10 now; by place 9 in both, 1 merged, 1 no longer found." */
const manyLines = (findings: readonly ComparedFinding[]): string[] => {
  const lines = findings.flatMap(({ target, instances }) => {
    if (instances === undefined) return [];
    const { before, now, changes } = instances;
    const counts = instanceStatuses.flatMap((status) => {
      const count = changes?.filter((change) => change.status === status).length ?? 0;
      return count === 0 ? [] : [`${count} ${status === 'in-both' ? 'in both' : status.replaceAll('-', ' ')}`];
    });
    const matched = changes === undefined ? 'not matched by place: another frame of reference' : counts.join(', ');
    return [`${target.name}: ${before} before, ${now} now${matched === '' ? '' : `; ${matched}`}.`];
  });
  return lines.length === 0 ? [] : ['', ...lines];
};

const cautionLines = (findings: readonly ComparedFinding[]): string[] => {
  const lines = findings.flatMap(({ target, before, now }) =>
    Object.entries({ before, now }).flatMap(([when, at]) =>
      (at?.cautions ?? []).map(({ text }) => `${target.name}, ${when}: ${text}`),
    ),
  );
  return lines.length === 0 ? [] : ['', ...lines];
};
