import { z } from 'zod';
import { segmentationRequestSchema } from '#contract/job.js';
import { hasEnded } from '#contract/jobState.js';
import { clientOf } from '../../http/clientOf.js';
import { principalOf } from '../../http/principalOf.js';
import { parseInput } from '../../http/problems.js';
import type { AcceptedJob } from '../../jobs/jobService.js';
import { explainPrompts } from '../../story/explainPrompts.js';
import { findSeries } from '../../story/findSeries.js';
import { followToEnd } from '../calls/followToEnd.js';
import { requireScopes } from '../calls/requireScopes.js';
import { type AgentParts, type Call, type Tool, type ToolResult, tool } from '../calls/tool.js';
import { nameTargets, viewJob } from '../shown/views.js';
import { seriesInput, waitInput } from './inputs.js';

const input = z.strictObject({
  series: seriesInput,
  text: z.string().trim().min(1).max(1000).describe('What to segment, such as "liver and both kidneys"'),
  store: z
    .boolean()
    .default(false)
    .describe('Also store the segmentation in the archive, as a new series; a person is asked first'),
  allow_partial: z
    .boolean()
    .default(false)
    .describe('Run what is understood, even if a part of the text is not; the rest is returned as refused'),
  wait_seconds: waitInput,
});

/** A day: without storing, a job runs as a recognition, which needs a time limit. */
const longestSeconds = 86_400;

export const segmentByText = (parts: AgentParts): Tool =>
  tool({
    name: 'segment_by_text',
    title: 'Segment by text',
    description:
      'Segments what a text names in a series, and returns findings: volumes in mL, diameters and places in mm ' +
      '(LPS), or why something was not found. ' +
      'Without "store" nothing is written to the archive, and there is no picture. ' +
      'If the text also asks for a comparison with the earlier study (“liver now and before”), the result has ' +
      '"comparesWithPrior": then call compare_with_prior. ' +
      'Cancelling the call or its task cancels the job. Research use only.',
    input,
    scopes: ['jobs:write'],
    isReadOnly: false,
    startsJob: true,
    async run({ series: handle, text, store, allow_partial: allowPartial, wait_seconds: seconds }, call) {
      const series = await call.series(handle);
      const asked = parseInput(segmentationRequestSchema, {
        ...series,
        prompts: [text],
        allowPartial,
        ...(!store && { recognize: { store: false, withinSeconds: longestSeconds } }),
      });
      if (store) {
        requireScopes(call.request, ['images:store']);
        const stated = await findSeries(parts.archive, series.studyInstanceUID, series.seriesInstanceUID, call.signal);
        const { resolutions } = await explainPrompts(parts.library, { ...stated, prompts: [text] });
        const targets = resolutions.flatMap((part) => part.targets);
        // Parts that are not understood are refused below, without a question.
        if (targets.length > 0 && (allowPartial || resolutions.every((part) => part.targets.length > 0)))
          await call.confirm(
            `Segment ${nameTargets(targets)} and store the segmentation in the archive, as a new series of the study?`,
          );
      }
      const { request } = call;
      const accepted = await parts.service.submit(asked, principalOf(request), clientOf(request));
      return followAccepted(parts, accepted, seconds, call);
    },
  });

/** Waits for a job that was just accepted; if the agent cancels the call, the job is cancelled. */
export async function followAccepted(
  { jobs, service }: AgentParts,
  accepted: AcceptedJob,
  seconds: number,
  call: Call,
): Promise<ToolResult> {
  call.accepted?.(accepted);
  const { created } = accepted;
  const { id } = accepted.job;
  const job = await followToEnd(jobs, id, seconds, call);
  // Another call or a person may be waiting for a job that already existed.
  if (call.isCancelled() && created && !hasEnded(job))
    await service.cancel(id, principalOf(call.request)).catch(() => {});
  return { value: viewJob(job) };
}
