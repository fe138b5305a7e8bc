import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Draft } from '#contract/drafts.js';
import type { ClickPrompt, RegionPrompt } from '#contract/imagePrompts.js';
import { loadModelPackages, type ModelLibrary } from '../segmenter/packages/modelPackage.js';
import { system } from '../values/principal.js';
import { createDraftService, type DraftParts } from './draftService.js';

const click: ClickPrompt = { kind: 'click', place: [1, 2, 3], part: true };
const line: RegionPrompt = { kind: 'scribble', line: [click.place, [4, 5, 6]], part: false };
const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3' };

/** `regions`, and the same as a package whose family takes clicks alone. */
let library: ModelLibrary;
/** The sha256 of the draft's model. */
let sha256: string;
let added: RegionPrompt[];

beforeAll(async () => {
  const shipped = await loadModelPackages(path.resolve(import.meta.dirname, '../../../models'));
  const regions = shipped.promptable.find(({ manifest }) => manifest.id === 'regions')!;
  const manifest = { ...regions.manifest, id: 'nninteractive', family: 'nninteractive' } as never;
  library = { packages: [], promptable: [regions, { ...regions, manifest, sha256: 'n'.repeat(64) }], refused: [] };
});
beforeEach(() => {
  added = [];
  sha256 = library.promptable[0]!.sha256;
});

const draft = () => ({ id: 'd', ...series, model: { id: '', version: '', sha256 }, clicks: added }) as unknown as Draft;
const service = () =>
  createDraftService({
    jobs: {
      drafts: {
        get: async () => draft(),
        async addClick(_id: string, prompt: RegionPrompt) {
          added.push(prompt);
          return draft();
        },
      },
    } as unknown as DraftParts['jobs'],
    library,
    archive: {} as DraftParts['archive'],
    service: { refine: jest.fn() } as unknown as DraftParts['service'],
    preview: async () => undefined,
  });

describe('a scribble', () => {
  it('is refused at once where the model of the draft takes clicks alone, and not kept', async () => {
    sha256 = 'n'.repeat(64);
    await service().addClick('d', click, system);
    await expect(service().addClick('d', line, system)).rejects.toMatchObject({
      code: 'click-unsuitable',
      message: 'The model takes clicks, but no scribbles and lassos: click, or name another model.',
    });
    expect(added).toEqual([click]);
  });

  it('is kept where the model takes it', async () => {
    await service().addClick('d', line, system);
    expect(added).toEqual([line]);
  });
});
