import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe-core calls a serious or critical violation of WCAG 2.2 A and AA. Looks when nothing moves any more: nobody
 * reads a colour that is on its way to another one.
 * @param within the part of the page that is looked at; all of it where absent
 * @param rules axe's rules that are applied; all of them where absent
 */
export async function seriousViolations(page: Page, within = 'html', rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis)))
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ effect, playState }) => playState !== 'running' || effect?.getComputedTiming().endTime === Infinity),
  );
  // The whole of what axe found is large, and Playwright checks every value that leaves the page.
  return page.evaluate(
    async ({ selector, values }) => {
      const { axe } = globalThis as unknown as {
        axe: { run(context: string, options: RunOptions): Promise<AxeResults> };
      };
      const { violations } = await axe.run(selector, {
        resultTypes: ['violations'],
        ...(values !== undefined && { runOnly: { type: 'rule', values } }),
      });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
    { selector: within, values: rules === undefined ? undefined : [...rules] },
  );
}

/** Of two themes that differ in nothing but colours: all that is left to be looked at in the second one. */
export const tooLittleContrast = (page: Page): Promise<string[]> =>
  seriousViolations(page, 'html', ['color-contrast', 'link-in-text-block']);

/** Waits in the page until colours that change slowly have changed, in shadow roots too. */
async function transitionsEnd(): Promise<void> {
  const roots = [document, ...[...document.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])];
  const ending = roots
    .flatMap((root) => root.getAnimations())
    .filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
}

/**
 * The same of a whole page in its light colours, and too little contrast in its dark ones; afterwards it has those that
 * it had before.
 */
export async function seriousInBothThemes(page: Page): Promise<string[]> {
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(transitionsEnd);
    const violations = await (colorScheme === 'light' ? seriousViolations(page) : tooLittleContrast(page));
    found.push(...violations.map((each) => `${colorScheme}: ${each}`));
  }
  await page.emulateMedia({ colorScheme: isDark ? 'dark' : 'light' });
  return found;
}
