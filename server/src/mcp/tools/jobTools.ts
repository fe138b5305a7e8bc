import { z } from 'zod';
import { principalOf } from '../../http/principalOf.js';
import { followToEnd } from '../calls/followToEnd.js';
import { type AgentParts, type Tool, tool } from '../calls/tool.js';
import { isOwnWords, nameTargets, viewJob } from '../shown/views.js';
import { jobInput, seriesInput, waitInput } from './inputs.js';

/** Tools for existing jobs. */
export const jobTools = ({ jobs, service, results, reads, handles }: AgentParts): readonly Tool[] => [
  tool({
    name: 'get_findings',
    title: 'Findings of a job',
    description: 'Returns a job with its state and findings; waits for its end if it still runs.',
    input: z.strictObject({ job: jobInput, wait_seconds: waitInput }),
    scopes: [],
    isReadOnly: true,
    async run({ job: id, wait_seconds: seconds }, call) {
      await call.job(id);
      return { value: viewJob(await followToEnd(jobs, id, seconds, call)) };
    },
  }),
  tool({
    name: 'cancel_job',
    title: 'Cancel a job',
    description: 'Cancels a job that has not begun to store its result.',
    input: z.strictObject({ job: jobInput }),
    scopes: ['jobs:write'],
    isReadOnly: false,
    async run({ job: id }, call) {
      await call.job(id);
      return { value: viewJob(await service.cancel(id, principalOf(call.request))) };
    },
  }),
  tool({
    name: 'picture',
    title: 'Picture of a result',
    description:
      'Returns an axial, a coronal and a sagittal plane of the images with a stored result over them, as PNG. It ' +
      'shows anatomy (of a head: the outline of the face), and no texts from the images.',
    input: z.strictObject({
      job: jobInput,
      segment: z.int().min(1).max(65_535).optional().describe('Only this segment, with the planes through it'),
    }),
    scopes: ['images:read'],
    isReadOnly: true,
    async run({ job: id, segment }, call) {
      const job = await call.job(id);
      // The legend of a whole picture names the targets.
      const png = await results.picture(id, undefined, segment, job.targets.some(isOwnWords));
      await reads.opened(call.request, job.request.studyInstanceUID);
      return { value: { job: id, picture: 'image/png' }, png };
    },
  }),
  tool({
    name: 'open_in_viewer',
    title: 'Link to the viewer',
    description:
      'Returns a link that opens the study of a series or job in the viewer, for a person who is signed in there and ' +
      'may see the study. Give it to the person; it holds no identifiers. It ends when the server restarts.',
    input: z.strictObject({ series: seriesInput.optional(), job: jobInput.optional() }),
    scopes: ['images:read'],
    isReadOnly: true,
    async run({ series, job }, call) {
      const { studyInstanceUID } = job === undefined ? await call.series(series ?? '') : (await call.job(job)).request;
      return { value: { link: `${call.origin}/mcp/open/${handles.ofLink(studyInstanceUID)}` } };
    },
  }),
  tool({
    name: 'delete_result',
    title: 'Delete a result',
    description:
      'Deletes from the archive what a job stored. A person is asked first. Images, edits and the record of the job ' +
      'stay.',
    input: z.strictObject({ job: jobInput }),
    scopes: ['results:delete'],
    isReadOnly: false,
    isDestructive: true,
    async run({ job: id }, call) {
      const job = await call.job(id);
      await call.confirm(`Delete the stored result with ${nameTargets(job.targets)} from the archive for good?`);
      return { value: viewJob(await results.deleteResult(id, principalOf(call.request))) };
    },
  }),
];
