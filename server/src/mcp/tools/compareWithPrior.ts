import { z } from 'zod';
import type { ComparedFinding, Comparison, MeasuredAtATime } from '#contract/comparison.js';
import { hasEnded } from '#contract/jobState.js';
import { type Registration, registrationModes } from '#contract/registration.js';
import { clientOf } from '../../http/clientOf.js';
import { identityOf, principalOf } from '../../http/principalOf.js';
import { followToEnd } from '../calls/followToEnd.js';
import { type AgentParts, type Tool, tool } from '../calls/tool.js';
import { isOwnWords, viewProblem, viewTarget } from '../shown/views.js';
import { jobInput, waitInput } from './inputs.js';

export const compareWithPrior = ({ jobs, service, comparisons, reads }: AgentParts): Tool =>
  tool({
    name: 'compare_with_prior',
    title: 'Compare with an earlier study',
    description:
      'Compares the findings of a completed job with the same structures on the earlier study of the patient whose ' +
      'protocol is nearest: volumes before and now in mL, their change, and the days between. Differences between ' +
      'the two protocols are named, because a change may come from them. Instances, such as lesions, are matched by ' +
      'place, if need be after a rigid registration of the images. Nothing is written to the archive. If the ' +
      'earlier study is still being segmented, call it again.',
    input: z.strictObject({
      job: jobInput,
      wait_seconds: waitInput,
      registration: z
        .enum(registrationModes)
        .optional()
        .describe('Whether places are matched after a rigid registration; absent: where they cannot be otherwise'),
    }),
    scopes: ['jobs:write'],
    isReadOnly: false,
    async run({ job: id, wait_seconds: seconds, registration }, call) {
      const { request, signal } = call;
      const job = await call.job(id);
      const mayFind = identityOf(request).mayFindStudy;
      await reads.searched(request, '/mcp/compare_with_prior?PatientID');
      const asker = { principal: principalOf(request), client: clientOf(request), mayFind, signal };
      const { comparison, created } = await comparisons.start(job, asker, { isStored: false, registration: 'none' });
      await reads.opened(request, comparison.prior.studyInstanceUID);
      const earlier = await followToEnd(jobs, comparison.before.job, seconds, call);
      if (call.isCancelled() && created && !hasEnded(earlier))
        await service.cancel(earlier.id, principalOf(request)).catch(() => {});
      return { value: viewComparison(await comparisons.read(job, earlier, { mayFind, signal }, { registration })) };
    },
  });

/** A comparison without dates, UIDs and texts from the images. */
function viewComparison({ now, before, prior, modelsDiffer, registration, findings }: Comparison) {
  const quotesNobody = !findings.some(({ target }) => isOwnWords(target));
  return {
    job: now.job,
    earlierJob: before.job,
    state: before.state,
    ...(before.problem && { problem: viewProblem(before.problem.code) }),
    daysBetween: prior.daysBefore,
    protocolDiffersIn: prior.differences.map(({ part }) => part),
    modelsDiffer,
    ...(registration && { registration: viewRegistration(registration) }),
    findings: findings.map((finding) => viewFinding(finding, quotesNobody)),
  };
}

/** Without the sentence of an error, which may name a series. */
const viewRegistration = (registration: Registration) =>
  registration.status === 'used'
    ? { status: registration.status, text: registration.text }
    : { status: registration.status, reason: registration.reason };

function viewFinding({ target, before, now, ...figures }: ComparedFinding, quotesNobody: boolean) {
  const view = ({ cautions, ...measured }: MeasuredAtATime) => ({
    ...measured,
    ...(cautions !== undefined && {
      cautions: cautions.map(({ code, text }) => ({ code, ...(quotesNobody && { text }) })),
    }),
  });
  return {
    target: viewTarget(target),
    ...figures,
    ...(before && { before: view(before) }),
    ...(now && { now: view(now) }),
  };
}
