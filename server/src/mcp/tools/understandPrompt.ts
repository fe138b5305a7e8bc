import { z } from 'zod';
import type { ResolutionView } from '#contract/prompts.js';
import { explainPrompts } from '../../story/explainPrompts.js';
import { findSeries } from '../../story/findSeries.js';
import { type AgentParts, type Tool, tool } from '../calls/tool.js';
import { viewTarget } from '../shown/views.js';
import { seriesInput } from './inputs.js';

const input = z.strictObject({
  text: z.string().trim().min(1).max(1000).describe('What to segment, such as "liver and both kidneys"'),
  series: seriesInput.optional(),
  modality: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .describe('CT, MR, PT, …, where no series is named'),
});

export const understandPrompt = ({ archive, library, reads }: AgentParts): Tool =>
  tool({
    name: 'understand_prompt',
    title: 'What a text means',
    description:
      'Says how a text would be understood: its targets with their codes, the model that would run, and what is not ' +
      'understood with the nearest known targets. Nothing runs.',
    input,
    scopes: [],
    isReadOnly: true,
    async run({ text, series: handle, modality }, { request, series: find, signal }) {
      const series = handle === undefined ? undefined : await find(handle);
      if (series !== undefined) await reads.opened(request, series.studyInstanceUID);
      const stated =
        series === undefined
          ? { ...(modality !== undefined && { modality }) }
          : await findSeries(archive, series.studyInstanceUID, series.seriesInstanceUID, signal);
      const { model, because, resolutions, comparesWithPrior, seemToNameSomebody } = await explainPrompts(library, {
        ...stated,
        prompts: [text],
      });
      return {
        value: {
          model,
          because,
          parts: resolutions.map(viewPart),
          ...(comparesWithPrior && { comparesWithPrior }),
          ...(seemToNameSomebody !== undefined && { seemsToNameSomebody: true }),
        },
      };
    },
  });

/** Its text comes from this call. */
const viewPart = ({ prompt, targets, nearest, code, contradiction, knownBy, mayBeFreeText }: ResolutionView) => ({
  text: prompt,
  understood: targets.length > 0,
  targets: targets.map(viewTarget),
  ...(code !== undefined && { code }),
  ...(nearest.length > 0 && { nearest: nearest.slice(0, 10).map(viewTarget) }),
  ...(contradiction !== undefined && { contradictsSeries: true }),
  ...(knownBy !== undefined && {
    knownBy: [...knownBy.installed.map(({ id }) => id), ...knownBy.published.map(({ name }) => name)],
  }),
  ...(mayBeFreeText && { mayBeAskedInQuotationMarks: true }),
});
