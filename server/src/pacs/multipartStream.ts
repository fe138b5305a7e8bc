import { PromptsegError } from '../platform/errors.js';

const maximumHeaderBytes = 16 * 1024;
/** Maximum size of a part, below the longest Buffer of every supported Node version. */
export const maximumPartBytes = 2 ** 31 - 1;

/**
 * Splits a multipart message (RFC 2046 section 5.1) while it arrives: each part's body is yielded as soon as it is
 * complete.
 *
 * A part with a Content-Length is read by its length, one without up to the next boundary; either way its bytes are
 * copied once or twice. Lines may end with CRLF or LF.
 *
 * @param chunks each may be overwritten after the next one is asked for
 * @param boundary without the leading hyphens
 * @throws PromptsegError `archive-broken-answer` if the message is truncated or malformed, and what `chunks` throws
 */
export async function* multipartStream(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Uint8Array> {
  for await (const { body } of multipartParts(chunks, boundary)) yield body;
}

/** A part of a multipart message. */
export interface Part {
  readonly body: Uint8Array;
  /** Its Content-Type; empty if it has none. */
  readonly contentType: string;
}

/** The same with what each part says of its content. */
export async function* multipartParts(chunks: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<Part> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    yield* readParts(new ChunkReader(iterator), Buffer.from(`\n--${boundary}`, 'latin1'));
  } finally {
    await iterator.return?.();
  }
}

async function* readParts(reader: ChunkReader, delimiter: Buffer): AsyncGenerator<Part> {
  await reader.readUntil(delimiter, maximumHeaderBytes); // the preamble
  while (!(await reader.startsWith('--'))) {
    const { contentLength, contentType } = await readPartHeader(reader);
    if (contentLength === undefined) {
      yield { body: withoutCarriageReturn(await reader.readUntil(delimiter, maximumPartBytes)), contentType };
    } else {
      yield { body: await reader.readExactly(contentLength), contentType };
      const rest = await reader.readUntil(delimiter, 1);
      if (withoutCarriageReturn(rest).length > 0) throw broken('a part is longer than its Content-Length');
    }
  }
}

interface PartHeader extends Pick<Part, 'contentType'> {
  readonly contentLength: number | undefined;
}

/** Reads the rest of the boundary's line and the header up to its empty line. */
async function readPartHeader(reader: ChunkReader): Promise<PartHeader> {
  if ((await readLine(reader)).trim() !== '') throw broken('text after a boundary');
  let contentLength: number | undefined;
  let contentType = '';
  let left = maximumHeaderBytes;
  for (let line = await readLine(reader); line !== ''; line = await readLine(reader)) {
    left -= line.length;
    if (left < 0) throw broken('the header of a part is too long');
    const length = /^content-length:\s*(\d+)\s*$/i.exec(line)?.[1];
    if (length !== undefined) contentLength = Number(length);
    contentType = /^content-type:\s*(.+)$/i.exec(line)?.[1]?.trim() ?? contentType;
  }
  if (contentLength !== undefined && contentLength > maximumPartBytes) throw broken('a part is too large');
  return { contentLength, contentType };
}

const lineFeed = Buffer.from('\n');

async function readLine(reader: ChunkReader): Promise<string> {
  const line = await reader.readUntil(lineFeed, maximumHeaderBytes);
  return Buffer.from(withoutCarriageReturn(line)).toString('latin1');
}

function withoutCarriageReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
}

function broken(why: string): PromptsegError {
  return new PromptsegError(
    'archive-broken-answer',
    `The archive's response is not a valid multipart message: ${why}.`,
  );
}

/** Reads bytes by delimiter or by count from chunks of any size. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /**
   * Received bytes that have not been read. Starts with a line end, so that a boundary at the very start is found like
   * any other.
   */
  #unread: Buffer = Buffer.from('\n');

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** The bytes before the delimiter, which is skipped. */
  async readUntil(delimiter: Buffer, maximumBytes: number): Promise<Uint8Array> {
    const pieces: Buffer[] = [];
    let length = 0;
    for (;;) {
      const found = this.#unread.indexOf(delimiter);
      // A delimiter that is not found may begin in the last bytes: they stay unread.
      const end = found >= 0 ? found : Math.max(0, this.#unread.length - delimiter.length + 1);
      length += end;
      if (length > maximumBytes) throw broken('a boundary or line end is missing');
      pieces.push(Buffer.from(this.#unread.subarray(0, end)));
      this.#unread = this.#unread.subarray(found >= 0 ? found + delimiter.length : end);
      if (found >= 0) return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      await this.#append();
    }
  }

  async readExactly(count: number): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(count); // not zeroed, because it is returned only when full
    let filled = 0;
    for (;;) {
      const taken = this.#unread.subarray(0, count - filled);
      bytes.set(taken, filled);
      filled += taken.length;
      this.#unread = this.#unread.subarray(taken.length);
      if (filled === count) return bytes;
      this.#unread = await this.#next();
    }
  }

  async startsWith(text: string): Promise<boolean> {
    while (this.#unread.length < text.length) await this.#append();
    return this.#unread.toString('latin1', 0, text.length) === text;
  }

  async #append(): Promise<void> {
    // Copied first: the next chunk may overwrite it.
    const before = Buffer.from(this.#unread);
    this.#unread = Buffer.concat([before, await this.#next()]);
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#chunks.next();
    if (done) throw broken('it ends early');
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}

/**
 * The boundary of a multipart/related Content-Type, quoted or not (RFC 2046 section 5.1.1); undefined of another type.
 */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/related\b/i.test(contentType)) return undefined;
  // Spaces around the equals sign are not allowed (RFC 9110 section 5.6.6), but nothing else can be meant.
  const [, quoted, bare] = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}
