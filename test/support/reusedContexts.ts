import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/**
 * Browser contexts that serve one page after another, each as if it were new. Chromium keeps what it has compiled for a
 * process, and a process for a context and a site: in a context of its own, each page compiles OHIF's 31 MB of scripts
 * again. A load of OHIF takes 4.2 s of processor time in a new context, and 2.5 s in a used one.
 */
interface ReusedContext {
  readonly context: BrowserContext;
  /** An empty page of each origin, without which its process would end with the last page. */
  readonly keepers: Map<string, Page>;
  /** Origins that may have stored something. */
  readonly origins: Set<string>;
  /** From the request for a page until that page is there. */
  isOpening: boolean;
}

const contexts = new WeakMap<Browser, Map<string, ReusedContext[]>>();

/** Switch of Chromium: pages of one site and context share a process. */
export const oneProcessPerSite = '--process-per-site';

/**
 * A page in a context with these options and nothing else: no cookies, storage, permissions or routes. The context is
 * new unless one with equal options has no page left, so that pages open at the same time are of separate people.
 */
export async function pageOfReusedContext(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const key = JSON.stringify(options);
  const known = contexts.get(browser) ?? new Map<string, ReusedContext[]>();
  contexts.set(browser, known);
  const equal = known.get(key) ?? [];
  known.set(key, equal);
  let reused = equal.find(isFree);
  if (reused !== undefined) {
    reused.isOpening = true;
    await clear(reused);
  } else {
    const created = await newReusedContext(browser, options);
    equal.push(created);
    created.context.once('close', () => equal.splice(equal.indexOf(created), 1));
    reused = created;
  }
  const { context } = reused;
  const page = await context.newPage();
  reused.isOpening = false;
  const close = page.close.bind(page);
  page.close = async (how) => {
    await keepProcess(reused, page);
    await close(how);
  };
  return page;
}

const isFree = ({ context, keepers, isOpening }: ReusedContext): boolean =>
  !isOpening && context.pages().length === keepers.size;

async function newReusedContext(browser: Browser, options: BrowserContextOptions): Promise<ReusedContext> {
  const context = await browser.newContext(options);
  const origins = new Set<string>();
  context.on('request', (request) => {
    if (request.isNavigationRequest()) origins.add(new URL(request.url()).origin);
  });
  return { context, keepers: new Map(), origins, isOpening: true };
}

/** Opens an empty page beside a page that closes. No server is asked for it. */
async function keepProcess({ context, keepers }: ReusedContext, page: Page): Promise<void> {
  if (page.isClosed() || !page.url().startsWith('http')) return;
  const { origin } = new URL(page.url());
  if (keepers.has(origin)) return;
  const keeper = await context.newPage();
  keepers.set(origin, keeper);
  await keeper.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
  await keeper.goto(origin);
}

/** Leaves only what Chromium has cached: files by their addresses, and code. */
async function clear({ context, keepers, origins }: ReusedContext): Promise<void> {
  await Promise.all([context.clearCookies(), context.clearPermissions(), context.unrouteAll()]);
  const [keeper] = keepers.values();
  if (keeper === undefined) return;
  const session = await context.newCDPSession(keeper);
  for (const origin of origins) await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.detach();
}
