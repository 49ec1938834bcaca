import { Console } from 'node:console';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@meltano/foundation/clock';
import { type AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import { ExactNumber, type JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { createRedactor, type Redactor } from '@meltano/foundation/redact';
import { thrownAt } from '@meltano/foundation/thrown-at';
import type { Connector, ConnectorAbout, ConnectorContext } from '../connector.ts';
import { renderAbout, sdkVersion } from './about-text.ts';
import { renderHelp } from './help-text.ts';
import { type ProgramOptions, parseOptions } from './options.ts';
import { readConfig } from './read-files.ts';
import { runMapper } from './run-mapper.ts';
import { printCatalog, runTap } from './run-tap.ts';
import { runTarget } from './run-target.ts';
import { createOutput, type Output } from './singer-output.ts';
import { createStderrLog } from './stderr-log.ts';
import { systemClock } from './system-clock.ts';
import { testTap } from './test-tap.ts';
import { fileTokenStore } from './token-store.ts';
import { settingNames, tellUnknownSettings } from './unknown-settings.ts';

/** The world of a program, so that a suite can host a connector without a process. */
export interface ProgramWorld {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** Default: the machine's time. */
  readonly clock?: Clock;
  /** Default: the host's own. */
  readonly fetch?: typeof fetch;
}

/**
 * Makes a connector a Singer program: reads the command line, does what it says, ends the process. Exit codes:
 * 0 done, 1 failed (also for an invalid configuration), 2 unknown or wrong option, 143 and 130 stopped by SIGTERM
 * and SIGINT after what was begun is saved. A second signal ends at once.
 */
export async function hostConnector(connector: Connector): Promise<void> {
  const stopping = new AbortController();
  let signalled: 'SIGTERM' | 'SIGINT' | undefined;
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (signalled !== undefined) process.exit(codes[name]);
      signalled = name;
      stopping.abort(name);
    });
  }
  // Nothing but Singer messages may reach standard output, whatever a library prints.
  globalThis.console = new Console(process.stderr, process.stderr);
  const { argv, env, stdin, stdout, stderr } = process;
  // Whoever stops to read the log does not stop the data.
  stderr.on('error', () => {});
  const code = await runProgram(connector, {
    args: argv.slice(2),
    env,
    stdin,
    stdout,
    stderr,
    signal: stopping.signal,
  });
  await handedOver(stderr);
  process.exit(code === 0 && signalled !== undefined ? codes[signalled] : code);
}

/** Resolves when all that was written has left: the end of a process takes with it what waits for a slow reader. */
function handedOver(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.write('', () => resolve());
  });
}

const codes = { SIGTERM: 143, SIGINT: 130 } as const;

/** Runs the program in a given world and returns its exit code; never throws. */
export async function runProgram(connector: Connector, world: ProgramWorld): Promise<number> {
  const redactor = createRedactor();
  const { about } = connector;
  const log = createStderrLog(about.name, redactor, world.env, (line) => void world.stderr.write(line));
  try {
    const options = parseOptions(connector.kind, world.args);
    const output = createOutput(world.stdout);
    await perform(connector, options, { world, output, log, redactor });
    await output.flush();
    return 0;
  } catch (error) {
    report(log, error);
    return isAppError(error) && error.code === 'host.usage' ? 2 : 1;
  }
}

interface Program {
  readonly world: ProgramWorld;
  readonly output: Output;
  readonly log: Log;
  readonly redactor: Redactor;
}

async function perform(connector: Connector, options: ProgramOptions, program: Program): Promise<void> {
  const { about } = connector;
  switch (options.mode) {
    case 'version':
      return program.output.write(
        `${about.name} v${about.version}, Meltano SDK for TypeScript v${sdkVersion}\n`,
      );
    case 'help':
      return program.output.write(renderHelp(connector));
    case 'about':
      return program.output.write(renderAbout(about, options.format));
    case 'discover':
    case 'test':
    case 'run': {
      const config = await readConfig(about, options.config, program.world.env);
      program.redactor.add(...secretsOf(about, config));
      tellUnknownSettings(about, config, program.log);
      const { log, output, redactor, world } = program;
      const secrets = [...secretsOf(about, config)];
      const context: ConnectorContext = {
        config,
        log,
        clock: world.clock ?? systemClock,
        signal: world.signal,
        hide(...texts) {
          redactor.add(...texts);
          secrets.push(...texts.filter((text) => text.length >= 4 && !secrets.includes(text)));
        },
        ...(await fetchOf(world, secrets)),
        ...(options.tokens === undefined ? {} : { tokens: fileTokenStore(options.tokens, redactor) }),
      };
      const input = options.input ?? program.world.stdin;
      if (connector.kind === 'target') return runTarget(connector, input, context, output);
      if (connector.kind === 'mapper') return runMapper(connector, input, context, output);
      if (options.mode === 'discover') return printCatalog(connector, context, output);
      return options.mode === 'test'
        ? testTap(connector, options, context, output)
        : runTap(connector, options, context, output);
    }
  }
}

/** MELTANO_SDK_CASSETTE=FILE: requests are answered from a recording (for MELTANO_SDK_RECORD=1, recorded into it). */
async function fetchOf(
  { fetch: given, env }: ProgramWorld,
  secrets: readonly string[],
): Promise<Pick<ConnectorContext, 'fetch'>> {
  if (given !== undefined) return { fetch: given };
  const path = env['MELTANO_SDK_CASSETTE'];
  if (path === undefined || path === '') return {};
  const { openCassette } = await import('../http/cassette.ts');
  const mode = env['MELTANO_SDK_RECORD'] === '1' ? 'record' : 'replay';
  const cassette = openCassette(path, { secrets, mode });
  process.on('exit', () => cassette.save());
  return { fetch: cassette.fetch };
}

function secretsOf(about: ConnectorAbout, config: JsonObject): readonly string[] {
  return about.settings
    .filter((setting) => setting['sensitive'] === true)
    .flatMap((setting) => settingNames(setting).map((name) => config[name]))
    .filter((value) => typeof value === 'string' || typeof value === 'number' || value instanceof ExactNumber)
    .map(String);
}

/** One line of message, the place where there is one, one of advice; the stack only at level debug. */
function report(log: Log, error: unknown): void {
  const place = thrownAt(error);
  const message = errorMessage(error) + (place === undefined ? '' : `, at ${place}`);
  log.log('error', message, isAppError(error) ? { code: error.code } : {});
  if (isAppError(error)) for (const line of placeLines(error)) log.log('error', line);
  if (isAppError(error) && error.hint !== undefined) log.log('error', `Try: ${error.hint}`);
  if (error instanceof Error) log.log('debug', error.stack ?? '');
}

/** The line of the cause with its part marked; a long one is in the message. */
function placeLines({ place }: AppError): readonly string[] {
  const { text, column = 1, length = 1 } = place ?? {};
  if (text === undefined || text.length > 200) return [];
  return [`  ${text}`, `  ${' '.repeat(column - 1)}${'^'.repeat(length)}`];
}
