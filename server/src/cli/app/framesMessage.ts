import { randomUUID } from 'node:crypto';
import type { Response } from 'express';

/** Sends frames as WADO-RS does (PS3.18 section 10.4.3), each in a part of its own. */
export function sendFrames(response: Response, frames: readonly Uint8Array[], transferSyntaxUID: string): void {
  const boundary = `promptseg-${randomUUID()}`;
  response.setHeader('Content-Type', `multipart/related; type="application/octet-stream"; boundary=${boundary}`);
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  const head = `--${boundary}\r\nContent-Type: application/octet-stream; transfer-syntax=${transferSyntaxUID}\r\n`;
  response.end(
    Buffer.concat([
      ...frames.flatMap((frame) => [
        Buffer.from(`${head}Content-Length: ${frame.length}\r\n\r\n`),
        frame,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  );
}
