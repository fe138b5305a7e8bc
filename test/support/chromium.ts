import { type Browser, chromium } from 'playwright-core';
import { setUpChromium } from '../../scripts/setup/chromium.mjs';

/** The Chromium of this machine, headless, with WebGL by software: the tests need no graphics card. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await setUpChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--headless=new',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-dev-shm-usage',
    ],
  });
}
