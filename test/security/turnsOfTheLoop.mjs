/**
 * Loaded into the server under test before its own code (`node --import`): how much CPU time the longest turn of its
 * event loop took, which is how long another request would have waited on a machine that does nothing else. CPU time of
 * the one thread: what other programs, and other threads of the server, do to the clock on the wall does not count.
 *
 * A client that connects to the socket of PROMPTSEG_TEST_TURNS gets the longest turn since the last one connected, as a
 * multiple of a reference that is measured there and then: where other programs share the core and its caches, the same
 * work takes three times as much CPU time, and the reference does too.
 */
import { openSync, readSync } from 'node:fs';
import { createServer } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const { PROMPTSEG_TEST_TURNS: socket } = process.env;
// NODE_OPTIONS reach the threads and children of the server, and whatever started it, too.
if (socket !== undefined && isMainThread && process.argv[1]?.endsWith('promptseg.mjs')) watch(socket);

/** @param {string} socket */
function watch(socket) {
  const cpuMs = threadClock();
  let last = cpuMs();
  let longest = 0;
  const look = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  // Due at each turn that takes a millisecond: between two looks is one turn, and less than a millisecond of others.
  setInterval(look, 1).unref();
  createServer((connection) => {
    look();
    connection.on('error', () => {});
    connection.end(String(longest / referenceMs(cpuMs)));
    longest = 0;
    last = cpuMs();
  })
    .listen(socket)
    .unref();
}

const referenceText = JSON.stringify(Object.fromEntries(Array.from({ length: 5000 }, (_, key) => [`k${key}`, [key]])));

/**
 * Median CPU time of reading 60 kB of JSON, memory and collection included, as hostile bodies take them.
 * @param {() => number} cpuMs
 */
function referenceMs(cpuMs) {
  const times = Array.from({ length: 7 }, () => {
    const start = cpuMs();
    Object.keys(JSON.parse(referenceText)).sort();
    return cpuMs() - start;
  });
  return times.sort((a, b) => a - b)[3] ?? Number.NaN;
}

/**
 * CPU time of this thread, in milliseconds.
 * @returns {() => number}
 */
function threadClock() {
  // Node.js 23.9 and later.
  const { threadCpuUsage } = /** @type {{ threadCpuUsage?: () => { user: number, system: number } }} */ (process);
  if (threadCpuUsage !== undefined)
    return () => {
      const { user, system } = threadCpuUsage();
      return (user + system) / 1000;
    };
  // Linux: nanoseconds on a CPU, nanoseconds of waiting for one, time slices (proc_pid_schedstat).
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const text = Buffer.alloc(80);
  return () => {
    // Has the kernel bring the figure up to date, which it does otherwise at its ticks only (thread_group_cputime): 20
    // ms of computing read as 19.0 to 20.1 so, without it as 15 to 23.
    process.cpuUsage();
    const length = readSync(file, text, 0, text.length, 0);
    return Number.parseInt(text.toString('latin1', 0, length), 10) / 1e6;
  };
}
