import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { type PromptSet, promptSetSchema } from '#contract/promptSet.js';
import type { Database } from '../../database/database.js';
import { openEmbeddedDatabase } from '../../database/embeddedDatabase.js';
import { migrate } from '../../database/migrations.js';
import { asNobody } from '../../http/principalOf.js';
import { sendProblems } from '../../http/problems.js';
import { routerOf } from '../../http/route.js';
import { newDataFolder } from '../dataFolder.testSupport.js';
import { createPromptSets } from '../records/promptSets.js';
import { promptSetRoutes } from './promptSetRoutes.js';

let folder: string;
let database: Database;
let server: Server;
let url: string;

beforeAll(async () => {
  folder = await newDataFolder('promptseg-sets-');
  database = await openEmbeddedDatabase(folder);
  await migrate(database);
  server = createServer(
    express().use(asNobody, express.json(), routerOf(promptSetRoutes(createPromptSets(database))), sendProblems),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prompt-sets`;
});
afterAll(async () => {
  await new Promise((resolve) => server?.close(resolve));
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

async function call(
  method: string,
  id = '',
  body?: object,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(id === '' ? url : `${url}/${id}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}
const listed = async () => ((await call('GET')).json.promptSets as PromptSet[]).map(({ name }) => name);
const create = async (name: string) =>
  promptSetSchema.parse((await call('POST', '', { name, prompts: ['bone'] })).json);
const nowhere = '2f0d5a3e-7c40-4f5c-9a55-0c1d4a8d9e11';

describe('/prompt-sets', () => {
  it('saves, lists by name, changes and deletes', async () => {
    expect(await listed()).toEqual([]);
    const thorax = { name: 'thorax', prompts: ['left lung', 'right lung and airways'], modality: 'CT' };
    const created = await call('POST', '', thorax);
    expect(created).toMatchObject({ status: 201, json: thorax });
    const { id } = promptSetSchema.parse(created.json);
    await create('Abdomen');
    expect(await listed()).toEqual(['Abdomen', 'thorax']);

    const changed = await call('PUT', id, { name: 'Chest', prompts: ['bone'] });
    expect(changed).toMatchObject({ status: 200, json: { id, name: 'Chest', prompts: ['bone'] } });
    expect(changed.json.modality).toBeUndefined();
    expect(await listed()).toEqual(['Abdomen', 'Chest']);

    expect(await call('DELETE', id)).toEqual({ status: 204, json: {} });
    expect(await listed()).toEqual(['Abdomen']);
  });

  it('keeps a name unique, in any case, also for two at once and for a rename', async () => {
    const head = await create('Head');
    expect(await call('POST', '', { name: ' hEAD ', prompts: ['brain'] })).toMatchObject({
      status: 409,
      json: { code: 'prompt-set-exists' },
    });
    const other = await create('Other');
    expect((await call('PUT', other.id, { name: 'HEAD', prompts: ['brain'] })).status).toBe(409);
    expect((await call('PUT', head.id, { name: 'HEAD', prompts: ['brain'] })).json).toMatchObject({ name: 'HEAD' });
    const responses = await Promise.all([1, 2, 3].map(() => call('POST', '', { name: 'twice', prompts: ['fat'] })));
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('says that there is no such set', async () => {
    for (const response of [await call('DELETE', nowhere), await call('PUT', nowhere, { name: 'x', prompts: ['y'] })])
      expect(response).toMatchObject({ status: 404, json: { code: 'prompt-set-not-found' } });
  });

  it.each([
    ['no name', { prompts: ['bone'] }],
    ['a blank name', { name: '  ', prompts: ['bone'] }],
    ['a name that is too long', { name: 'x'.repeat(81), prompts: ['bone'] }],
    ['no prompts', { name: 'x', prompts: [] }],
    ['a blank prompt', { name: 'x', prompts: [' '] }],
    ['too many prompts', { name: 'x', prompts: Array.from({ length: 101 }, () => 'bone') }],
    ['a member that is not known', { name: 'x', prompts: ['bone'], owner: 'me' }],
  ])('refuses %s', async (_what, body) => {
    expect(await call('POST', '', body)).toMatchObject({ status: 400, json: { code: 'request-invalid' } });
  });

  it('refuses an id that is none', async () => {
    expect((await call('DELETE', 'x')).status).toBe(400);
  });

  it('takes hostile text for text', async () => {
    const name = `'; DROP TABLE promptseg.prompt_sets; -- <script>`;
    await create(name);
    expect(await listed()).toContain(name);
  });
});
