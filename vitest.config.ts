import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  ssr: { resolve: { conditions: ['meltano-source', ...defaultServerConditions] } },
  test: {
    // Most of the time of the integration tests is waiting for processes: one worker per core, the runner beside them.
    maxWorkers: '100%',
    reporters: ['default', './test/last-line-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['{packages,connectors}/*/src/**/*.ts'],
      // Programs that tests start as processes of their own are not seen: the share is higher than it says.
      reporter: ['text-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          isolate: false,
          // Property tests take seconds where the machine is busy.
          testTimeout: 60_000,
          include: ['{packages,connectors}/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.integration.test.ts', ...exclude],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [
            '{packages,connectors}/**/*.integration.test.ts',
            '{scripts,conformance}/**/*.integration.test.ts',
          ],
          exclude,
          globalSetup: ['test/postgres.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
