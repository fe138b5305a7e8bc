import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { shippedPhantomFolder } from '../../dicom-fixtures/src/shippedPhantom.js';
import type { EncodedResults } from '../../server/src/results/encodeResults.js';
import { encodeCompanions } from '../conformance/encodeCompanions.js';
import { volumeOfFolder } from '../conformance/encodeSeries.js';
import { launchChromium, newPage } from '../support/chromium.js';
import { type Product, startProduct } from '../support/product.js';
import { until } from '../support/until.js';
import { openViewer } from './viewerPage.js';

const instances = path.join(shippedPhantomFolder, 'instances');

/** What the test asks of OHIF's display sets. */
interface DisplaySet {
  readonly Modality: string;
  /** "unsupported" where OHIF can do nothing with it. */
  readonly SOPClassHandlerId: string;
}

interface ActiveDisplaySet extends DisplaySet {
  readonly SeriesInstanceUID: string;
}

let product: Product;
let browser: Browser;
let studyInstanceUID: string;
let results: EncodedResults;

beforeAll(async () => {
  const volume = await volumeOfFolder(instances);
  results = encodeCompanions(volume).results;
  product = await startProduct({ dicomFolders: [instances], instances: results.map(({ part10 }) => part10) });
  browser = await launchChromium();
  ({ studyInstanceUID } = volume);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

/** What OHIF makes of a series of the study, once it has read it. */
const displaySet = (page: Page, seriesInstanceUID: string): Promise<DisplaySet> =>
  until(() =>
    page.evaluate((wanted) => {
      const { services } = window as unknown as {
        services?: { displaySetService?: { getActiveDisplaySets(): readonly ActiveDisplaySet[] } };
      };
      const active = services?.displaySetService?.getActiveDisplaySets() ?? [];
      const found = active.find(({ SeriesInstanceUID }) => SeriesInstanceUID === wanted);
      return found && { Modality: found.Modality, SOPClassHandlerId: found.SOPClassHandlerId };
    }, seriesInstanceUID),
  );

describe('the unmodified OHIF', () => {
  it('lists the structure set in the mode "Segment by text"', async () => {
    const { page, incidents } = await openViewer(browser, product.url, studyInstanceUID);
    expect(await displaySet(page, results[2]!.seriesInstanceUID)).toEqual({
      Modality: 'RTSTRUCT',
      SOPClassHandlerId: '@ohif/extension-cornerstone-dicom-rt.sopClassHandlerModule.dicom-rt',
    });
    expect(incidents).toEqual([]);
    await page.close();
  });

  it('lists the report in its basic viewer', async () => {
    const page = await newPage(browser);
    await page.goto(`${product.url}/viewer?StudyInstanceUIDs=${studyInstanceUID}`);
    expect(await displaySet(page, results[1]!.seriesInstanceUID)).toEqual({
      Modality: 'SR',
      SOPClassHandlerId: '@ohif/extension-cornerstone-dicom-sr.sopClassHandlerModule.dicom-sr',
    });
    await page.close();
  });
});
