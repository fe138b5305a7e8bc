import type { Request } from 'express';
import { boundaryOf, multipartStream } from '../../pacs/multipartStream.js';
import { PromptsegError } from '../../platform/errors.js';

/** 100 segments on each of 300 slices of 512 × 512 pixels have 0.98 GB uncompressed; actual edits have a few MB. */
const maximumBytes = 256 * 2 ** 20;
/** Each may take as much memory. */
const mostAtOnce = 4;
/** An upload that stalls this long is dropped to make room for others. */
const idleMs = 30_000;
let now = 0;

/**
 * Reads the one DICOM file in the body of a request: plain (`application/dicom`), or as the only part of
 * `multipart/related`, as for STOW-RS (PS3.18 section 10.5).
 * @throws PromptsegError `upload-too-large`, `answers-busy`, `request-invalid`
 */
export async function readDicomUpload(request: Request): Promise<Uint8Array> {
  try {
    if (Number(request.get('Content-Length') ?? 0) > maximumBytes) throw tooLarge();
    if (now >= mostAtOnce) throw new PromptsegError('answers-busy', `${now} uploads are being read already.`);
    now++;
    return await read(request).finally(() => now--);
  } catch (error) {
    // The rest of the upload is read and dropped; otherwise the connection would close before the client has the
    // refusal.
    request.resume();
    throw error;
  }
}

async function read(request: Request): Promise<Uint8Array> {
  const contentType = request.get('Content-Type') ?? '';
  if (/^application\/dicom\b(?!\+)/i.test(contentType)) return whole(bounded(request));
  const boundary = boundaryOf(contentType);
  if (boundary === undefined)
    throw new PromptsegError(
      'request-invalid',
      'The body has to be a DICOM file: of type application/dicom, or multipart/related with one part.',
    );
  const parts: Uint8Array[] = [];
  try {
    for await (const part of multipartStream(bounded(request), boundary)) if (parts.push(part) > 1) break;
  } catch (cause) {
    if (cause instanceof PromptsegError && (cause.code === 'upload-too-large' || cause.code === 'request-too-slow'))
      throw cause;
    throw new PromptsegError('request-invalid', 'The multipart body is broken off or damaged.', { cause });
  }
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return only;
  throw new PromptsegError(
    'request-invalid',
    `The body has to hold one DICOM file; it holds ${parts.length === 0 ? 'none' : 'more than one'}.`,
  );
}

async function* bounded(request: Request): AsyncGenerator<Uint8Array> {
  let length = 0;
  // Not destroyed when reading ends early, because the refusal is sent over the same connection.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  for (;;) {
    const { value, done } = await within(idleMs, chunks.next());
    if (done) return;
    length += value.byteLength;
    if (length > maximumBytes) throw tooLarge();
    yield value;
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new PromptsegError('request-too-slow', 'Nothing of the upload came any more.')),
      milliseconds,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return Buffer.concat(read);
}

const tooLarge = (): PromptsegError =>
  new PromptsegError('upload-too-large', `An edited segmentation may have ${maximumBytes / 2 ** 20} MiB at most.`);
