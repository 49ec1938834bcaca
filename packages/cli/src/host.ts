import type { CommanderError } from 'commander';
import type { GlobalOptions, Terminal } from './globals.ts';
import type { Session, SessionOptions } from './session.ts';

/**
 * What commands are registered with: the terminal, the global options, and a way to open a session when an
 * action needs one. Opening loads the engine; `--help` and `--version` never do.
 */
export interface Host {
  readonly terminal: Terminal;
  /** Exit code of the command line; an action may set it instead of throwing. */
  exitCode: number;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Told once by the program, before any action runs. */
  useGlobals(read: () => Readonly<Record<string, unknown>>): void;
  globals(): GlobalOptions;
  /** Opens the project; answers the same session when asked again. */
  open(options: SessionOptions): Promise<Session>;
  reportUsage(lines: readonly string[], error: CommanderError): number;
  reportError(error: unknown): Promise<number>;
  close(): Promise<void>;
}

export function createHost(process: NodeJS.Process): Host {
  const terminal: Terminal = {
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
  };
  let readGlobals: () => Readonly<Record<string, unknown>> = () => ({});
  let session: Promise<Session> | undefined;

  const host: Host = {
    terminal,
    exitCode: 0,
    writeOut: (text) => terminal.stdout.write(text),
    writeErr: (text) => terminal.stderr.write(text),
    useGlobals: (read) => {
      readGlobals = read;
    },
    globals: () => parseGlobals(readGlobals()),
    open: (options) => {
      session ??= import('./session.ts').then(({ openSession }) =>
        openSession(terminal, host.globals(), options),
      );
      return session;
    },
    reportUsage: (lines, error) => {
      if (lines.length > 0) host.writeErr(`${lines.join('\n')}\n`);
      // A group without a subcommand has shown its help: that is a wrong command line, too.
      return error.code === 'commander.help' ? 2 : error.exitCode === 0 ? 0 : 2;
    },
    reportError: async (error) => {
      const { reportError } = await import('./report-error.ts');
      return reportError(error, terminal, host.globals(), await openedSession(session));
    },
    close: async () => {
      await (await openedSession(session))?.close();
    },
  };
  return host;
}

/** A session that could not be opened is no session: its error has been reported where it was awaited. */
async function openedSession(session: Promise<Session> | undefined): Promise<Session | undefined> {
  try {
    return await session;
  } catch {
    return undefined;
  }
}

function parseGlobals(options: Readonly<Record<string, unknown>>): GlobalOptions {
  const text = (name: string) => (typeof options[name] === 'string' ? options[name] : undefined);
  return {
    logLevel: text('logLevel'),
    logFormat: text('logFormat')?.replaceAll('-', '_'),
    logConfig: text('logConfig'),
    environment: options['environment'] === false ? null : text('environment'),
    cwd: text('cwd'),
    envFile: text('envFile'),
  };
}
