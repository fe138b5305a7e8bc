import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { readDataset } from '../evaluation/dataset.js';
import { drawEvaluation } from '../evaluation/drawEvaluation.js';
import { evaluateDataset } from '../evaluation/evaluateDataset.js';
import { formatCsv, formatMarkdown, formatStructuresCsv } from '../evaluation/formatEvaluation.js';
import { formatPage } from '../evaluation/formatPage.js';
import { type ConfigOptions, readConfig } from '../platform/config.js';
import { PromptsegError } from '../platform/errors.js';
import { createSegmenter } from '../segmenter/packages/createSegmenter.js';
import { readModels } from '../segmenter/packages/readModels.js';
import { chooseModel } from '../story/chooseModel.js';
import { type NiftiModality, niftiModalities } from '../volume/volumeOfNifti.js';
import { printsJson, runsModels } from './options.js';
import { print, say } from './terminal/print.js';

export function addEvaluateCommand(program: Command): void {
  const evaluate = program
    .command('evaluate')
    .description('measure a model on a labelled dataset (Dice, surface distance); needs no server')
    .requiredOption('--dataset <folder>', "dataset.json, images/ and labels/ in nnU-Net's layout")
    .option('--model <id>', 'model package (default: by modality and labels)')
    .addOption(
      new Option('--modality <name>', 'modality of the images, if dataset.json does not state it').choices(
        niftiModalities,
      ),
    )
    .option('--tolerance <mm>', 'tolerance of the normalised surface distance', '2')
    .option('--out <folder>', 'output folder', 'promptseg-evaluation');
  printsJson(runsModels(evaluate)).action(evaluateCommand);
}

/**
 * `promptseg evaluate`: measures a model on a labelled dataset with the server's segmenter, without a server. Writes
 * `evaluation.json`, `.md`, `.html`, `.csv` and `.svg`, `structures.csv`, and pictures. After an interruption it
 * continues where it stopped; after Ctrl-C it writes the files of what was measured. The exit code is 1 if no case
 * could be measured, 130 after Ctrl-C.
 */
async function evaluateCommand(
  options: ConfigOptions & {
    dataset: string;
    model?: string;
    modality?: NiftiModality;
    tolerance: string;
    out: string;
    json?: boolean;
  },
): Promise<void> {
  const toleranceMm = Number(options.tolerance);
  if (!(toleranceMm >= 0 && toleranceMm <= 100))
    throw new PromptsegError('options-invalid', 'The tolerance must be a number of mm from 0 to 100.');
  const config = readConfig(options);
  const dataset = await readDataset(options.dataset, options.modality);
  const { model, reason } = chooseModel(await readModels(config), {
    modality: dataset.modality,
    prompts: dataset.labels.map(({ prompt }) => prompt),
    ...(options.model !== undefined && { model: options.model }),
  });
  const onProgress = (message: string): void => void (options.json || say(message));
  onProgress(`${model.manifest.name}: ${reason}`);
  const { executionProvider, gpu } = config;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      onProgress('Stopping; what was measured is kept.');
      stopping.abort();
    });
  const evaluation = await evaluateDataset(dataset, model, {
    folder: options.out,
    toleranceMm,
    signal: stopping.signal,
    openSegmenter: () => createSegmenter(model, { executionProvider, gpu, threads: 0 }),
    onProgress,
  });

  await mkdir(options.out, { recursive: true });
  const write = (name: string, content: string): Promise<void> => writeFile(path.join(options.out, name), content);
  const page = formatMarkdown(evaluation);
  await write('evaluation.json', `${JSON.stringify(evaluation, undefined, 2)}\n`);
  await write('evaluation.md', page);
  const readPicture = (address: string) => readFile(path.join(options.out, address)).catch(() => undefined);
  await write('evaluation.html', await formatPage(evaluation, readPicture));
  await write('evaluation.csv', formatCsv(evaluation));
  await write('structures.csv', formatStructuresCsv(evaluation));
  await write('evaluation.svg', drawEvaluation(evaluation));
  print(options.json, evaluation, () => page.trimEnd());
  if (evaluation.left > 0) process.exitCode = 130;
  else if (evaluation.cases.length === 0) process.exitCode = 1;
}
