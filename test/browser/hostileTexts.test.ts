import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page, Route } from 'playwright-core';
import type { Job } from '../../server/contract/job.js';
import { submit, uidsOf, waitFor } from '../endToEnd/productClient.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { smallPhantom } from '../support/smallPhantom.js';
import { fewFrames, settled } from './settled.js';
import { type Drawer, openDrawer, screenshot } from './viewerPage.js';

/**
 * Texts that somebody else wrote (a scanner, a colleague, a model's author, another server) with markup in them, on
 * every page, in real Chromium: they are shown as they are written, nothing runs and nothing is fetched.
 */
let product: Product;
let browser: Browser;
/** Of the attacker: nobody is to ask it anything. */
let attacker: Server;
const askedOfAttacker: string[] = [];
let page: Page;
const incidents: string[] = [];
let job: Job;

/** Of every kind that has run somewhere: elements with a handler, an end of the script around it, a style, a frame. */
let marks: readonly string[];
const element = '<img data-hostile src=x onerror=ran()>';
/** U+202E turns the direction of what follows; U+2066 isolates it. */
const bidi = '\u202Egnul tfel\u2066';

beforeAll(async () => {
  attacker = createServer((request, response) => {
    askedOfAttacker.push(request.url ?? '');
    response.end('ran()');
  });
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
  const elsewhere = `//127.0.0.1:${(attacker.address() as AddressInfo).port}`;
  marks = [
    element,
    `"><svg data-hostile onload=ran()>`,
    `</script><script data-hostile src=${elsewhere}/s></script>`,
    `<iframe data-hostile src="javascript:top.ran()">`,
    `<link data-hostile rel=stylesheet href=${elsewhere}/c>`,
    `<a data-hostile href="javascript:ran()">x</a>`,
    `javascript:ran()`,
    '{{ran()}} &lt;img&gt;',
    bidi,
  ];
  const instances = await smallPhantom('hostile', 'hostile', {
    PatientName: 'Mal^<img data-hostile src=x onerror=ran()>',
    PatientID: '"><svg data-hostile onload=ran()>',
    StudyDescription: '</script><script data-hostile>ran()</script>',
    SeriesDescription: element,
    ReferringPhysicianName: '<b data-hostile>^',
    InstitutionName: '<iframe data-hostile src="javascript:top.ran()">',
  });
  product = await startProduct({ instances });
  const uids = uidsOf(instances[0]!);
  const request = { ...uids, prompts: ['left lung', ...marks.slice(0, 8)], allowPartial: true };
  job = await waitFor(product, (await submit(product, request)).body.id);
  // A text is read part by part, so that there are more than prompts.
  expect([job.state, new Set(job.findings.map(({ status }) => status))]).toEqual([
    'completed',
    new Set(['found', 'refused']),
  ]);
  const found = job.findings.findIndex(({ status }) => status === 'found');
  const created = await Promise.all([
    send('PUT', `/segmentations/${job.id}/feedback/${found}`, { verdict: 'rejected', reason: marks.join(' ') }),
    send('POST', '/prompt-sets', { name: `${element} ${bidi}`, prompts: [...marks] }),
    send('POST', '/rules', {
      name: 'hostile',
      description: marks.join(' '),
      match: {
        all: [
          { attribute: 'SeriesDescription', matches: '<img.*' },
          { attribute: 'PatientID', equals: marks[1] },
        ],
      },
      prompts: ['left lung', ...marks],
      enabled: false,
    }),
  ]);
  expect(created.map(({ status }) => status)).toEqual([200, 201, 201]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
  attacker?.close();
});

const send = (method: string, path: string, body: unknown): Promise<Response> =>
  fetch(`${product.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

beforeEach(async () => {
  await page?.close();
  incidents.length = 0;
  askedOfAttacker.length = 0;
  page = await newPage(browser);
  await page.addInitScript(() => {
    Object.assign(window, { ran: () => console.error('it ran') });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`refused by the policy: ${violatedDirective} ${blockedURI}`),
    );
  });
  page.on('pageerror', (error) => incidents.push(String(error)));
  page.on('dialog', (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (/it ran|refused by the policy|Content Security Policy/.test(message.text())) incidents.push(message.text());
  });
  page.on('request', (request) => {
    if (!/^(data:|blob:)/.test(request.url()) && new URL(request.url()).origin !== product.url)
      incidents.push(`fetched: ${request.url()}`);
    // What `src=x` means on any page of ours.
    if (/\/x$/.test(new URL(request.url()).pathname)) incidents.push(`fetched: ${request.url()}`);
  });
});

/** Elements that a text has made, links that run something, and whether the text stands there as it was written. */
const found = () =>
  page.evaluate((mark) => {
    const all: Element[] = [];
    const roots: (Document | ShadowRoot)[] = [document];
    for (const root of roots)
      for (const each of root.querySelectorAll('*')) {
        all.push(each);
        if (each.shadowRoot) roots.push(each.shadowRoot);
      }
    const addresses = all.flatMap((each) => ['href', 'src', 'action'].flatMap((name) => each.getAttribute(name) ?? []));
    const fields = all.flatMap((each) =>
      each instanceof HTMLInputElement || each instanceof HTMLTextAreaElement ? [each.value] : [],
    );
    const texts = roots.map((root) => (root instanceof Document ? root.body.textContent : root.textContent) ?? '');
    return {
      made: all.filter((each) => each.hasAttribute('data-hostile')).map((each) => each.outerHTML),
      handlers: all
        .filter((each) => [...each.attributes].some(({ name }) => name.startsWith('on')))
        .map((each) => each.outerHTML.slice(0, 200)),
      addresses: addresses.filter((each) => /^\s*(javascript|vbscript|data:text)/i.test(each)),
      shown: [...texts, ...fields].some((text) => text.includes(mark)),
    };
  }, element);

const nothing = { made: [], handlers: [], addresses: [], shown: true };

/** Looks when all has been fetched and drawn: what would run by then has run. */
async function expectNothingRan(): Promise<void> {
  expect(await settled(page, found, fewFrames)).toEqual(nothing);
  expect([incidents, askedOfAttacker]).toEqual([[], []]);
}

const panelAt = (address: string) => async () => {
  await page.goto(`${product.url}${address}?StudyInstanceUIDs=${job.request.studyInstanceUID}`);
  await page.locator('[data-promptseg=finding][data-status=refused]').nth(7).waitFor();
  await page.locator('[data-promptseg=finding][data-status=found] [data-promptseg=details]').click();
  await page.locator('[data-promptseg=feedback]').waitFor();
  for (const drawer of ['sets', 'recent', 'model', 'options'] satisfies Drawer[]) {
    await openDrawer(page, drawer);
    if (drawer === 'sets') await page.locator('[data-promptseg=apply-set]').waitFor();
  }
  // As typed: what is not understood, and what comes near.
  await page.fill('[data-promptseg=prompt]', element);
  await page.locator('[data-promptseg=unknown]').first().waitFor();
};

const rulesPage = async (): Promise<void> => {
  await page.goto(`${product.url}/rules`);
  await page.locator('[data-rule=hostile]').waitFor();
  expect(await found()).toEqual(nothing);
  await page.locator('[data-rule=hostile] h3 button').click();
  await page.getByLabel('The rule as YAML', { exact: true }).waitFor();
  await page.locator('.trial').first().waitFor();
};

/** What to do on each page, until the texts are there. */
const pages: readonly (readonly [name: string, open: () => Promise<void>])[] = [
  ['the panel in OHIF', panelAt('/segment-by-text')],
  ['the panel in the page without OHIF', panelAt('/cornerstone')],
  [
    'the home page',
    async () => {
      await page.goto(`${product.url}/promptseg`);
      await page.locator(`[data-job="${job.id}"]`).waitFor();
    },
  ],
  [
    'the jobs',
    async () => {
      await page.goto(`${product.url}/jobs`);
      await page.locator(`[data-job="${job.id}"]`).waitFor();
    },
  ],
  ['the rules, and one of them', rulesPage],
];

describe('texts with markup', () => {
  it.each(pages)('are shown as they are written: %s', async (name, open) => {
    await open();
    await screenshot(page, `hostile-${name.replaceAll(/\W+/g, '-')}`);
    await expectNothingRan();
  });

  it('are shown as they are written: OHIF’s own list of studies', async () => {
    await page.goto(product.url);
    await page.getByText('Mal', { exact: false }).first().waitFor();
    const { made, handlers, addresses } = await settled(page, found, fewFrames);
    expect([made, handlers, addresses, incidents, askedOfAttacker]).toEqual([[], [], [], [], []]);
  });

  it('are no page of their own where a server sends them back', async () => {
    const query = encodeURIComponent(`${element}<script>ran()</script>`);
    for (const path of [
      `/api/v1/segmentations/${query}`,
      `/api/v1/models/${query}`,
      `/${query}`,
      `/dicom-web/${query}`,
    ]) {
      const response = await page.goto(product.url + path);
      expect([path, response?.headers()['x-content-type-options']]).toEqual([path, 'nosniff']);
      const { made, handlers } = await settled(page, found, fewFrames);
      expect([path, made, handlers, incidents]).toEqual([path, [], [], []]);
    }
  });
});

/** Names of members whose texts mean something to a page, or to the server. */
const meant: ReadonlySet<string> = new Set(
  (
    'id state status kind code scope scopes modality modalities jobId sha256 hash workHash etag laterality priority ' +
    'region bodyRegions executionProvider fit trigger verdict change method address signIn signOut openapi $ref type ' +
    'in format since until from to day'
  ).split(' '),
);
const hasMeaning = (name: string): boolean => meant.has(name) || /UID$|At$/.test(name);

/** The same with markup at the end of every text. */
function poisoned(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => poisoned(each, name));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poisoned(each, key)]));
  if (typeof value !== 'string' || hasMeaning(name) || /^[\d.:TZ+-]*$/.test(value)) return value;
  return `${value} ${marks.join(' ')}`;
}

const account = {
  kind: 'user',
  subject: 'ada',
  displayName: 'Ada',
  scopes: ['images:read', 'jobs:read', 'jobs:write', 'rules:read', 'rules:write', 'results:delete', 'metrics'],
};
/** Another ID, whatever the given one begins with. */
const otherIdThan = ({ id }: Job): string => (id.startsWith('f') ? '0' : 'f') + id.slice(1);
/** What this server has none of: a destination that failed, a webhook, a parked series, an edit. */
const members: Readonly<Record<string, (body: Record<string, unknown>) => unknown>> = {
  '/api/v1/account': () => account,
  '/api/v1/segmentations': ({ segmentations }) => ({
    segmentations: (segmentations as Job[]).flatMap((each) => [
      {
        ...each,
        createdBy: account,
        cancelledBy: account,
        notes: ['note'],
        deliveries: [{ destination: 'research', state: 'failed', attempts: 3, problem }],
        failedAttempts: [{ reason: 'reason', at: each.createdAt }],
      },
      { ...each, id: otherIdThan(each), state: 'failed', problem, result: undefined, findings: [] },
    ]),
  }),
  '/api/v1/rules/parked': () => ({
    parked: [{ studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', rule: 'rule', attempts: 3, problem }],
  }),
};
const problem = {
  type: 'about:blank',
  title: 'Title',
  status: 500,
  code: 'destination-refused',
  detail: 'Detail',
  nextStep: 'Next step',
  transient: false,
};

async function poison(route: Route): Promise<void> {
  const { pathname } = new URL(route.request().url());
  // A stream of events has no end; it says nothing while no job changes.
  if (pathname.endsWith('/events')) return route.fallback();
  const response = await route.fetch();
  if (!/json/.test(response.headers()['content-type'] ?? '')) return route.fulfill({ response });
  const body = (await response.json()) as Record<string, unknown>;
  await route.fulfill({ response, json: poisoned((members[pathname] ?? ((same) => same))(body)) });
}

describe('texts of a server that was lied to', () => {
  it.each([
    ...pages.filter(([name]) => !name.startsWith('the rules')),
    [
      'the models',
      async () => {
        await page.goto(`${product.url}/models`);
        await page.locator('[data-promptseg=model]').nth(2).waitFor();
        for (const summary of await page.locator('summary').all()) await summary.click();
      },
    ],
  ] as const)('are shown as they are written: %s', async (name, open) => {
    await page.route(/\/api\/v1\//, poison);
    await open();
    await screenshot(page, `poisoned-${name.replaceAll(/\W+/g, '-')}`);
    await expectNothingRan();
  });
});
