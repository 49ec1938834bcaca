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

/** `tap-x was ended by SIGKILL after 3.2 s, because it did not stop when asked to`. */
export function describeProcessResult(name: string, result: ProcessResult): string {
  const seconds = `${(result.durationMs / 1000).toFixed(1)} s`;
  const end =
    result.signal === undefined
      ? `ended with exit code ${result.exitCode ?? 'unknown'}`
      : `was ended by ${result.signal}`;
  return `${name} ${end} after ${seconds}${result.killed ? ', because it did not stop when asked to' : ''}`;
}

/** The code that Meltano would report: negative for a signal, as Python's subprocess module has it. */
export function reportedExitCode(result: ProcessResult): number {
  if (result.exitCode !== undefined) return result.exitCode;
  return result.signal === undefined ? 1 : -(signalNumbers[result.signal] ?? 1);
}

/** The signals that end programs in practice; numbers of POSIX and Linux. */
export const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};
