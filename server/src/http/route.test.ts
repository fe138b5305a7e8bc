import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { z } from 'zod';
import { openApiOf } from './openApi.js';
import { sendProblems } from './problems.js';
import { route, routerOf } from './route.js';

const thing = z.object({ id: z.string(), size: z.int() });
const routes = [
  route({
    method: 'get',
    path: '/things/{id}',
    operationId: 'readThing',
    summary: 'One thing',
    params: z.object({ id: z.string().max(5).describe('Id of the thing') }),
    query: z.object({ size: z.coerce.number().int().default(1).describe('How large') }),
    responses: { 200: { description: 'The thing', schema: thing } },
    handler: ({ params: { id }, query: { size }, send }) => send(200, { id, size }),
  }),
  route({
    method: 'get',
    path: '/things/largest',
    operationId: 'readLargest',
    summary: 'The largest thing',
    responses: { 200: { description: 'The thing', schema: thing } },
    handler: ({ send }) => send(200, { id: 'largest', size: 9 }),
  }),
  route({
    method: 'delete',
    path: '/things/{id}',
    operationId: 'deleteThing',
    summary: 'Delete a thing',
    params: z.object({ id: z.string() }),
    responses: { 204: { description: 'It is gone' } },
    handler: ({ send }) => send(204),
  }),
];

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer(express().use('/api', routerOf(routes)).use(sendProblems));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});
afterAll(() => void server.close());

describe('a route', () => {
  it('gets what it declares, checked', async () => {
    expect(await (await fetch(`${url}/things/a?size=3`)).json()).toEqual({ id: 'a', size: 3 });
    const refused = await fetch(`${url}/things/abcdef`);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: 'request-invalid',
      details: { fields: [{ field: 'id', message: expect.any(String) }] },
    });
  });

  it('with a literal path goes before one with a parameter there', async () => {
    expect(await (await fetch(`${url}/things/largest`)).json()).toEqual({ id: 'largest', size: 9 });
  });

  it('may send nothing', async () => {
    const response = await fetch(`${url}/things/a`, { method: 'DELETE' });
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('is described by what it checks', () => {
    const { paths, components } = openApiOf(routes, {
      title: 'Things',
      version: '1',
      description: '',
      problem: z.object({ code: z.string() }),
      schemas: { Thing: thing },
      access: {
        schemes: { bearer: { type: 'http', scheme: 'bearer' } },
        ofRoute: ({ method }) => ({ description: method, security: [{ bearer: ['things'] }] }),
      },
    });
    expect(paths?.['/things/{id}']?.get).toMatchObject({
      parameters: [
        { in: 'path', name: 'id', required: true, description: 'Id of the thing', schema: { maxLength: 5 } },
        { in: 'query', name: 'size', description: 'How large', schema: { type: 'integer', default: 1 } },
      ],
      responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } },
    });
    expect(paths?.['/things/{id}']).toHaveProperty('delete');
    expect(components?.schemas).toHaveProperty('Thing');
    expect(components?.securitySchemes).toHaveProperty('bearer');
    expect(paths?.['/things/{id}']?.get).toMatchObject({ description: 'get', security: [{ bearer: ['things'] }] });
  });
});
