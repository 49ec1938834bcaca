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
import { type GlobalOptions, type Terminal, wantsColour, widthOf } from './globals.ts';
import { createLogOutput, type LogAudience } from './log-output.ts';
import { programLauncher } from './program-launcher.ts';
import { createGlyphs, createStyle, type Glyphs, type Style } from './render/style.ts';
import { wrapText } from './render/wrap-text.ts';
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
  /** Width of standard error; undefined when it is piped. */
  readonly errWidth: number | undefined;
  /** Whether a person looks at standard error: then there is a live part, and a summary instead of log lines. */
  readonly interactive: boolean;
  readonly audience: LogAudience;
  /** Lines of the log go here instead of standard error, until the returned function is called. */
  redirectLog(write: (text: string) => void): () => void;
  /** One line of result on standard output. */
  print(line: string): void;
  /** A sentence on standard output: the same as `print`, wrapped at a terminal. */
  tell(sentence: string): void;
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
  announceEnvironment({ log, engine, options, audience: output.audience() });
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
    outWidth: widthOf(terminal.stdout),
    errWidth: widthOf(terminal.stderr),
    get audience() {
      return output.audience();
    },
    interactive:
      output.audience() === 'person' && output.threshold() !== 'disabled' && terminal.env['TERM'] !== 'dumb',
    redirectLog: output.redirect,
    print: (line) => {
      terminal.stdout.write(`${line}\n`);
    },
    tell: (sentence) => {
      for (const line of wrapText(sentence, { width: widthOf(terminal.stdout), hang: 2 }))
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

interface Announcement {
  readonly log: Log;
  readonly engine: Engine;
  readonly options: SessionOptions;
  readonly audience: LogAudience;
}

function announceEnvironment({ log, engine, options, audience }: Announcement): void {
  const { environment, source, ignoredDefault } = engine.workspace.selection;
  if (environment !== undefined) log.log('info', `Environment '${environment.name}' is active`);
  else if (source === 'disabled') log.log('info', 'No Meltano environment was selected');
  else if (ignoredDefault !== undefined && options.environment === 'explicit')
    log.log('info', ignoredDefaultText(ignoredDefault, options.command, audience));
}

/** Meltano's sentence, which scripts know; at a terminal one that fits a line. */
function ignoredDefaultText(name: string, command: string, audience: LogAudience): string {
  return audience === 'person'
    ? `No environment is active; for the default one: --environment=${name}`
    : `The default environment '${name}' will be ignored for \`meltano ${command}\`. To configure a specific environment, please use the option \`--environment=<environment name>\`.`;
}
