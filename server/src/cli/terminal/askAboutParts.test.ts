import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { PromptsegError } from '../../platform/errors.js';
import { askAboutParts, type PartOptions } from './askAboutParts.js';

const refused = new PromptsegError('prompt-partly-understood', 'Nothing is named “xyzzy”.', {
  details: { understood: [{ name: 'Left lung' }, { name: 'Right lung' }] },
});
/** As the server and the command for files do it. */
const request = async (allowPartial: boolean): Promise<string> => {
  if (!allowPartial) throw refused;
  return 'ran in part';
};

/** @param typed what the person types; undefined: the input ends */
async function ask(typed: string | undefined, { isTTY = true, ...options }: PartOptions & { isTTY?: boolean } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }));
  if (typed !== undefined) input!.write(typed);
  else input!.end();
  const outcome = await askAboutParts(options, request, { input: input!, output: output! }).catch((error) => error);
  output!.end();
  return { outcome, shown: (await output!.toArray()).join('') };
}

describe('a request of which only a part is understood', () => {
  it('is asked about on a terminal, with what is understood and what is not, and runs after a yes', async () => {
    for (const yes of ['y\n', 'Yes\n']) {
      const { outcome, shown } = await ask(yes);
      expect(outcome).toBe('ran in part');
      expect(shown).toMatch(/“xyzzy”.*\nUnderstood: Left lung, Right lung\.\n.*\[y\/N\]/s);
    }
  });

  it.each([['n\n'], ['\n'], ['maybe\n'], [undefined]])('stays refused after %j', async (typed) => {
    expect((await ask(typed)).outcome).toBe(refused);
  });

  it('stays refused without a question where nobody could reply, or a program reads', async () => {
    expect(await ask('y\n', { isTTY: false })).toEqual({ outcome: refused, shown: '' });
    expect(await ask('y\n', { json: true })).toEqual({ outcome: refused, shown: '' });
  });

  it('runs at once where a part is allowed', async () => {
    expect(await ask(undefined, { allowPartial: true })).toEqual({ outcome: 'ran in part', shown: '' });
  });
});
