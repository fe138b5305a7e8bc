import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLines } from './command.mjs';
import { SetupError } from './steps.mjs';

/**
 * Waits until a started program is ready: five minutes at most, because on a machine with other work a server took more
 * than one. A program that ends is noticed at once.
 *
 * @template T
 * @param {() => Promise<T | undefined> | T | undefined} check Called repeatedly; undefined means not yet.
 * @param {{ name: string, exited: Promise<number>, logFile: string, timeoutMs?: number }} program
 * @returns {Promise<T>} The result of `check`.
 * @throws {SetupError} With the end of its log, if the program ends or does not get ready.
 */
export async function untilReady(check, { name, exited, logFile, timeoutMs = 300_000 }) {
  let exitCode;
  exited.then((code) => {
    exitCode = code;
  });
  const deadline = performance.now() + timeoutMs;
  while (exitCode === undefined && performance.now() < deadline) {
    const ready = await check();
    if (ready !== undefined) return ready;
    await delay(50);
  }
  const what = exitCode === undefined ? `is not ready after ${timeoutMs / 1000} s` : `ended with code ${exitCode}`;
  throw new SetupError(
    `${name} ${what}. The end of its log (${logFile}):\n${lastLines(readFileSync(logFile, 'utf8'))}`,
  );
}
