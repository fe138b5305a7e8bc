import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { SegmentationRequest } from '../../server/contract/job.js';
import type { Problem } from '../../server/contract/problem.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData } from '../support/sharedPostgres.js';
import { tinyBody } from '../support/tinyBody.js';
import { call, uidsOf } from './productClient.js';

const repository = path.resolve(import.meta.dirname, '../..');

let request: SegmentationRequest;
let orthanc: TestOrthanc;
let folder: string;

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  const body = await tinyBody('bad surroundings');
  await orthanc.upload(body);
  request = { ...uidsOf(body[0]!), prompts: ['left lung'] };
  folder = await mkdtemp(path.join(tmpdir(), 'promptseg-surroundings-'));
});

afterAll(async () => {
  await orthanc?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function serveWith(archive: string, flags: readonly string[] = []): Promise<Server> {
  const data = await newServerData('promptseg-surroundings-data-');
  const settings = { ...orthanc.settings, ...data.settings };
  const places = { archive, viewer: await setUpViewer(), data: data.folder, port: await freePort() };
  const server = await startServer({ ...places, flags, settings });
  return {
    ...server,
    async stop() {
      await server.stop();
      await data.remove();
    },
  };
}

describe('an archive', () => {
  it('that is down is named at once, and by the doctor', async () => {
    const port = await freePort();
    const server = await serveWith(`http://127.0.0.1:${port}/dicom-web`);
    const response = await call<Problem>(server, 'POST', '/segmentations', request);
    const ready = await fetch(`${server.url}/readyz`);
    await server.stop();
    expect([response.status, response.body.code, ready.status]).toEqual([503, 'archive-unreachable', 503]);
    const checks = doctor('--archive', `http://127.0.0.1:${port}/dicom-web`);
    expect(checks.find(({ name }) => name === 'Archive')).toMatchObject({ state: 'failed', fix: expect.any(String) });
  });
});

describe('a model package', () => {
  it('whose checksum is wrong is refused by name, and nothing is run with it', async () => {
    const models = path.join(folder, 'models');
    await cp(path.join(repository, 'models/ct-tissues'), path.join(models, 'ct-tissues'), { recursive: true });
    await appendFile(path.join(models, 'ct-tissues/graphs/tissues.onnx'), 'x');
    const server = await serveWith(orthanc.dicomWebUrl, ['--models', models]);
    const response = await call<Problem>(server, 'POST', '/segmentations', request);
    await server.stop();
    expect([response.status, response.body.code]).toEqual([500, 'model-package-corrupt']);
    expect(response.body.detail).toContain('graphs/tissues.onnx');
    const checks = doctor('--archive', orthanc.dicomWebUrl, '--models', models);
    expect(checks.find(({ name }) => name === 'Model ct-tissues')).toMatchObject({ state: 'failed' });
    expect(checks.find(({ name }) => name === 'Archive')).toMatchObject({ state: 'ok' });
  });
});

function doctor(...flags: string[]): { name: string; state: string; fix?: string }[] {
  const command = path.join(repository, 'server/bin/promptseg.mjs');
  const args = [command, 'doctor', '--json', '--data', path.join(folder, 'doctor'), ...flags];
  try {
    return JSON.parse(
      execFileSync(process.execPath, args, {
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, ...orthanc.settings },
      }),
    );
  } catch (error) {
    // Something is wrong, as these tests arrange it: exit code 1 with the checks on standard output.
    return JSON.parse((error as { stdout: string }).stdout);
  }
}
