import { testLimitMs } from './test/support/limits.mjs';

/** Jest runs the TypeScript sources as native ES modules (node --experimental-vm-modules), transformed by swc. */
export default {
  testEnvironment: '<rootDir>/scripts/test/environment.mjs',
  roots: ['<rootDir>/server/src', '<rootDir>/viewer-extension/src', '<rootDir>/test', '<rootDir>/dicom-fixtures'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  // Libraries outside of Jest's environment; the aliases of server/package.json and viewer-extension/package.json; and
  // sources instead of compiled files.
  moduleNameMapper: {
    '^dcmjs$': '<rootDir>/scripts/test/outside/dcmjs.mjs',
    '^playwright-core$': '<rootDir>/scripts/test/outside/playwright.mjs',
    '^#contract/(.*)\\.js$': '<rootDir>/server/contract/$1',
    // What server/bundleElastix.mjs bundles.
    '^#elastix$': '@itk-wasm/elastix',
    '^#shown/jsx-runtime$': '<rootDir>/viewer-extension/src/client/jsxRuntime.ts',
    '^(\\.{1,2}/.*)server/dist/(.*)\\.js$': '$1server/src/$2',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: {
    '^.+\\.tsx?$': [
      '<rootDir>/scripts/test/transform.mjs',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: '#shown' } },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  setupFilesAfterEnv: ['<rootDir>/test/support/quickEquality.mjs'],
  testTimeout: testLimitMs,
};
