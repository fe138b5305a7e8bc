import { requireOutside } from './requireOutside.mjs';

export const { chromium } = /** @type {typeof import('playwright-core')} */ (requireOutside('playwright-core'));
