import { z } from 'zod';
import { neighboursSchema, type RegionPrompt } from '#contract/imagePrompts.js';
import { mostClicks, mostPoints } from '#contract/promptLimits.js';
import { refinementRequestSchema } from '#contract/refinements.js';
import { clientOf } from '../../http/clientOf.js';
import { principalOf } from '../../http/principalOf.js';
import { parseInput } from '../../http/problems.js';
import { type AgentParts, type Tool, tool } from '../calls/tool.js';
import { nameTargets } from '../shown/views.js';
import { jobInput, seriesInput, waitInput } from './inputs.js';
import { followAccepted } from './segmentByText.js';

const place = z.tuple([z.number(), z.number(), z.number()]);
const part = z.boolean().describe('Whether what is there is part of the structure');
const pointedSchema = z.union([
  z.strictObject({ place, part }).describe('A click'),
  z.strictObject({ line: z.array(place).min(2).max(mostPoints), part }).describe('A scribble: a line over voxels'),
  z
    .strictObject({ outline: z.array(place).min(3).max(mostPoints), part })
    .describe('A lasso: a closed outline on one slice, in which exactly what it encloses changes'),
]);

const input = z.strictObject({
  series: seriesInput.optional(),
  name: z.string().trim().min(1).max(200).optional().describe('With series: what is marked'),
  job: jobInput.optional().describe('Instead of series and name: the job whose result is corrected'),
  segment: z.int().min(1).max(65_535).default(1).describe('With job: Segment Number'),
  boxes: z
    .array(z.tuple([place, place]))
    .min(1)
    .max(100)
    .optional()
    .describe('Boxes by two opposite corners, in the coordinates of the patient (LPS, mm)'),
  clicks: z
    .array(pointedSchema)
    .min(1)
    .max(mostClicks)
    .optional()
    .describe(
      'Instead of boxes: clicks, scribbles and lassos in their order, in the coordinates of the patient (LPS, mm)',
    ),
  one_slice: z.boolean().default(false).describe('Change only the slice of each box or lasso'),
  neighbours: neighboursSchema.shape.policy
    .optional()
    .describe(
      'With job: other segments where this one grows. overlapping (default): both have the voxels; exclusive: the ' +
        'others lose them; onlyEmpty: it does not grow into them',
    ),
  locked: neighboursSchema.shape.locked.describe('With job: Segment Numbers of others into which it does not grow'),
  wait_seconds: waitInput,
});

export const refine = (parts: AgentParts): Tool =>
  tool({
    name: 'refine',
    title: 'Segment by boxes or clicks',
    description:
      'Makes a segment of a series by boxes, or by clicks, scribbles and lassos on its images, or corrects a segment ' +
      'of a stored result by them. The outcome is stored in the archive as a new object; a person is asked first.',
    input,
    scopes: ['jobs:write', 'images:store'],
    isReadOnly: false,
    startsJob: true,
    async run(
      { series: handle, name, job: id, segment, boxes, clicks, one_slice: oneSlice, wait_seconds: seconds, ...others },
      call,
    ) {
      const drawn = {
        ...(boxes && { boxes: boxes.map((corners) => ({ kind: 'box' as const, corners })) }),
        ...(clicks && { clicks: clicks.map((each) => promptOf(each, oneSlice)) }),
        // With nothing that is on one slice, the request is refused.
        ...(oneSlice && !clicks?.some((each) => 'outline' in each) && { throughSlices: false }),
      };
      const neighbours = neighboursOf(others);
      const source = id === undefined ? await call.series(handle ?? '') : { job: await call.job(id) };
      const asked = parseInput(
        refinementRequestSchema,
        'job' in source
          ? { ...drawn, ...neighbours, corrects: { job: source.job.id, segmentNumber: segment } }
          : { ...drawn, ...neighbours, ...source, name },
      );
      const what = 'clicks' in asked ? countsOf(asked.clicks) : `what is in ${countOf(asked.boxes, 'box')}`;
      await call.confirm(
        'job' in source
          ? `Correct segment ${segment} of the result with ${nameTargets(source.job.targets)} by ${what}, ` +
              `${neighbours.neighbours?.policy === 'exclusive' ? 'take what it gains from other segments, ' : ''}` +
              'and store the outcome in the archive?'
          : `Segment ${'clicks' in asked ? `by ${what}` : what} on the images, and store the outcome in the archive?`,
      );
      const { request } = call;
      const accepted = await parts.service.refine(asked, principalOf(request), clientOf(request));
      return followAccepted(parts, accepted, seconds, call);
    },
  });

/** Of a correction; the request of a new segment is refused with it. */
function neighboursOf({ neighbours: policy, locked }: Pick<z.infer<typeof input>, 'neighbours' | 'locked'>) {
  if (policy === undefined && locked === undefined) return {};
  return { neighbours: { policy: policy ?? 'overlapping', ...(locked && { locked }) } } as const;
}

function promptOf(pointed: z.infer<typeof pointedSchema>, oneSlice: boolean): RegionPrompt {
  if ('place' in pointed) return { kind: 'click', ...pointed };
  if ('line' in pointed) return { kind: 'scribble', ...pointed };
  return { kind: 'lasso', ...pointed, ...(oneSlice && { throughSlices: false }) };
}

const plurals = { click: 'clicks', scribble: 'scribbles', lasso: 'lassos', box: 'boxes' } as const;

const countOf = ({ length }: readonly unknown[], one: keyof typeof plurals): string =>
  length === 1 ? `a ${one}` : `${length} ${plurals[one]}`;

const countsOf = (prompts: readonly RegionPrompt[]): string =>
  inWords.format(
    (['click', 'scribble', 'lasso'] as const).flatMap((kind) => {
      const those = prompts.filter((each) => each.kind === kind);
      return those.length > 0 ? countOf(those, kind) : [];
    }),
  );
const inWords = new Intl.ListFormat('en-GB');
