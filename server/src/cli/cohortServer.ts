import type { z } from 'zod';
import type { Job, JobPage, SegmentationRequest } from '#contract/job.js';
import type { workersViewSchema } from '#contract/queue.js';
import { callApi, requestApi } from './apiClient.js';
import type { CohortServer } from './cohort/cohortServer.js';

/** @param server address of the running server */
export const cohortServer = (server: string): CohortServer => ({
  submit: (request) => callApi<Job>(server, '/segmentations', { method: 'POST', body: JSON.stringify(request) }),
  job: (id) => callApi<Job>(server, `/segmentations/${id}`),
  async find(request, since) {
    const query = new URLSearchParams({ study: request.studyInstanceUID, since, limit: '500' });
    const { segmentations } = await callApi<JobPage>(server, `/segmentations?${query}`);
    return segmentations.find((job) => isSame(job.request, request));
  },
  completed: async () => (await callApi<JobPage>(server, '/segmentations?state=completed&limit=500')).segmentations,
  workers: async () => (await callApi<z.infer<typeof workersViewSchema>>(server, '/workers')).workers.length,
  async thumbnail(job) {
    const response = await requestApi(server, `/segmentations/${job}/picture.png?size=thumbnail`);
    return new Uint8Array(await response.arrayBuffer());
  },
});

const isSame = (one: SegmentationRequest, other: SegmentationRequest): boolean =>
  one.seriesInstanceUID === other.seriesInstanceUID &&
  one.model === other.model &&
  one.priority === other.priority &&
  JSON.stringify(one.prompts) === JSON.stringify(other.prompts);
