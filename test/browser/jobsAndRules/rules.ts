import { writeFile } from 'node:fs/promises';
import { beforeAll, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import type { RuleView } from '../../../server/contract/rules.js';
import { uidsOf } from '../../endToEnd/productClient.js';
import { newPage } from '../../support/chromium.js';
import { eventually } from '../../support/eventually.js';
import { tinyBody } from '../../support/tinyBody.js';
import { seriousInBothThemes } from '../axe.js';
import { screenshot as savePicture } from '../screenshot.js';
import { browser, type OpenedPage, openPage, orthanc, rulesFile, server, widthsTooNarrow } from './running.js';

let opened: OpenedPage;
let page: Page;

const section = (name: string): Locator => page.getByRole('region', { name });
const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: typeof name === 'string' });
const field = (name: string): Locator => page.getByLabel(name, { exact: true });
const text = (): Locator => field('The rule as YAML');
const rule = (name: string): Locator => page.locator(`[data-rule="${name}"]`);
const stored = async (name: string): Promise<RuleView> =>
  (await (await fetch(`${server.url}/api/v1/rules/${name}`)).json()) as RuleView;

/** Makes the button do something, which it does not while the rule has mistakes. */
async function save(name: 'Save' | 'Create rule'): Promise<void> {
  await page.locator(`button[aria-disabled="false"]`, { hasText: name }).click();
}

const screenshot = (name: string): Promise<void> => savePicture(page, name, { fullPage: true });

const violations = (): Promise<string[]> => seriousInBothThemes(page);

async function fillCondition(number: string, attribute: string, value: string): Promise<void> {
  const row = page.getByRole('group', { name: `Condition ${number}`, exact: true });
  await row.getByLabel('Attribute').fill(attribute);
  const input = row.getByLabel('Value');
  if ((await input.evaluate((element) => element.tagName)) === 'SELECT') await input.selectOption(value);
  else await input.fill(value);
}

/** The archive holds one series, and nothing was asked for. */
export function describeRules(): void {
  beforeAll(async () => {
    opened = await openPage('/rules');
    page = opened.page;
  });

  it('explains what a rule is where there is none, and offers one to begin with', async () => {
    await section('Rules').getByText('No rule yet').waitFor();
    await section('What arrives').getByText('Following').waitFor();
    expect(await violations()).toEqual([]);
    await screenshot('rules-empty');
    await button('Start with this one').click();
    expect(await text().inputValue()).toContain('{ attribute: Modality, equals: MR }');
    // The example is for MR: so are the series that are looked at, until somebody wants to see others.
    await section('Recent series').getByText('No recent series fits.').waitFor();
    await section('Recent series').getByLabel('Modality').selectOption('All');
    await section('Recent series').getByText('It matches 0 of 1.').waitFor();
    await section('Recent series').getByText('Modality is CT, not MR.').first().waitFor();
    await section('Recent series').getByRole('searchbox').fill('no such series');
    await section('Recent series').getByText('No recent series fits.').waitFor();
    await button('← All rules').click();
    await button('Start with an empty one').click();
  });

  it('blames nobody for what is not typed yet, and says what is missing once it is left or asked for', async () => {
    await page.getByText('Still to fill in: Name, Prompts.').waitFor();
    expect(await page.locator('.mistake').count()).toBe(0);
    expect(await page.locator('li[data-wrong="true"]').count()).toBe(0);
    expect(await text().getAttribute('aria-invalid')).toBe('false');
    expect(await violations()).toEqual([]);
    await screenshot('rules-blank');
    await page.getByLabel(/^Name /).focus();
    await page.getByLabel('Attribute').first().focus();
    await page.locator('.mistake').first().waitFor();
    expect(await page.locator('.mistake').count()).toBe(1);
    await page.getByText('Still to fill in: Prompts.').waitFor();
    await button('Create rule').focus();
    await page.keyboard.press('Enter');
    await page.getByText('needs at least one entry').first().waitFor();
    await page.getByText('2 errors to correct before saving.').waitFor();
    await button('← All rules').click();
    await button('Start with an empty one').click();
  });

  it('makes a rule by the form, and shows meanwhile what it would match and why', async () => {
    await page.getByLabel(/^Name /).fill('lungs-of-ct');
    await fillCondition('1', 'Modality', 'CT');
    await button('Add a prompt').click();
    await field('Prompt 1').fill('left lung and heart');
    await page.locator('[data-understood=false]').getByText('“heart”: unknown. “left lung”: understood.').waitFor();
    await field('Prompt 1').fill('left lnug');
    await page.locator('[data-understood]').getByText('Left lung').waitFor();
    await section('Recent series').getByText('It matches 0 of 1.').waitFor();
    // Synthetic images are derived, and those start no job unless a rule names them.
    await button('Add a condition').click();
    await fillCondition('2', 'isDerived', 'true');
    await section('Recent series').getByText('It matches 1 of 1.').waitFor();
    await section('Recent series').getByText('Conditions', { exact: true }).click();
    await eventually(() => section('Recent series').locator('.verdicts [data-holds="true"]').allTextContents()).toEqual(
      ['True: Modality is CT.', 'True: isDerived is true.'],
    );
    expect(await violations()).toEqual([]);
    expect(await text().inputValue()).toBe(`name: lungs-of-ct
match:
  all:
    - { attribute: Modality, equals: CT }
    - { derived: isDerived, equals: true }
prompts: [ left lnug ]
`);
    await field('Prompt 1').fill('left lung');
    await screenshot('rules-form');
  });

  it('asks before it saves a rule that would match everything', async () => {
    const written = await text().inputValue();
    await text().fill(written.replace(/match:[\s\S]*(?=prompts)/, 'match: { all: [] }\n'));
    await save('Create rule');
    const question = page.getByRole('dialog', { name: 'Match everything?' });
    await question.getByText('would segment everything').waitFor();
    await screenshot('rules-everything');
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    expect((await fetch(`${server.url}/api/v1/rules/lungs-of-ct`)).status).toBe(404);
    await text().fill(written);
  });

  it('saves it, and a series that arrives is segmented and listed in its history', async () => {
    await save('Create rule');
    await page.getByText('lungs-of-ct was created.').waitFor();
    await page.waitForURL(/\?rule=lungs-of-ct$/);
    expect((await stored('lungs-of-ct')).rule.prompts).toEqual(['left lung']);
    const instances = await tinyBody('Chest CT 2');
    await orthanc.upload(instances);
    const { seriesInstanceUID } = uidsOf(instances[0]!);
    const entry = section('History').locator(`[data-series="${seriesInstanceUID}"][data-state="completed"]`);
    await entry.waitFor();
    await section('History').locator('[data-count=completed]', { hasText: '1 completed' }).waitFor();
    const link = await entry.getByRole('link', { name: /^Job of series/ }).getAttribute('href');
    const jobs = await newPage(browser);
    await jobs.goto(`${server.url}${link}`);
    await jobs
      .locator(`[data-job="${link!.split('#')[1]}"][data-linked=true]`)
      .getByText('rule lungs-of-ct, version 1')
      .waitFor();
    await jobs.close();
  });

  it('takes the rule as text, and says at the line and at the field what is wrong', async () => {
    const written = await text().inputValue();
    await text().fill(written.replace('Modality', 'Modalty'));
    await section('As text').getByText('did you mean Modality?').waitFor();
    await eventually(() => section('As text').locator('li[data-wrong="true"]').count()).toBe(1);
    await page.locator('[data-pointer="/match/all/0"]').getByText('did you mean Modality?').waitFor();
    await button('Go to line 4').click();
    await eventually(() => page.evaluate(() => getSelection()?.toString())).toContain('Modalty');
    await eventually(() => button('Save').getAttribute('aria-disabled')).toBe('true');
    await screenshot('rules-mistake');
    await text().fill('name: lungs-of-ct\nmatch: [');
    await page.getByText('The text cannot be read').waitFor();
    await text().fill(written.replace('left lung', 'left lung, airways'));
    await save('Save');
    await page.getByText('lungs-of-ct was saved as version 2.').waitFor();
    await section('Versions').locator('[data-version="2"]').getByText('was left lung').waitFor();
    expect(await field('Prompt 2').inputValue()).toBe('airways');
  });

  it('shows one of two editors what the other has changed, and asks before it drops a change', async () => {
    await field('Description').fill('Mine');
    const { rule: now, etag } = await stored('lungs-of-ct');
    const theirs = await fetch(`${server.url}/api/v1/rules/lungs-of-ct`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-match': etag },
      body: JSON.stringify({ ...now, limits: { perHour: 60 } }),
    });
    expect(theirs.status).toBe(200);
    await save('Save');
    await page.getByText('Somebody else has changed this rule; it is now version 3.').waitFor();
    await page.getByRole('alert').getByText('perHour 60').waitFor();
    await eventually(() => page.getByRole('alert').count()).toBe(1);
    await screenshot('rules-two-editors');
    expect(await field('Description').inputValue()).toBe('Mine');
    await button('← All rules').click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await button('Stay').click();
    await page.goBack();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await button('Stay').click();
    expect(page.url()).toContain('?rule=lungs-of-ct');
    await button('Use theirs, discard mine').click();
    await eventually(() => page.getByLabel('Jobs per hour, at most').inputValue()).toBe('60');
    await eventually(() => field('Description').inputValue()).toBe('');
  });

  it('tries the rule on a study without making a job', async () => {
    const dryRun = section('Dry run');
    await section('Recent series').getByRole('button', { name: 'Try on its study' }).first().click();
    await dryRun.getByRole('button', { name: 'Try', exact: true }).click();
    await dryRun.getByText(/Would segment Left lung, .* with ct-tissues/).waitFor();
    await screenshot('rules-rule');
    expect(await violations()).toEqual([]);
    await dryRun.getByLabel('Study Instance UID').fill('1.2.3');
    await dryRun.getByRole('button', { name: 'Try', exact: true }).click();
    await dryRun.getByRole('alert').waitFor();
  });

  it('says why a series is parked, and tries it again', async () => {
    const instances = await tinyBody('Chest CT 3');
    await orthanc.upload(instances.toSpliced(3, 1));
    // The newest: on a slow machine the archive reports the series twice, the first time amid the upload.
    const entry = section('History')
      .locator(`[data-series="${uidsOf(instances[0]!).seriesInstanceUID}"]`)
      .first();
    await entry.getByText('Parked', { exact: true }).waitFor();
    await entry.getByText('What to do:').waitFor();
    await section('History')
      .locator('[data-count=parked]', { hasText: /[1-9]\d* parked/ })
      .waitFor();
    expect(await violations()).toEqual([]);
    await orthanc.upload([instances[3]!]);
    await entry.getByRole('button', { name: /^Try again/ }).click();
    await page.getByText('The series is being retried.').waitFor();
    await entry.getByText('Completed', { exact: true }).first().waitFor();
  });

  it('goes back over what was there before', async () => {
    const backfill = section('Backfill');
    await backfill.getByLabel('From').fill('1990-01-01');
    await backfill.getByLabel('To').fill('2099-12-31');
    await backfill.getByText(/^\d+ stud(y has|ies have) a date in this range\.$/).waitFor();
    await backfill.getByRole('button', { name: /^Start for \d+ stud/ }).click();
    await backfill.locator('[data-backfill="running"]').or(backfill.locator('[data-backfill="completed"]')).waitFor();
    await backfill.getByRole('button', { name: /^Cancel the backfill/ }).click();
    await backfill.locator('[data-backfill="cancelled"]').waitFor();
  });

  it('shows all rules with what they say and do, and switches one off', async () => {
    await button('← All rules').click();
    const row = rule('lungs-of-ct');
    await row.getByText('Modality is CT and is derived').waitFor();
    await screenshot('rules-list');
    const tooNarrow = await widthsTooNarrow(page, [1000, 600, 360], (width) => screenshot(`rules-list-${width}`));
    expect(tooNarrow).toEqual([]);
    await row.getByRole('switch').focus();
    await page.keyboard.press('Space');
    await page.getByText('lungs-of-ct is disabled.').waitFor();
    expect((await stored('lungs-of-ct')).rule.enabled).toBe(false);
    expect(await violations()).toEqual([]);
  });

  it('shows rules of the file, which are changed there only, and what is wrong with the file', async () => {
    await writeFile(
      rulesFile(),
      'version: 1\nrules:\n  - { name: of-the-file, match: { attribute: Modality, equals: PT }, prompts: [bone] }\n',
    );
    await rule('of-the-file').getByText('In the rule file').waitFor();
    expect(await rule('of-the-file').getByRole('switch').isDisabled()).toBe(true);
    await button('Open rule of-the-file').click();
    await page.getByText('This rule is defined in the rule file; change it there.').waitFor();
    expect(await text().getAttribute('readonly')).not.toBeNull();
    expect(await button('Save').count()).toBe(0);
    await button('← All rules').click();
    await writeFile(rulesFile(), 'version: 1\nrules:\n  - name: Of The File\n');
    await page.getByText(/was refused; .*Line 3/).waitFor();
    await screenshot('rules-file-refused');
    await rule('of-the-file').waitFor();
  });
}

export const rulesPage = (): OpenedPage => opened;

/** Begins a change that is not saved. */
export async function describeTheRule(): Promise<void> {
  await button('Open rule lungs-of-ct').click();
  await field('Description').fill('Written while the server is down');
}

export async function saveAndDeleteTheRule(): Promise<void> {
  expect(await field('Description').inputValue()).toBe('Written while the server is down');
  await save('Save');
  await page.getByText('lungs-of-ct was saved as version 5.').waitFor();
  const tooNarrow = await widthsTooNarrow(page, [1000, 600, 360], (width) => screenshot(`rules-rule-${width}`));
  expect(tooNarrow).toEqual([]);
  await button('Delete rule').click();
  await page.getByRole('dialog', { name: 'Delete this rule?' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByText('lungs-of-ct was deleted.').waitFor();
  // The list is read again a moment later.
  await eventually(() => rule('lungs-of-ct').count()).toBe(0);
}
