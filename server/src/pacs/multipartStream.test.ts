import { describe, expect, it } from '@jest/globals';
import { multipartStream } from './multipartStream.js';

const brokenResponse = expect.objectContaining({ code: 'archive-broken-answer' });

/** Each is overwritten after the next one is asked for, as those of a connection. */
async function* chunksOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    const lent = new Uint8Array(chunk);
    yield lent;
    lent.fill(0x2d);
  }
}

async function partsOf(chunks: AsyncIterable<Uint8Array>, boundary = 'B'): Promise<string[]> {
  const parts: Uint8Array[] = [];
  for await (const part of multipartStream(chunks, boundary)) parts.push(part);
  return parts.map((part) => Buffer.from(part).toString('latin1'));
}

const bodies = ['first\r\n--', '', '\n--C\r\r\n', '\0--B'];
const withLength = bodies
  .map((body) => `--B\r\nContent-Type: application/dicom\r\ncontent-length: ${body.length}\r\n\r\n${body}\r\n`)
  .join('');
const withoutLength = bodies.map((body) => `--B\r\n\r\n${body}\r\n`).join('');
const messages: readonly [string, string][] = [
  ['with Content-Length', `${withLength}--B--\r\n`],
  ['without Content-Length', `${withoutLength}--B--`],
  ['with a preamble and an epilogue', `preamble\r\n${withoutLength}--B--\r\nepilogue --B`],
  ['after an empty line', `\r\n${withLength}--B--`],
];

describe('multipartStream', () => {
  it.each(messages)('gives the same parts wherever the message is cut in two: %s', async (_, message) => {
    const bytes = Buffer.from(message, 'latin1');
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(await partsOf(chunksOf(bytes.subarray(0, cut), bytes.subarray(cut)))).toEqual(bodies);
    }
  });

  it.each(messages)('reads it in chunks of any size: %s', async (_, message) => {
    const bytes = Buffer.from(message, 'latin1');
    for (let size = 1; size < 50; size++) {
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
      expect(await partsOf(chunksOf(...chunks))).toEqual(bodies);
    }
  });

  it('reads lines that end with LF alone', async () => {
    const message = '--B\nContent-Length: 3\n\nabc\n--B  \nX: y\n\nde\n--B--\n';
    expect(await partsOf(chunksOf(Buffer.from(message)))).toEqual(['abc', 'de']);
  });

  it('reads a message without parts', async () => {
    expect(await partsOf(chunksOf(Buffer.from('--B--')))).toEqual([]);
  });

  it('yields a part before the next one has arrived', async () => {
    let sent = 0;
    async function* slowly() {
      for (const body of ['one', 'two']) {
        sent++;
        yield Buffer.from(`--B\r\nContent-Length: 3\r\n\r\n${body}\r\n`);
      }
      yield Buffer.from('--B--');
    }
    const parts = multipartStream(slowly(), 'B');
    await parts.next();
    expect(sent).toBe(1);
  });

  it('closes its source when the reader leaves', async () => {
    let closed = false;
    async function* source() {
      try {
        yield Buffer.from('--B\r\n\r\none\r\n--B\r\n\r\ntwo');
      } finally {
        closed = true;
      }
    }
    for await (const part of multipartStream(source(), 'B')) {
      expect(Buffer.from(part).toString()).toBe('one');
      break;
    }
    expect(closed).toBe(true);
  });

  it('refuses a message that ends anywhere before its last boundary', async () => {
    for (const [, message] of messages.slice(0, 2)) {
      const bytes = Buffer.from(message, 'latin1');
      for (let length = 0; length < message.lastIndexOf('--B--') + 5; length++) {
        await expect(partsOf(chunksOf(bytes.subarray(0, length)))).rejects.toEqual(brokenResponse);
      }
    }
  });

  it.each([
    ['a Content-Length too short', '--B\r\nContent-Length: 2\r\n\r\nabc\r\n--B--'],
    ['a Content-Length too long', '--B\r\nContent-Length: 5\r\n\r\nabc\r\n--B--'],
    ['an absurd Content-Length', '--B\r\nContent-Length: 99999999999\r\n\r\nabc\r\n--B--'],
    ['text after a boundary', '--B\r\n\r\nabc\r\n--Bx\r\n\r\nabc\r\n--B--'],
    ['an endless header line', `--B\r\nX: ${'y'.repeat(100_000)}\r\n\r\nabc\r\n--B--`],
    ['endless headers', `--B\r\n${'X: yyyyyyyy\r\n'.repeat(10_000)}\r\nabc\r\n--B--`],
    ['an endless preamble', 'y'.repeat(100_000)],
  ])('refuses %s', async (_, message) => {
    await expect(partsOf(chunksOf(Buffer.from(message)))).rejects.toEqual(brokenResponse);
  });

  it('takes the same time per byte for a long part without Content-Length', async () => {
    // 64 MB in small chunks: with quadratic concatenation this would move 500 GB.
    const chunk = Buffer.alloc(4096, 0x2d);
    async function* long() {
      yield Buffer.from('--B\r\n\r\n');
      for (let i = 0; i < 16_384; i++) yield chunk;
      yield Buffer.from('\r\n--B--');
    }
    for await (const part of multipartStream(long(), 'B')) expect(part.length).toBe(2 ** 26);
  });

  it('survives random damage: parts or a broken response, nothing else', async () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let n = 0; n < 4000; n++) {
      const bytes = Buffer.from(messages[n % messages.length]![1], 'latin1');
      for (let k = 0; k < 2; k++) bytes[random(bytes.length)] = random(256);
      const cut = random(bytes.length);
      const result = await partsOf(chunksOf(bytes.subarray(0, cut), bytes.subarray(cut))).catch(
        (error: unknown) => error,
      );
      if (result instanceof Error) expect(result).toEqual(brokenResponse);
    }
  });
});
