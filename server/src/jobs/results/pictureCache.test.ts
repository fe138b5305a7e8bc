import { describe, expect, it } from '@jest/globals';
import { createPictureCache } from './pictureCache.js';

const picture = (bytes: number) => async () => new Uint8Array(bytes);

describe('the pictures that are kept', () => {
  it('are drawn once, also for those who ask at once', async () => {
    const cache = createPictureCache();
    let drawn = 0;
    const draw = async () => {
      drawn++;
      return new Uint8Array(1);
    };
    await Promise.all([cache.get('a', draw), cache.get('a', draw)]);
    await cache.get('a', draw);
    expect(drawn).toBe(1);
  });

  it('leave in the order in which they were last looked at', async () => {
    const cache = createPictureCache(25);
    const drawn: string[] = [];
    const get = (key: string) =>
      cache.get(key, async () => {
        drawn.push(key);
        return new Uint8Array(10);
      });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    expect(drawn).toEqual(['a', 'b', 'c', 'b']);
    await cache.get('too large', picture(26));
    await get('a');
    expect(drawn).toEqual(['a', 'b', 'c', 'b', 'a']);
  });

  it('are not kept where drawing failed, or where the result was deleted meanwhile', async () => {
    const cache = createPictureCache();
    await expect(cache.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect((await cache.get('a', picture(2))).length).toBe(2);
    let finish = (_: Uint8Array): void => {};
    const slow = cache.get('b all', () => new Promise((resolve) => (finish = resolve)));
    cache.forget('b ');
    finish(new Uint8Array(3));
    await slow;
    expect((await cache.get('b all', picture(4))).length).toBe(4);
    expect((await cache.get('a', picture(5))).length).toBe(2);
  });
});
