import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../scripts/setup/freePort.mjs';
import { type Server, startServer } from '../../scripts/setup/server.mjs';
import { setUpViewer } from '../../scripts/setup/viewer.mjs';
import type { Job } from '../../server/contract/job.js';
import { settingsOf, startOpenIdProvider, type TestProvider } from '../access/openIdProvider.js';
import { type ProtectedArchive, serviceToken, startProtectedArchive } from '../access/protectedArchive.js';
import { launchChromium, newContext, newPage } from '../support/chromium.js';
import { eventually } from '../support/eventually.js';
import { startTestOrthanc, type TestOrthanc } from '../support/orthanc.js';
import { newServerData, type ServerData } from '../support/sharedPostgres.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { run, screenshot, type } from './viewerPage.js';

let orthanc: TestOrthanc;
let provider: TestProvider;
let archive: ProtectedArchive;
let server: Server;
let browser: Browser;
let data: ServerData;
let studies: { readonly ada: string; readonly bob: string };

beforeAll(async () => {
  orthanc = await startTestOrthanc();
  for (const name of ['ada', 'bob']) await orthanc.upload(await smallPhantom(`browser study of ${name}`));
  provider = await startOpenIdProvider({
    ada: { name: 'Ada Löwe', roles: ['researcher'] },
    bob: { name: 'Bob', roles: ['researcher'] },
  });
  archive = await startProtectedArchive(orthanc, provider);
  const found = await fetch(`${archive.url}/studies`, { headers: { authorization: `Bearer ${serviceToken}` } });
  const [first, second] = ((await found.json()) as { '0020000D': { Value: [string] } }[]).map(
    (each) => each['0020000D'].Value[0],
  );
  studies = { ada: first!, bob: second! };
  archive.mayRead.set('ada', [studies.ada]).set('bob', [studies.bob]);
  data = await newServerData('promptseg-sign-in-');
  server = await startServer({
    archive: archive.url,
    viewer: await setUpViewer(),
    data: data.folder,
    port: await freePort(),
    settings: {
      ...data.settings,
      ...settingsOf(provider),
      PROMPTSEG_ARCHIVE_TOKEN: serviceToken,
      PROMPTSEG_ARCHIVE_FORWARD_TOKEN: 'true',
    },
  });
  provider.register(server.url);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  archive?.close();
  await provider?.stop();
  await orthanc?.stop();
  await data?.remove();
});

const linkTo = (study: string): string => `${server.url}/segment-by-text?StudyInstanceUIDs=${study}`;

async function signIn(page: Page, subject: string): Promise<void> {
  await page.fill('input[name=login]', subject);
  await page.click('button');
}

it('a link to a study leads through the sign-in to its panel; after the sign-out nothing is left', async () => {
  const context = await newContext(browser);
  const page = await context.newPage();
  await page.goto(linkTo(studies.ada));
  expect(new URL(page.url()).origin).toBe(provider.issuer);
  await signIn(page, 'ada');
  await page.waitForSelector('[data-promptseg=series]');
  expect(page.url()).toBe(linkTo(studies.ada));
  await page.locator('[data-promptseg=account]').getByText('Ada Löwe').waitFor();

  await type(page, 'lungs');
  await run(page);
  const card = page.locator('[data-promptseg=job][data-state=completed]').first();
  await card.waitFor();
  expect(await card.textContent()).toContain('Requested by Ada Löwe');
  await screenshot(page, 'signed-in-panel');
  const { result } = (await page.evaluate(
    async () => (await (await fetch('/api/v1/segmentations')).json()).segmentations[0],
  )) as Job;
  const stored = await fetch(`${archive.url}/studies/${studies.ada}/series/${result!.seriesInstanceUID}/metadata`, {
    headers: { accept: 'application/dicom+json', authorization: `Bearer ${serviceToken}` },
  });
  const [segmentation] = (await stored.json()) as Record<string, { Value?: [{ Alphabetic: string }] }>[];
  // Operators' Name, Content Creator's Name
  for (const tag of ['00081070', '00700084'])
    expect([tag, segmentation?.[tag]?.Value?.[0].Alphabetic]).toEqual([tag, 'Ada Löwe^']);

  await page.goto(`${server.url}/jobs`);
  await page.getByText('requested by Ada Löwe').first().waitFor();
  // A researcher would be refused there.
  await eventually(() => page.locator('.top nav a').allTextContents()).toEqual([
    'Home',
    'Viewer',
    'Jobs',
    'Rules',
    'Models',
    'REST API',
    'Help',
  ]);
  await screenshot(page, 'signed-in-jobs');

  const other = await newPage(browser);
  await other.goto(`${server.url}/jobs`);
  await signIn(other, 'bob');
  await other.getByText('No job has ended yet.').waitFor();
  const seen = await other.evaluate(
    async (study) => ({
      jobs: await (await fetch('/api/v1/segmentations')).json(),
      jobsOfStudy: await (await fetch(`/api/v1/segmentations?study=${study}`)).json(),
      study: (await fetch(`/dicom-web/studies/${study}/series`)).status,
      studies: ((await (await fetch('/dicom-web/studies')).json()) as unknown[]).length,
    }),
    studies.ada,
  );
  expect(seen).toEqual({ jobs: { segmentations: [] }, jobsOfStudy: { segmentations: [] }, study: 403, studies: 1 });
  await other.close();

  // A tab that stays open while another one signs out says so, and how to go on.
  const second = await context.newPage();
  await second.goto(linkTo(studies.ada));
  await second.waitForSelector('[data-promptseg=account]');
  await page.click('[data-account=in] button');
  await page.getByText('You are signed out').waitFor();
  expect(new URL(page.url()).pathname).toBe('/auth/signed-out');
  await second.waitForSelector('[data-promptseg=signed-out]');
  const way = await second.locator('[data-promptseg=signed-out] a').getAttribute('href');
  expect(way).toBe(`/auth/sign-in?${new URLSearchParams({ to: `/segment-by-text?StudyInstanceUIDs=${studies.ada}` })}`);
  expect(await second.getByText(/does not respond/).count()).toBe(0);
  await screenshot(second, 'signed-out-panel');
  expect(await second.evaluate(async () => (await fetch('/api/v1/segmentations')).status)).toBe(401);
  await context.close();
});
