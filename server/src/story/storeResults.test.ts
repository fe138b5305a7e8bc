import { describe, expect, it } from '@jest/globals';
import type { Stage } from '#contract/jobState.js';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError, toProblem } from '../platform/errors.js';
import type { EncodedResults, ResultKind } from '../results/encodeResults.js';
import { storeResults } from './storeResults.js';

const encoded = <Kind extends ResultKind>(kind: Kind, number: number) => ({
  kind,
  part10: Buffer.from(kind),
  sopClassUID: `1.2.${number}`,
  seriesInstanceUID: `1.3.${number}`,
  sopInstanceUID: `1.4.${number}`,
  seriesDescription: kind,
  verify: (sent: Uint8Array, readBack: Uint8Array) => {
    if (Buffer.compare(sent, readBack) !== 0) throw new PromptsegError('store-not-verified', 'They differ.');
  },
});
const results: EncodedResults = [
  encoded('segmentation', 1),
  encoded('measurement-report', 2),
  encoded('rt-structure-set', 3),
];

/**
 * An archive that holds objects by their UID; storing `broken` fails; once it has stored an object, the source may be
 * `deleted`.
 */
function archiveWith({ broken, deleted }: { broken?: ResultKind; deleted?: 'study' | 'series' } = {}) {
  const held = new Map<string, Uint8Array>();
  const sent: string[] = [];
  const archive = {
    findSeries: async () => {
      if (deleted && held.size > 0) throw new PromptsegError(`${deleted}-not-found`, 'It is not there.');
    },
    retrieveInstance: async (_study: string, _series: string, sopInstanceUID: string) => held.get(sopInstanceUID),
    store: async (_study: string, part10: Uint8Array) => {
      const kind = Buffer.from(part10).toString();
      if (kind === broken) throw new PromptsegError('archive-unreachable', 'The archive does not respond.');
      sent.push(kind);
      held.set(results.find((result) => result.kind === kind)!.sopInstanceUID, part10);
    },
  } as unknown as Archive;
  return { archive, sent, held };
}

async function store(archive: Archive) {
  const stages: Stage[] = [];
  const outcome = await storeResults(archive, { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' }, results, (stage) =>
    stages.push(stage),
  );
  return { ...outcome, stages };
}

describe('storing the results of a request', () => {
  it('stores one after another, each read back before the next', async () => {
    const { archive, sent } = archiveWith();
    const { stored, foundBefore, stages } = await store(archive);
    expect(sent).toEqual(['segmentation', 'measurement-report', 'rt-structure-set']);
    expect(stages).toEqual(['storing', 'verifying', 'storing', 'verifying', 'storing', 'verifying']);
    expect(foundBefore).toBe(false);
    const others = [
      ['measurement-report', 2],
      ['rt-structure-set', 3],
    ] as const;
    expect(stored).toEqual({
      studyInstanceUID: '1.2',
      sopClassUID: '1.2.1',
      seriesInstanceUID: '1.3.1',
      sopInstanceUID: '1.4.1',
      seriesDescription: 'segmentation',
      bytes: 12,
      alsoStored: others.map(([kind, number]) => ({
        kind,
        sopClassUID: `1.2.${number}`,
        seriesInstanceUID: `1.3.${number}`,
        sopInstanceUID: `1.4.${number}`,
        seriesDescription: kind,
        bytes: kind.length,
      })),
    });
  });

  it('keeps the first where the second fails, and says so under the code of the failure', async () => {
    const { archive, sent } = archiveWith({ broken: 'measurement-report' });
    const problem = toProblem(await store(archive).catch((error) => error));
    expect(problem).toMatchObject({
      code: 'archive-unreachable',
      transient: true,
      details: { alreadyStored: [{ kind: 'segmentation', sopInstanceUID: '1.4.1' }] },
    });
    expect(problem.detail).toBe(
      'The archive does not respond. This was the measurement report; the segmentation of the same job is in ' +
        'the archive.',
    );
    expect(sent).toEqual(['segmentation']);
  });

  it('leaves the failure of the first as it is', async () => {
    const { archive } = archiveWith({ broken: 'segmentation' });
    const problem = toProblem(await store(archive).catch((error) => error));
    expect(problem).toMatchObject({ detail: 'The archive does not respond.', details: {} });
  });

  it('goes on with the rest at the next attempt, and stores nothing twice', async () => {
    const first = archiveWith({ broken: 'rt-structure-set' });
    await store(first.archive).catch(() => {});
    const second = archiveWith();
    for (const [uid, part10] of first.held) second.held.set(uid, part10);
    expect((await store(second.archive)).foundBefore).toBe(false);
    expect(second.sent).toEqual(['rt-structure-set']);
    expect((await store(second.archive)).foundBefore).toBe(true);
    expect(second.sent).toEqual(['rt-structure-set']);
  });

  it.each(['study', 'series'] as const)('stores nothing any more once the %s is deleted', async (deleted) => {
    const { archive, sent } = archiveWith({ deleted });
    await expect(store(archive)).rejects.toMatchObject({
      code: `${deleted}-not-found`,
      entry: { transient: false },
      message: expect.stringContaining(`The ${deleted} was deleted from the archive while the job ran`),
    });
    expect(sent).toEqual(['segmentation']);
  });
});
