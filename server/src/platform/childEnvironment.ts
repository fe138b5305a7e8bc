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
 * Large pages for large arrays, where Linux offers them on request. A network on a CPU needs hundreds of arrays of up
 * to 100 MB, and to fault in their pages one by one took 7.4 of a head's 39 s of processor time; now 5.1.
 */
const memory = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

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
