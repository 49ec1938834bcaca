import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Engine, openEngine } from '@meltano/engine/engine';
import { createLog } from '@meltano/engine/logs/create-log';
import type { LogThreshold } from '@meltano/engine/logs/level-filter';
import type { StateRoom } from '@meltano/engine/state/state-operations';
import type { EnvironmentRule } from '@meltano/engine/workspace/select-environment';
import type { Workspace } from '@meltano/engine/workspace/workspace';
import type { Log } from '@meltano/foundation/log';
import { createRedactor, type Redactor } from '@meltano/foundation/redact';
import { bundledConnectors } from './bundled-connectors.ts';
import { cliError } from './errors.ts';
import { type GlobalOptions, isTruthyText, type Terminal, wantsColour } from './globals.ts';
import { createLogOutput } from './log-output.ts';
import { programLauncher } from './program-launcher.ts';
import { createGlyphs, createStyle, type Glyphs, type Style } from './render/style.ts';
import { version } from './version.ts';

export interface SessionOptions {
  /** Name of the command, for texts and for the Hub. */
  readonly command: string;
  readonly environment: EnvironmentRule;
  readonly databaseUri?: string | undefined;
  /** Open the project in this folder instead of searching from where the program was started. */
  readonly folder?: string;
}

/** One command line at work in one project. */
export interface Session {
  readonly engine: Engine;
  /** Of the engine, as it is after the last edit. */
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  /** What the program has to say on standard error, in the chosen format and from the chosen level on. */
  readonly log: Log;
  readonly redactor: Redactor;
  /** Log lines from this level on are shown. */
  readonly threshold: LogThreshold;
  readonly outStyle: Style;
  readonly errStyle: Style;
  readonly glyphs: Glyphs;
  /** Width of standard output; undefined when it is piped. */
  readonly outWidth: number | undefined;
  /** Whether a person looks at standard error: then there is a live part, and a summary instead of log lines. */
  readonly interactive: boolean;
  /** Lines of the log go here instead of standard error, until the returned function is called. */
  redirectLog(write: (text: string) => void): () => void;
  /** One line of result on standard output. */
  print(line: string): void;
  confirm(question: string, option: string): Promise<boolean>;
  stateRoom(): Promise<StateRoom>;
  close(): Promise<void>;
}

export async function openSession(
  terminal: Terminal,
  globals: GlobalOptions,
  options: SessionOptions,
): Promise<Session> {
  const redactor = createRedactor();
  const output = createLogOutput(terminal, globals);
  const log = createLog({ sinks: [output.sink], redactor, now: Date.now });
  const engine = await openEngine({
    cwd: options.folder ?? startFolder(terminal, globals),
    processEnv: terminal.env,
    environment: globals.environment,
    environmentRule: options.environment,
    ...(globals.envFile === undefined ? {} : { envFile: globals.envFile }),
    overrides: overridesOf(globals, options),
    connectors: bundledConnectors,
    launcher: programLauncher(),
    command: options.command,
    version,
    log,
    console: output.sink,
    redactor,
  });
  await output.configure(engine.workspace);
  for (const { message, place } of engine.workspace.project.warnings) {
    const where = [place.file, place.line].filter((part) => part !== undefined).join(':');
    log.log('warning', `${message} (${where})`);
  }
  announceEnvironment(log, engine, options);
  return {
    engine,
    get workspace() {
      return engine.workspace;
    },
    terminal,
    log,
    redactor,
    get threshold() {
      return output.threshold();
    },
    outStyle: createStyle(wantsColour(terminal.stdout, terminal.env)),
    errStyle: createStyle(wantsColour(terminal.stderr, terminal.env)),
    glyphs: createGlyphs(terminal.env),
    outWidth: terminal.stdout.isTTY ? (terminal.stdout.columns ?? 80) : undefined,
    interactive: isInteractive(terminal, globals, output.threshold()),
    redirectLog: output.redirect,
    print: (line) => {
      terminal.stdout.write(`${line}\n`);
    },
    confirm: async (question, option) => {
      const { askYesNo } = await import('./prompt.ts');
      return askYesNo(terminal, question, option);
    },
    stateRoom: () => engine.stateRoom(),
    close: async () => {
      await engine.close();
      output.close();
    },
  };
}

function startFolder(terminal: Terminal, globals: GlobalOptions): string {
  if (globals.cwd === undefined) return terminal.cwd;
  const folder = resolve(terminal.cwd, globals.cwd);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw cliError('cwd_missing', {
      message: `Invalid value for '--cwd': Directory '${globals.cwd}' does not exist.`,
      hint: 'name a directory that exists',
    });
  }
  process.chdir(folder);
  return folder;
}

function overridesOf(globals: GlobalOptions, options: SessionOptions): Readonly<Record<string, string>> {
  const given: Readonly<Record<string, string | undefined>> = {
    'cli.log_level': globals.logLevel,
    'cli.log_format': globals.logFormat,
    'cli.log_config': globals.logConfig,
    database_uri: options.databaseUri,
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function isInteractive(terminal: Terminal, globals: GlobalOptions, threshold: LogThreshold): boolean {
  const { env, stderr } = terminal;
  const asked =
    globals.logFormat !== undefined ||
    threshold === 'disabled' ||
    env['MELTANO_CLI_LOG_FORMAT'] !== undefined;
  return stderr.isTTY === true && !isTruthyText(env['CI']) && env['TERM'] !== 'dumb' && !asked;
}

function announceEnvironment(log: Log, engine: Engine, options: SessionOptions): void {
  const { environment, source, ignoredDefault } = engine.workspace.selection;
  if (environment !== undefined) log.log('info', `Environment '${environment.name}' is active`);
  else if (source === 'disabled') log.log('info', 'No Meltano environment was selected');
  else if (ignoredDefault !== undefined && options.environment === 'explicit') {
    log.log(
      'info',
      `The default environment '${ignoredDefault}' will be ignored for \`meltano ${options.command}\`. To configure a specific environment, please use the option \`--environment=<environment name>\`.`,
    );
  }
}
