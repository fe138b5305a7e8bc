import { toProblem } from '../platform/errors.js';
import type { ModelPackage } from '../segmenter/packages/modelPackage.js';
import type { Segmenter } from '../segmenter/segmenter.js';
import { understandPrompts } from '../story/understandPrompts.js';
import { resampling } from './bootstrap.js';
import { type CaseRecord, keyOfCase, readCaseRecord, writeCaseRecord, writePicture } from './caseRecord.js';
import type { Dataset, DatasetCase, DatasetLabel } from './dataset.js';
import { drawMasks } from './drawMasks.js';
import { type AskedLabel, type ComparedMasks, measureCase } from './measureCase.js';
import { publishedFor } from './publishedFigures.js';
import { readCase } from './readCase.js';
import { type LabelSummary, meanOf, type OverallMean, summarize } from './summarize.js';

/** The outcome of a whole dataset: the content of `evaluation.json`. */
export interface Evaluation {
  readonly dataset: { readonly name: string; readonly modality: string };
  readonly model: { readonly id: string; readonly version: string; readonly sha256: string };
  readonly toleranceMm: number;
  readonly labels: readonly LabelSummary[];
  /** Absent if no case has any label. */
  readonly mean?: OverallMean;
  /** Labels that the model does not know, with the reason. */
  readonly notAsked: readonly { readonly label: string; readonly reason: string }[];
  /** How the confidence intervals were made. */
  readonly resampling: typeof resampling;
  readonly cases: readonly CaseRecord[];
  /** Cases that could not be measured. They count in no figure. */
  readonly failed: readonly { readonly case: string; readonly code: string; readonly reason: string }[];
  /** Cases that were left when the run was cancelled. */
  readonly left: number;
  readonly notes: readonly string[];
}

export interface EvaluateOptions {
  /** Folder for records of measured cases; those of an earlier run are reused. */
  readonly folder: string;
  readonly toleranceMm: number;
  readonly signal: AbortSignal;
  /** Opened when the first case needs it. */
  readonly openSegmenter: () => Promise<Segmenter>;
  /** Called before and after every case. */
  readonly onProgress: (message: string) => void;
}

/**
 * Measures a model on a labelled dataset, case by case. A case that fails is named and does not stop the others. If the
 * run is cancelled, the evaluation is that of the cases measured so far.
 * @throws PromptsegError if the model cannot be opened
 */
export async function evaluateDataset(
  dataset: Dataset,
  model: ModelPackage,
  { folder, toleranceMm, signal, openSegmenter, onProgress }: EvaluateOptions,
): Promise<Evaluation> {
  const { id, version } = model.manifest;
  const { asked, notAsked } = askFor(dataset.labels, model);
  const settings = { modelSha256: model.sha256, toleranceMm, modality: dataset.modality };
  const cases: CaseRecord[] = [];
  const failed: Evaluation['failed'][number][] = [];
  let segmenter: Segmenter | undefined;
  try {
    for (const [index, each] of dataset.cases.entries()) {
      if (signal.aborted) break;
      const place = `${index + 1} of ${dataset.cases.length}, ${each.name}`;
      const key = await keyOfCase(each, settings, asked);
      const known = await readCaseRecord(folder, each.name, key);
      if (known !== undefined) {
        onProgress(`${place}: measured before`);
        cases.push(known);
        continue;
      }
      onProgress(place);
      segmenter ??= await openSegmenter();
      try {
        const record = await measured(each, key, segmenter);
        cases.push(record);
        onProgress(`${place}: ${record.seconds.toFixed(1)} s`);
      } catch (error) {
        if (signal.aborted) break;
        const { code, detail } = toProblem(error);
        failed.push({ case: each.name, code, reason: detail });
        onProgress(`${place}: failed. ${detail}`);
      }
    }
  } finally {
    await segmenter?.dispose();
  }

  const published = publishedFor(dataset.modality, model.vocabulary);
  const labels = asked.map((label) => summarize(label, cases, published));
  const mean = meanOf(asked, cases);
  return {
    dataset: { name: dataset.name, modality: dataset.modality },
    model: { id, version, sha256: model.sha256 },
    toleranceMm,
    labels,
    ...(mean !== undefined && { mean }),
    notAsked,
    resampling,
    cases,
    failed,
    left: dataset.cases.length - cases.length - failed.length,
    notes: dataset.notes,
  };

  /** Measures a case and keeps its record. */
  async function measured(each: DatasetCase, key: string, open: Segmenter): Promise<CaseRecord> {
    const started = performance.now();
    const labelled = await readCase(each, dataset.modality, signal);
    const onCompared = (index: number, masks: ComparedMasks): Promise<void> =>
      writePicture(folder, each.name, index, drawMasks(masks, labelled.volume));
    const measures = await measureCase(labelled, asked, open, { toleranceMm, signal, onCompared });
    const record = {
      case: each.name,
      key,
      seconds: (performance.now() - started) / 1000,
      ...measures,
    };
    await writeCaseRecord(folder, record);
    return record;
  }
}

/** The prompts for the model: the labels that it understands completely. */
function askFor(labels: readonly DatasetLabel[], { vocabulary }: ModelPackage) {
  const asked: AskedLabel[] = [];
  const notAsked: Evaluation['notAsked'][number][] = [];
  for (const { name, prompt, values } of labels) {
    const { targets, refused } = understandPrompts([prompt], vocabulary);
    if (refused.length === 0 && targets.length > 0) asked.push({ name, values, targets });
    else notAsked.push({ label: name, reason: refused.map(({ reason }) => reason).join(' ') });
  }
  return { asked, notAsked };
}
