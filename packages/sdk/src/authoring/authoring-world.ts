import type { Readable, Writable } from 'node:stream';

/** The world of the authors' commands, so that tests can hold it. */
export interface AuthoringWorld {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
  readonly sdkVersion: string;
  /** Writes to standard output, with a line end. */
  print(text: string): void;
}
