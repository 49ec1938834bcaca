import { writeSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends the output of a test run with one plain line that any tool can read: `N passed, N failed, N skipped`.
 * It is written while the process exits, after coverage tables and teardown messages; the exit code has the
 * last word on "failed", so that the line never says 0 when the run failed.
 */
export default class LastLineReporter implements Reporter {
  readonly #count = { passed: 0, failed: 0, skipped: 0, pending: 0 };

  onInit(): void {
    process.once('exit', (code) => {
      const { passed, failed, skipped, pending } = this.#count;
      writeSync(1, `${passed} passed, ${failed || (code ? 1 : 0)} failed, ${skipped + pending} skipped\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const count = this.#count;
    count.failed += unhandledErrors.length;
    for (const module of modules) {
      count.failed += module.errors().length;
      for (const suite of module.children.allSuites()) count.failed += suite.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
  }
}
