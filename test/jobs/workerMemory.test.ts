import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

/**
 * An archive whose list of series for the study 1.1 is larger than a worker with little memory can read; other studies
 * it does not know.
 */
let archive: Server;

beforeAll(async () => {
  archive = createServer((request, response) => {
    response.setHeader('content-type', 'application/dicom+json');
    if (!request.url?.includes('1.1')) return void response.end('[]');
    const many = JSON.stringify(Array.from({ length: 20_000 }, () => ({ '00080060': { vr: 'CS', Value: ['CT'] } })));
    response.write('[');
    for (let part = 0; part < 60; part++) response.write(`${part === 0 ? '' : ','}${many.slice(1, -1)}`);
    response.end(']');
  });
  await new Promise<void>((resolve) => archive.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void archive.close());

it('a worker that runs out of memory ends its job with the sentence that says so, and the next job runs', async () => {
  const url = `http://127.0.0.1:${(archive.address() as AddressInfo).port}/dicom-web`;
  const script = path.join(import.meta.dirname, 'runJobs.mjs');
  const args = ['--max-old-space-size=96', script, url, '1.1', '1.2'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [first, second] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({
    code: 'memory-exhausted',
    detail: expect.stringMatching(
      /Out of memory while the job was retrieving\. [\d.]+ [GM]B were free .* fewer targets/,
    ),
    transient: false,
  });
  expect(second).toMatchObject({ code: expect.stringMatching(/-not-found$/) });
});

it('a worker process that cannot be started loses its job and not the server', async () => {
  const script = path.join(import.meta.dirname, 'runJobs.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'http://127.0.0.1:1', '1.1', '1.2'], {
    env: { ...process.env, NO_SUCH_PROGRAM: '1' },
  });
  const problems = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(problems).toMatchObject([{ code: 'worker-lost' }, { code: 'worker-lost' }]);
});
