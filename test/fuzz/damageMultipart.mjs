/** Multipart messages as archives send them, damaged, and cut into chunks anywhere. */

/** @typedef {import('./random.mjs').Random} Random */

const boundary = 'fuzz-boundary';
const bodies = ['', 'DICM', '\r\n--', `\n--${boundary.slice(0, 5)}`, '\0'.repeat(300), `--${boundary}`];
const pieces = [
  `\r\n--${boundary}\r\n`,
  `\r\n--${boundary}--`,
  `--${boundary}`,
  '\r\n\r\n',
  '\n',
  '\r',
  'Content-Length: 4294967295\r\n',
  'Content-Length: -1\r\n',
  'Content-Length: 3\r\n',
  'X: ',
  '\0',
];

/**
 * @param {Random} random
 * @returns {{ description: string, boundary: string, chunks: Buffer[] }}
 */
export function damageMultipart(random) {
  let message = Buffer.from(wholeMessage(random), 'latin1');
  const damages = random.integer(4);
  for (let n = 0; n < damages && message.length > 0; n++) message = damage(message, random);
  return { description: `${damages} damages, ${message.length} bytes`, boundary, chunks: chunksOf(message, random) };
}

/** @param {Random} random */
function wholeMessage(random) {
  const lineEnd = random.pick(['\r\n', '\r\n', '\n']);
  const parts = Array.from({ length: random.integer(4) }, () => {
    const body = random.pick(bodies) + '\x01'.repeat(random.pick([0, 3, 5000]));
    const length = random.integer(2) === 0 ? `Content-Length: ${body.length}${lineEnd}` : '';
    return `--${boundary}${lineEnd}Content-Type: application/dicom${lineEnd}${length}${lineEnd}${body}${lineEnd}`;
  });
  const [before, after] = [random.pick(['', lineEnd, 'preamble\r\n']), random.pick(['', lineEnd, 'more'])];
  return `${before}${parts.join('')}--${boundary}--${after}`;
}

/**
 * @param {Buffer} message
 * @param {Random} random
 */
function damage(message, random) {
  const at = random.integer(message.length);
  switch (random.integer(5)) {
    case 0:
      message[at] = random.integer(256);
      return message;
    case 1:
      return message.subarray(0, at);
    case 2:
      return Buffer.concat([message.subarray(0, at), message.subarray(at + 1 + random.integer(40))]);
    case 3:
      return Buffer.concat([message.subarray(0, at), Buffer.from(random.pick(pieces), 'latin1'), message.subarray(at)]);
    default:
      return Buffer.concat([message.subarray(0, at), message.subarray(random.integer(message.length))]);
  }
}

/**
 * @param {Buffer} message
 * @param {Random} random
 */
function chunksOf(message, random) {
  const size = random.pick([1, 7, 64, 4096]);
  const chunks = [];
  for (let start = 0; start < message.length; ) {
    const end = start + 1 + random.integer(size);
    chunks.push(message.subarray(start, end));
    start = end;
  }
  return chunks;
}
