import type { IncomingMessage } from 'node:http';
import express, { type RequestHandler } from 'express';
import { PromptsegError } from '../platform/errors.js';
import { sendProblems } from './problems.js';
import { requireWellFormedBody } from './wellFormedText.js';

/** A megabyte at 20 kB a second. */
const longestMs = 60_000;
/** A workitem nests about ten sequences of three levels each, a rule 50 conditions of two. */
const deepest = 128;
/**
 * A thousand rules have about 20 000. Checking 100 000 keys against a schema blocks the event loop for half a second.
 */
const mostValues = 30_000;
/**
 * A rule has about 60, a workitem 30. Parsing, checking and copying 25 000 names of one object took 5 to 12 ms each,
 * ten times the longest turn of a server that nobody asks anything. Objects of one shape share their names.
 */
const mostNames = 1000;

/**
 * Reads a JSON body, limited in size, depth and numbers of values and names before anything parses it.
 * @param limit as for `express.json`: "1mb"
 * @throws (of the middleware) PromptsegError `request-invalid`, `body-too-large`
 */
export function jsonBody(limit: string, types: readonly string[] = ['application/json']): RequestHandler[] {
  return [
    bodyWithin(longestMs),
    express.json({ limit, type: [...types], verify: requireModestJson }),
    inATurnOfItsOwn,
    requireWellFormedBody,
    inATurnOfItsOwn,
  ];
}

/**
 * Others come in between: for 25 000 keys parsing takes 9 ms, checking 5, and handing them to the thread that reads
 * rules 4 to 12.
 */
const inATurnOfItsOwn: RequestHandler = ({ body }, _response, next) =>
  body === undefined ? next() : void setImmediate(next);

const [quote, backslash, comma, brace] = ['"', '\\', ',', '{'].map((character) => character.charCodeAt(0));
const opening = new Set(['[', '{'].map((character) => character.charCodeAt(0)));
const closing = new Set([']', '}'].map((character) => character.charCodeAt(0)));

/** One pass over the bytes: JSON.parse needs 0.6 s for a megabyte of brackets, and the later checks are recursive. */
function requireModestJson(_request: IncomingMessage, _response: unknown, body: Buffer, charset: string): void {
  // RFC 8259, section 8.1. In UTF-16 the bytes below would mean something else.
  if (charset.toLowerCase() !== 'utf-8') throw new PromptsegError('request-invalid', 'JSON is read in UTF-8 only.');
  let depth = 0;
  let values = 1;
  /** Of the open objects; none are counted in an array. */
  const names: number[] = [Number.NEGATIVE_INFINITY];
  let isText = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!;
    if (byte === quote) isText = !isText;
    else if (isText) {
      if (byte === backslash) at++;
    } else if (opening.has(byte)) {
      values++;
      if (++depth > deepest)
        throw new PromptsegError('request-invalid', `The body nests deeper than ${deepest} levels.`);
      names[depth] = byte === brace ? 1 : Number.NEGATIVE_INFINITY;
    } else if (closing.has(byte)) depth = Math.max(0, depth - 1);
    else if (byte === comma) {
      if (++values > mostValues)
        throw new PromptsegError('request-invalid', `The body has more than ${mostValues} values.`);
      names[depth]!++;
      if (names[depth]! > mostNames)
        throw new PromptsegError('request-invalid', `An object in the body has more than ${mostNames} names.`);
    }
  }
}

/** Ends a request whose body has not arrived within this many milliseconds. */
export function bodyWithin(milliseconds: number): RequestHandler {
  return (request, response, next) => {
    // Read by an earlier parser: neither of the events below would come, and the timer kept the request for a minute.
    if (request.complete) return next();
    const timer = setTimeout(() => {
      if (request.complete || response.headersSent) return;
      const error = new PromptsegError('request-too-slow', 'The body of the request did not arrive in time.');
      response.set('Connection', 'close');
      sendProblems(error, request, response, next);
      response.once('finish', () => request.destroy());
    }, milliseconds);
    for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer));
    next();
  };
}
