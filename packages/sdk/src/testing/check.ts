/** One thing that a connector must do. `run` throws when it does not. */
export interface Check {
  /** Stable, for skipping it with a reason. */
  readonly id: string;
  readonly title: string;
  run(): Promise<void>;
}

/** What a test framework offers: vitest's and node's `test` fit. */
export type RegisterTest = ((title: string, run: () => Promise<void>) => unknown) & {
  readonly skip: (title: string, run: () => Promise<void>) => unknown;
};

/**
 * Hands checks to a test framework. A check is skipped only with a reason, which becomes part of its title:
 * `registerChecks(tapSuite({ tap, config }), test, { 'unique-keys': 'the source has no keys' })`.
 */
export function registerChecks(
  checks: readonly Check[],
  test: RegisterTest,
  skip: Readonly<Record<string, string>> = {},
): void {
  for (const { id, title, run } of checks) {
    const reason = skip[id];
    if (reason === undefined) test(title, run);
    else test.skip(`${title} (skipped: ${reason})`, run);
  }
}
