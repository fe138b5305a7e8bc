import { expect, it } from '@jest/globals';
import { createFakeOhif } from '../testing/fakeOhif.js';
import { storedResult } from '../testing/jobs.js';
import type { Managers } from './ohif.js';
import { takeOverStoring } from './ownStoring.js';

it("what OHIF's own button would store without codes goes to the panel, where it is the panel's", () => {
  const ohif = createFakeOhif();
  ohif.displaySets.push(ohif.seg());
  const stored: string[] = [];
  let command = {
    commandFn: (options: Readonly<Record<string, unknown>>): unknown => stored.push(`OHIF ${options.segmentationId}`),
  };
  const managers: Managers = {
    ...ohif.managers,
    commandsManager: {
      ...ohif.managers.commandsManager,
      getCommand: (name, context) => (`${context} ${name}` === 'CORNERSTONE storeSegmentation' ? command : undefined),
      registerCommand: (_context, _name, replacement) => {
        command = replacement;
      },
    },
  };
  let isOurs = true;
  takeOverStoring(managers, (series, kind) => {
    if (isOurs) stored.push(`panel ${series} ${kind}`);
    return isOurs;
  });
  command.commandFn({ segmentationId: 'seg', modality: 'SEG' });
  command.commandFn({ segmentationId: 'seg', modality: 'RTSTRUCT' });
  command.commandFn({ segmentationId: 'drawn by hand', modality: 'SEG' });
  isOurs = false;
  command.commandFn({ segmentationId: 'seg', modality: 'SEG' });
  const series = storedResult.seriesInstanceUID;
  expect(stored).toEqual([
    `panel ${series} segmentation`,
    `panel ${series} rt-structure-set`,
    'OHIF drawn by hand',
    'OHIF seg',
  ]);
});
