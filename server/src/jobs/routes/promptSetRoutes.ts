import { z } from 'zod';
import { promptSetRequestSchema, promptSetSchema, promptSetsViewSchema } from '#contract/promptSet.js';
import { principalOf } from '../../http/principalOf.js';
import { type Route, route } from '../../http/route.js';
import type { PromptSets } from '../records/promptSets.js';

const params = z.object({ id: z.uuid().describe('Id of the set') });
const theSet = { description: 'The set', schema: promptSetSchema };

/** `/prompt-sets`: named sets of prompts, shared by all users of the server. */
export function promptSetRoutes(sets: PromptSets): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/prompt-sets',
      operationId: 'listPromptSets',
      summary: 'Prompt sets, by name; all users of the server share them',
      responses: { 200: { description: 'Sets of prompts', schema: promptSetsViewSchema } },
      handler: async ({ send }) => send(200, { promptSets: await sets.list() }),
    }),
    route({
      method: 'post',
      path: '/prompt-sets',
      operationId: 'createPromptSet',
      summary: 'Save prompts under a new name',
      body: promptSetRequestSchema,
      responses: { 201: theSet },
      async handler({ body, request, response, send }) {
        const created = await sets.create(body, principalOf(request));
        response.location(`/api/v1/prompt-sets/${created.id}`);
        send(201, created);
      },
    }),
    route({
      method: 'put',
      path: '/prompt-sets/{id}',
      operationId: 'changePromptSet',
      summary: 'Change name and prompts of a prompt set',
      params,
      body: promptSetRequestSchema,
      responses: { 200: theSet },
      handler: async ({ params: { id }, body, request, send }) =>
        send(200, await sets.change(id, body, principalOf(request))),
    }),
    route({
      method: 'delete',
      path: '/prompt-sets/{id}',
      operationId: 'deletePromptSet',
      summary: 'Delete a prompt set',
      params,
      responses: { 204: { description: 'Deleted' } },
      async handler({ params: { id }, request, send }) {
        await sets.remove(id, principalOf(request));
        send(204);
      },
    }),
  ];
}
