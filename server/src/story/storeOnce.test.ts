import { describe, expect, it } from '@jest/globals';
import type { Archive } from '../pacs/archive.js';
import { PromptsegError } from '../platform/errors.js';
import { storeOnce } from './storeOnce.js';

const part10 = Buffer.from('result');
const object = { studyInstanceUID: '1.2', seriesInstanceUID: '1.2.3', sopInstanceUID: '1.2.3.4', part10 };
const sameBytes = (sent: Uint8Array, readBack: Uint8Array): void => {
  if (Buffer.compare(sent, readBack) !== 0) throw new PromptsegError('store-not-verified', 'They differ.');
};

/** An archive that holds `held` and does with a new object as `onStore` says. */
function archiveHolding(
  held: Uint8Array | undefined,
  onStore: (sent: Uint8Array) => Uint8Array | undefined = (sent) => sent,
) {
  let sent = 0;
  let holds = held;
  const archive = {
    retrieveInstance: async () => holds,
    store: async (_study: string, instance: Uint8Array) => {
      sent++;
      holds = onStore(instance);
    },
  } as unknown as Archive;
  const store = async (): Promise<{ outcome: string; sent: number; verifying: number }> => {
    let verifying = 0;
    const outcome = await storeOnce(archive, object, sameBytes, () => verifying++).catch(({ code }) => code);
    return { outcome, sent, verifying };
  };
  return store;
}
const refusing = (status: number, meanwhile?: Uint8Array) => {
  let held: Uint8Array | undefined;
  return {
    retrieveInstance: async () => held,
    store: async () => {
      held = meanwhile;
      throw new PromptsegError('store-refused', 'No.', { details: { status } });
    },
  } as unknown as Archive;
};

describe('storing once', () => {
  it('stores and reads back', async () => {
    expect(await archiveHolding(undefined)()).toEqual({ outcome: 'stored', sent: 1, verifying: 1 });
  });

  it('sends nothing where an earlier attempt has stored the same', async () => {
    expect(await archiveHolding(part10)()).toEqual({ outcome: 'found', sent: 0, verifying: 0 });
  });

  it('leaves another object under its UID alone', async () => {
    expect(await archiveHolding(Buffer.from('other'))()).toEqual({ outcome: 'store-conflict', sent: 0, verifying: 0 });
  });

  it('does not believe an acknowledgement', async () => {
    expect((await archiveHolding(undefined, () => undefined)()).outcome).toBe('store-not-verified');
    expect((await archiveHolding(undefined, () => Buffer.from('cut off'))()).outcome).toBe('store-not-verified');
  });

  it.each([
    ['is the same', part10, 'found'],
    ['is another', Buffer.from('other'), 'store-conflict'],
    ['is not there', undefined, 'store-refused'],
  ])('at a conflict (409) looks for the object, which %s', async (_, meanwhile, expected) => {
    const outcome = await storeOnce(refusing(409, meanwhile), object, sameBytes, () => {}).catch(({ code }) => code);
    expect(outcome).toBe(expected);
  });

  it('takes a refusal of another kind as it is', async () => {
    const outcome = await storeOnce(refusing(400, part10), object, sameBytes, () => {}).catch(({ code }) => code);
    expect(outcome).toBe('store-refused');
  });
});
