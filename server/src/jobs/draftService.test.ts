import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Draft } from '#contract/drafts.js';
import type { ClickPrompt, RegionPrompt } from '#contract/imagePrompts.js';
import { PromptsegError } from '../platform/errors.js';
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
/** What the images say of the clicks. */
let check: () => Promise<void>;
let stored: number;
/** What a mask waits for. */
let computing: Promise<void>;

beforeAll(async () => {
  const shipped = await loadModelPackages(path.resolve(import.meta.dirname, '../../../models'));
  const regions = shipped.promptable.find(({ manifest }) => manifest.id === 'regions')!;
  const manifest = { ...regions.manifest, id: 'nninteractive', family: 'nninteractive' } as never;
  library = { packages: [], promptable: [regions, { ...regions, manifest, sha256: 'n'.repeat(64) }], refused: [] };
});
beforeEach(() => {
  added = [];
  stored = 0;
  computing = Promise.resolve();
  check = async () => undefined;
  sha256 = library.promptable[0]!.sha256;
});

const draft = () =>
  ({
    ...{ id: 'd', ...series, name: '"that"', clicks: added, version: added.length + 1 },
    model: { id: 'regions', version: '', sha256 },
  }) as unknown as Draft;
const service = () =>
  createDraftService({
    jobs: {
      store: {},
      drafts: {
        get: async () => draft(),
        async addClick(_id: string, prompt: RegionPrompt) {
          added.push(prompt);
          return draft();
        },
      },
    } as unknown as DraftParts['jobs'],
    library,
    archive: { findSeries: async () => ({ ...series, modality: 'CT' }) } as unknown as DraftParts['archive'],
    service: {
      async refine() {
        stored++;
        return { created: true };
      },
    } as unknown as DraftParts['service'],
    previews: {
      async preview(_request, onPlace) {
        onPlace(2);
        await computing;
        return undefined;
      },
      check: () => check(),
    },
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

describe('a draft that is accepted', () => {
  it('stays where a click is not on the images: its job would fail, and the other clicks would be gone', async () => {
    await service().addClick('d', click, system);
    check = async () => {
      throw new PromptsegError('click-unsuitable', 'The click is outside of the images.');
    };
    await expect(service().accept('d', system)).rejects.toMatchObject({ code: 'click-unsuitable' });
    expect(stored).toBe(0);
    check = async () => undefined;
    await service().accept('d', system);
    expect(stored).toBe(1);
  });

  it('is not looked at again where its mask was', async () => {
    await service().addClick('d', click, system);
    check = async () => {
      throw new Error('it was looked at');
    };
    const seen = service();
    await expect(seen.mask('d')).resolves.toEqual({ version: 2 });
    await seen.accept('d', system);
    expect(stored).toBe(1);
    await seen.addClick('d', click, system);
    await expect(seen.accept('d', system)).rejects.toThrow('it was looked at');
  });
});

it('a draft whose mask is computed says how many tasks come first, until it is there', async () => {
  let finish = () => {};
  computing = new Promise((resolve) => {
    finish = resolve;
  });
  const drafts = service();
  expect(await drafts.get('d')).not.toHaveProperty('maskPosition');
  const mask = drafts.mask('d');
  while ((await drafts.get('d')).maskPosition === undefined);
  expect((await drafts.get('d')).maskPosition).toBe(2);
  finish();
  await mask;
  expect(await drafts.get('d')).not.toHaveProperty('maskPosition');
});
