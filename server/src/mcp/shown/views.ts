import type { ErrorCode } from '#contract/errorTable.js';
import { errorTable } from '#contract/errorTable.js';
import type { Finding, TargetView } from '#contract/finding.js';
import type { Job } from '#contract/job.js';

/**
 * The values that an agent sees, field by field: codes, figures and names from vocabularies. Texts that people typed or
 * scanners wrote are left out, and so are sentences that could quote one.
 */

/** Whether name and code of a target are free text. */
export const isOwnWords = ({ freeText, code }: TargetView): boolean =>
  freeText !== undefined || (code.scheme === '99PROMPTSEG' && /^FT[0-9a-f]{14}$/.test(code.value));

/** A target by its code; free text only by its private code. */
export const viewTarget = (target: TargetView) => ({
  ...(isOwnWords(target) ? { ownWords: true } : { name: target.name }),
  code: {
    value: target.code.value,
    scheme: target.code.scheme,
    ...(!isOwnWords(target) && { meaning: target.code.meaning }),
  },
  ...(target.laterality !== undefined && { laterality: target.laterality }),
});

/** Names for a question to a person: "liver, spleen and 1 more in own words". */
export function nameTargets(targets: readonly TargetView[]): string {
  const names = [...new Set(targets.filter((target) => !isOwnWords(target)).map(({ name }) => name))];
  const listed = names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
  const own = targets.filter(isOwnWords).length;
  return [listed, own === 0 ? '' : `${own} in own words`].filter(Boolean).join(' and ');
}

/** Measurements: mL, mm, and LPS mm in the patient. */
function viewFinding(finding: Finding, quotesNobody: boolean) {
  const { status } = finding;
  if (finding.status === 'refused')
    return { status, code: finding.code, nearest: finding.nearest.slice(0, 10).map(viewTarget) };
  const target = viewTarget(finding.target);
  if (finding.status === 'not-found')
    return { status, target, presence: finding.presence, ...(quotesNobody && { reason: finding.reason }) };
  const { segmentNumber, volumeMl, voxelCount, areaMm2, longestAxialDiameterMm, mean, standardDeviation } = finding;
  const { unit, presence, centroidLps, boundingBoxLps, cautions, instances } = finding;
  return {
    status,
    target,
    segmentNumber,
    volumeMl,
    voxelCount,
    areaMm2,
    longestAxialDiameterMm,
    mean,
    standardDeviation,
    unit,
    presence,
    centroidLps,
    boundingBoxLps,
    ...(instances !== undefined && {
      instances: { ...instances, found: instances.found.map(({ trackingUID: _, ...instance }) => instance) },
    }),
    ...(cautions !== undefined && {
      cautions: cautions.map(({ code, text }) => ({ code, ...(quotesNobody && { text }) })),
    }),
  };
}

/** A job with its findings. `stored`: whether the archive holds a result of it. */
export function viewJob(job: Job) {
  const { id, state, progress, queuePosition, model, findings, recognition, problem, result } = job;
  const targets = [...job.targets, ...findings.flatMap((each) => ('target' in each ? [each.target] : []))];
  // Cautions and reasons name other targets.
  const quotesNobody = !targets.some(isOwnWords);
  return {
    job: id,
    state,
    ...(progress?.fraction !== undefined && { fractionOfStage: progress.fraction }),
    ...(queuePosition !== undefined && { queuePosition }),
    ...(model !== undefined && { model: { id: model.id, version: model.version } }),
    targets: job.targets.map(viewTarget),
    findings: findings.map((finding) => viewFinding(finding, quotesNobody)),
    ...(recognition !== undefined && { targetsNotChecked: recognition.unanswered.length }),
    ...(job.comparesWithPrior && {
      comparesWithPrior: true,
      ...(state === 'completed' && { next: 'The text asks for a comparison: call compare_with_prior with this job.' }),
    }),
    stored: result !== undefined && job.resultDeletedAt === undefined,
    ...(job.editedResults !== undefined && { numberOfEdits: job.editedResults.length }),
    ...(problem !== undefined && { problem: viewProblem(problem.code) }),
  };
}

/** An error by its code, with the texts of the table only. */
export function viewProblem(code: ErrorCode) {
  const { title, nextStep, transient } = errorTable[code];
  return { code, title, nextStep, transient };
}
