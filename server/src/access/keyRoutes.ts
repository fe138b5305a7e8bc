import { z } from 'zod';
import { apiKeySchema, createdKeySchema, keyRequestSchema, keysViewSchema } from '#contract/apiKey.js';
import { principalOf } from '../http/principalOf.js';
import { type Route, route } from '../http/route.js';
import { PromptsegError } from '../platform/errors.js';
import type { ApiKeys } from './apiKeys.js';

const params = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{12}$/, 'is not the id of a key')
    .describe('Id of the key'),
});
const dayMs = 86_400_000;

/** `/keys`: API keys of programs. @param onRevoked ends the event streams of the key on this server */
export function keyRoutes(keys: ApiKeys, onRevoked: (id: string) => void): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/keys',
      operationId: 'listKeys',
      summary: 'API keys, without their secrets',
      responses: { 200: { description: 'Keys', schema: keysViewSchema } },
      handler: async ({ send }) => send(200, { keys: await keys.list() }),
    }),
    route({
      method: 'post',
      path: '/keys',
      operationId: 'createKey',
      summary: 'Create an API key; its secret is shown only once',
      body: keyRequestSchema,
      responses: { 201: { description: 'The key and its secret', schema: createdKeySchema } },
      async handler({ body: { name, scopes, expiresInDays }, request, response, send }) {
        const principal = principalOf(request);
        // Nobody can grant more than they have; access to every study is granted only on the server's command line.
        const missing = scopes.filter((scope) => !principal.scopes.has(scope));
        if (missing.length > 0)
          throw new PromptsegError('not-permitted', `You do not have these scopes yourself: ${missing.join(', ')}.`, {
            details: { missing },
          });
        const expiresAt = new Date(Date.now() + expiresInDays * dayMs);
        const created = await keys.create({ name, scopes, expiresAt }, principal);
        response.location(`/api/v1/keys/${created.key.id}`).set('Cache-Control', 'no-store');
        send(201, created);
      },
    }),
    route({
      method: 'delete',
      path: '/keys/{id}',
      operationId: 'revokeKey',
      summary: 'Revoke an API key; its record stays',
      params,
      responses: { 200: { description: 'The key', schema: apiKeySchema } },
      async handler({ params: { id }, request, send }) {
        const revoked = await keys.revoke(id, principalOf(request));
        onRevoked(id);
        send(200, revoked);
      },
    }),
  ];
}
