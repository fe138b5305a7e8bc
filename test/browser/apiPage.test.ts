import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { type SmallApplication, smallApplication } from '../../server/src/cli/app/smallApplication.testSupport.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { seriousInBothThemes } from './axe.js';

const screenshots = path.resolve(import.meta.dirname, '../screenshots');

let application: SmallApplication;
let browser: Browser;
beforeAll(async () => {
  application = await smallApplication();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await application?.close();
});

describe('the page of the REST API', () => {
  it('shows the calls, with nothing from elsewhere and nothing that its policy refuses', async () => {
    const page = await newPage(browser, { viewport: { width: 1400, height: 1000 } });
    const incidents: string[] = [];
    const elsewhere: string[] = [];
    page.on('pageerror', (error) => incidents.push(String(error.stack)));
    page.on('console', (message) => message.type() === 'error' && incidents.push(message.text()));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${application.url}/`) && !request.url().startsWith('data:'))
        elsewhere.push(request.url());
    });
    await page.goto(`${application.url}/api`);
    await page.getByText('Segment a series from text').first().waitFor();
    await page.getByText('Segment a series from text').first().click();
    await page.getByText('seriesInstanceUID').first().waitFor();
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: path.join(screenshots, 'api-page.png') });
    expect(await seriousInBothThemes(page)).toEqual([]);
    expect(incidents).toEqual([]);
    expect(elsewhere).toEqual([]);
  });
});
