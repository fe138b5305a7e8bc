import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { DryRunView, PlannedJobView, RulesView, RuleView } from '#contract/rules.js';
import { PromptsegError } from '../platform/errors.js';
import { parseRuleSetText, parseRulesText } from '../routing/rules/parseRules.js';
import type { RuleProblem } from '../routing/rules/ruleProblems.js';
import { requireNotTooWide } from '../routing/rules/tooWide.js';
import { callApi } from './apiClient.js';
import { addBackfillCommands } from './backfill.js';
import { callsServer, printsJson, type ServerOptions } from './options.js';
import { print } from './terminal/print.js';
import { formatTable } from './terminal/table.js';

export function addRuleCommands(program: Command): void {
  const rules = program.command('rules').description('routing rules: which new series are segmented automatically');
  callsServer(rules.command('list').description('list the rules in the order of their evaluation')).action(
    listRulesCommand,
  );
  callsServer(rules.command('show').description('show one rule').argument('<name>')).action(showRuleCommand);
  printsJson(
    rules.command('validate').description('check a file with rules; needs no server').argument('<file>'),
  ).action(validateRulesCommand);
  callsServer(
    rules
      .command('test')
      .description('show what a rule would do with each series of a study; nothing is queued')
      .argument('<name>')
      .requiredOption('--study <uid>', 'Study Instance UID'),
  ).action(testRuleCommand);
  callsServer(
    rules
      .command('apply')
      .description('replace the rules of the server by those in a file')
      .argument('<file>')
      .option('--confirm', 'allow rules that match every series'),
  ).action(applyRulesCommand);
  addBackfillCommands(rules);
  for (const enabled of [true, false]) {
    const verb = enabled ? 'enable' : 'disable';
    callsServer(rules.command(verb).description(`${verb} a rule`).argument('<name>')).action(
      (name: string, options: ServerOptions) => enableRuleCommand(name, enabled, options),
    );
  }
}

/** `promptseg rules list` */
async function listRulesCommand({ server, json }: ServerOptions): Promise<void> {
  const view = await callApi<RulesView>(server, '/rules');
  print(json, view, () => {
    const { ruleFile } = view;
    const refused = ruleFile?.state === 'refused' ? `\nThe rule file is refused: ${ruleFile.problem?.detail}` : '';
    if (view.rules.length === 0) return `There are no rules.${refused}`;
    return `${formatTable(
      ['rule', 'version', 'enabled', 'kept in', 'prompts'],
      view.rules.map(({ rule, version, origin }) => [
        rule.name,
        version,
        rule.enabled ? 'yes' : 'no',
        origin === 'file' ? 'rule file' : 'database',
        rule.prompts.join(', '),
      ]),
    )}${refused}`;
  });
}

/** `promptseg rules show NAME`: as JSON, which is also YAML and can be applied again. */
async function showRuleCommand(name: string, { server, json }: ServerOptions): Promise<void> {
  const view = await callApi<RuleView>(server, pathOf(name));
  print(json, view, () => {
    const head = `version ${view.version} since ${view.since}${view.readOnly ? ', kept in the rule file' : ''}`;
    return [head, JSON.stringify(view.rule, undefined, 2), ...view.advice].join('\n');
  });
}

/** `promptseg rules validate FILE`: without a server. Exit code 1 if the file is not valid. */
async function validateRulesCommand(file: string, { json }: Pick<ServerOptions, 'json'>): Promise<void> {
  const text = await readRuleFile(file);
  let problems: readonly RuleProblem[] = [];
  try {
    for (const rule of parseRulesText(text)) requireNotTooWide(rule);
  } catch (error) {
    if (!(error instanceof PromptsegError)) throw error;
    problems = (error.details.problems as readonly RuleProblem[]) ?? [{ pointer: '', message: error.message }];
    process.exitCode = 1;
  }
  print(json, { valid: problems.length === 0, problems }, () =>
    problems.length === 0
      ? 'The rules are valid. `promptseg rules test` and `apply` check whether a model understands their prompts.'
      : problems.map((problem) => describe(file, problem)).join('\n'),
  );
}

/** In the form of compiler messages, so that editors can jump to the place. */
const describe = (file: string, { pointer, line, column, message }: RuleProblem): string =>
  `${file}:${line === undefined ? '' : `${line}:${column}:`} ${pointer} ${message}`.replaceAll('  ', ' ');

/** `promptseg rules test NAME --study UID` */
async function testRuleCommand(
  name: string,
  { server, json, study }: ServerOptions & { readonly study: string },
): Promise<void> {
  const view = await callApi<DryRunView>(server, `${pathOf(name)}/test`, {
    method: 'POST',
    body: JSON.stringify({ studyInstanceUID: study }),
  });
  print(json, view, () =>
    formatTable(
      ['modality', 'series', 'images', 'matches', 'because'],
      view.series.map(({ modality, description, numberOfImages, matched, because, job, problem }) => [
        modality,
        description,
        numberOfImages,
        matched ? 'yes' : 'no',
        [because, ...(job ? plannedJob(job) : []), problem?.detail]
          .filter((sentence) => sentence !== undefined)
          .join(' '),
      ]),
    ),
  );
}

/** What would run, and what would be stored beside the segmentation. */
function plannedJob({ targets, model, request }: PlannedJobView): readonly string[] {
  const beside = Object.entries(request.output ?? {}).flatMap(([name, value]) => (value === true ? [name] : []));
  return [
    `${targets.map(({ name }) => name).join(', ')} with ${model.id}.`,
    ...(beside.length > 0 ? [`Also stores ${beside.join(', ')}.`] : []),
  ];
}

/** `promptseg rules apply FILE`: replaces all rules in the database by those of the file. */
async function applyRulesCommand(
  file: string,
  { server, json, confirm }: ServerOptions & { readonly confirm?: boolean },
): Promise<void> {
  const text = await readRuleFile(file);
  // Reports errors with their position in the file, before the server is called.
  parseRuleSetText(text);
  const { etag } = await callApi<RulesView>(server, '/rules');
  const view = await callApi<RulesView>(server, `/rules${confirm ? '?confirm=true' : ''}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml', 'if-match': etag },
    body: text,
  });
  print(json, view, () =>
    [
      `${view.rules.length} rules are valid now.`,
      ...view.rules.flatMap(({ rule, advice }) => advice.map((sentence) => `${rule.name}: ${sentence}`)),
    ].join('\n'),
  );
}

/** `promptseg rules enable NAME` and `disable NAME` */
async function enableRuleCommand(name: string, enabled: boolean, { server, json }: ServerOptions): Promise<void> {
  const { rule, etag } = await callApi<RuleView>(server, pathOf(name));
  const view = await callApi<RuleView>(server, pathOf(name), {
    method: 'PUT',
    headers: { 'if-match': etag },
    body: JSON.stringify({ ...rule, enabled }),
  });
  print(json, view, () => `The rule ${name} is ${enabled ? 'enabled' : 'disabled'}.`);
}

const pathOf = (name: string): string => `/rules/${encodeURIComponent(name)}`;

async function readRuleFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PromptsegError('options-invalid', `The file ${file} cannot be read (${cause.code}).`, { cause });
  });
}
