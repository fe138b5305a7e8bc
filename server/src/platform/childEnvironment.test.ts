import { expect, it } from '@jest/globals';
import { childEnvironment } from './childEnvironment.js';

it('C12: a child gets what it needs to run, what it is handed, and no secret', () => {
  const kept = {
    PATH: '/bin',
    LC_ALL: 'C.UTF-8',
    CUDA_VISIBLE_DEVICES: '0',
    OMP_NUM_THREADS: '2',
    PROMPTSEG_LOG_LEVEL: 'debug',
    GLIBC_TUNABLES: 'glibc.malloc.check=1',
  };
  const left = {
    DATABASE_URL: 'postgres://promptseg:secret@db/promptseg',
    PGPASSWORD: 'secret',
    PROMPTSEG_ARCHIVE_PASSWORD: 'secret',
    PROMPTSEG_ARCHIVE_TOKEN: 'secret',
    PROMPTSEG_HOST: '127.0.0.1',
    HOOK_SECRET: 'whsec_secret',
    RESEARCH_PASSWORD: 'secret',
    AWS_SECRET_ACCESS_KEY: 'secret',
    NPM_TOKEN: 'secret',
    HTTPS_PROXY: 'http://user:secret@proxy',
    XPATH: 'x',
    PATH_SECRET: 'secret',
  };
  expect(childEnvironment({ PROMPTSEG_WORKER: '{}' }, { ...kept, ...left })).toEqual({
    ...kept,
    PROMPTSEG_WORKER: '{}',
  });
});

it('keeps freed memory unless the environment says how to allocate', () => {
  expect(childEnvironment({}, {})).toEqual({
    GLIBC_TUNABLES: 'glibc.malloc.mmap_threshold=1073741824:glibc.malloc.trim_threshold=1073741824',
  });
});
