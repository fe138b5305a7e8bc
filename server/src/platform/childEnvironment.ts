/**
 * Environment variables that computing processes need: how to find programs, libraries, GPUs and certificates, the
 * number of threads, and the log level. Everything else is left out, because this process's environment holds secrets
 * of databases, destinations and webhooks under names that only settings files know, and anything else the
 * administrator set.
 */
const needed = new RegExp(
  `^(?:${[
    'PATH|HOME|TMPDIR|TMP|TEMP|TZ|LANG|LC_\\w+|SystemRoot',
    'LD_LIBRARY_PATH|LD_PRELOAD|DYLD_LIBRARY_PATH',
    'NODE_OPTIONS|NODE_EXTRA_CA_CERTS|NODE_V8_COVERAGE|SSL_CERT_FILE|SSL_CERT_DIR',
    // Folders of the user: of the cache, and where the Vulkan loader finds the drivers of GPUs.
    'XDG_(?:CACHE|CONFIG|DATA)_HOME|XDG_RUNTIME_DIR|LOCALAPPDATA',
    '(?:CUDA|NVIDIA|VK|MESA|TENSORRT|ORT|OMP|KMP|GOMP|MKL|MALLOC)_\\w+|GLIBC_TUNABLES',
    'PROMPTSEG_LOG_LEVEL',
  ].join('|')})$`,
);

/**
 * Memory that one operator of a network has freed is used again by the next, up to 1 GiB, where glibc would return
 * each array above 32 MiB to Linux and have every page of the next one filled with zeros. `session.run()` of a head
 * took 1.8 s in place of 2.3 to 4.0 s, that of an abdomen 2.4 in place of 5.4 to 6.0 s, with a peak of memory a
 * fourth and a sixth higher. Large pages (`hugetlb`), which this replaces, made both slower on a machine that had run
 * for a day, with and without it. An idle process keeps at most 1 GiB of what it has freed.
 */
const memory = { GLIBC_TUNABLES: `glibc.malloc.mmap_threshold=${2 ** 30}:glibc.malloc.trim_threshold=${2 ** 30}` };

/**
 * The environment of a child process.
 * @param settings further variables for this child, including its secrets
 */
export function childEnvironment(
  settings: Readonly<Record<string, string>>,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(environment).filter(([name]) => needed.test(name));
  return { ...memory, ...Object.fromEntries(inherited), ...settings };
}

/**
 * Arguments of Node.js for a child process. V8 counts arrays outside its heap, such as the images of a series, with its
 * old objects, and begins with a limit for a few objects: it searched them all for garbage 18 times while 157 MB
 * arrived, which took a third of the processor time. Below this limit, in MiB, it does so 3 times, and the peak of the
 * memory is the same.
 */
export const childArguments = (): string[] => [...process.execArgv, '--initial-old-space-size=256'];
