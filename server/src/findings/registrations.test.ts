import { describe, expect, it } from '@jest/globals';
import type { Registration } from '#contract/registration.js';
import { PromptsegError } from '../platform/errors.js';
import { createRegistrations, type RegistrationTask } from './registrations.js';

const pair = (study: string): RegistrationTask => ({
  now: { studyInstanceUID: study, seriesInstanceUID: `${study}.1`, pixels: 100 },
  before: { studyInstanceUID: '1.8', seriesInstanceUID: '1.8.1' },
});
const registration: Registration = { status: 'not-used', reason: 'not-alike', text: 'Not alike.' };

/** A process whose runs end when the test says so. */
function scripted() {
  const runs: { task: RegistrationTask; signal: AbortSignal | undefined; end: PromiseWithResolvers }[] = [];
  const registrations = createRegistrations({
    ask(task, signal) {
      const end = withResolvers();
      signal?.addEventListener('abort', () => end.reject(new PromptsegError('cancelled', 'Ended.')));
      runs.push({ task, signal, end });
      return end.promise;
    },
    stop: async () => {},
  });
  return { registrations, runs };
}

interface PromiseWithResolvers {
  readonly promise: Promise<Registration>;
  readonly resolve: (value: Registration) => void;
  readonly reject: (error: Error) => void;
}
function withResolvers(): PromiseWithResolvers {
  let [resolve, reject] = [(_: Registration) => {}, (_: Error) => {}];
  const promise = new Promise<Registration>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve, reject };
}

describe('registrations of pairs of series', () => {
  it('are computed once for all who ask, and kept while the series are the same', async () => {
    const { registrations, runs } = scripted();
    const [one, two] = [registrations.register(pair('1.9')), registrations.register(pair('1.9'))];
    runs[0]!.end.resolve(registration);
    expect([await one, await two, await registrations.register(pair('1.9'))]).toEqual(Array(3).fill(registration));
    expect(runs).toHaveLength(1);
    const { now, before } = pair('1.9');
    void registrations.register({ now: { ...now, pixels: 200 }, before });
    void registrations.register({ now, before: { ...before, stack: '2' } });
    expect(runs).toHaveLength(3);
  });

  it('end when the last one who waits leaves, and begin again for the next', async () => {
    const { registrations, runs } = scripted();
    const [one, other] = [new AbortController(), new AbortController()];
    const both = [one, other].map(({ signal }) => registrations.register(pair('1.9'), signal));
    const ends = both.map((each) => expect(each).rejects.toMatchObject({ code: 'cancelled' }));
    one.abort();
    await ends[0];
    expect(runs[0]!.signal!.aborted).toBe(false);
    other.abort();
    await ends[1];
    expect(runs[0]!.signal!.aborted).toBe(true);
    const next = registrations.register(pair('1.9'));
    runs[1]!.end.resolve(registration);
    expect(await next).toEqual(registration);
  });

  it('that fail are not used, with the reason, and are computed again', async () => {
    const { registrations, runs } = scripted();
    const failed = registrations.register(pair('1.9'));
    runs[0]!.end.reject(
      new PromptsegError('memory-insufficient', 'Reading the images needs about 9 GB; 1 GB are free.'),
    );
    expect(await failed).toMatchObject({ status: 'not-used', reason: 'failed', text: expect.stringContaining('9 GB') });
    void registrations.register(pair('1.9'));
    expect(runs).toHaveLength(2);
  });
});
