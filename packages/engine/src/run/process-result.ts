/** How a child process ended: facts only. `describeProcessResult` writes the sentence. */
export interface ProcessResult {
  readonly exitCode: number | undefined;
  /** Name of the signal that ended it, e.g. `SIGKILL`. */
  readonly signal: string | undefined;
  /** True when the engine ended it because it did not stop in time. */
  readonly killed: boolean;
  readonly durationMs: number;
  /** Its last lines on standard error, redacted, oldest first; at most 20. */
  readonly lastLines: readonly string[];
}
