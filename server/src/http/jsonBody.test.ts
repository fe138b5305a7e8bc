import { createServer } from 'node:http';
import { expect, it } from '@jest/globals';
import express from 'express';
import { close, listen } from './httpServer.js';
import { jsonBody } from './jsonBody.js';

it('a body that was read already keeps no timer, and so no request, for a minute', async () => {
  const application = express().post('/twice', ...jsonBody('1mb'), ...jsonBody('2mb'), ({ body }, response) => {
    response.json(body);
  });
  const server = createServer(application);
  const url = await listen(server, { host: '127.0.0.1', port: 0 });
  const send = async (): Promise<unknown> =>
    (
      await fetch(`${url}/twice`, { method: 'POST', body: '{"a":1}', headers: { 'Content-Type': 'application/json' } })
    ).json();
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  try {
    await send();
    const before = timers();
    for (let n = 0; n < 5; n++) expect(await send()).toEqual({ a: 1 });
    expect(timers()).toBeLessThan(before + 5);
  } finally {
    await close(server);
  }
});
