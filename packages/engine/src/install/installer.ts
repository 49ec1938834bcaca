import { hidePasswordsInAddresses } from '@meltano/foundation/redact';
import type { Watchdog } from '../invoke/watchdog.ts';
import { tellingLines, tellingSentence } from '../telling-lines.ts';
import { installError } from './errors.ts';
import { venvPython } from './fingerprint.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';

/** Makes virtual environments and installs packages into them. */
export interface Installer {
  readonly name: 'uv' | 'virtualenv';
  /** Creates the venv anew, whatever was there. */
  createVenv(venv: string, options: InstallerCall): Promise<void>;
  installPackages(venv: string, packages: readonly string[], options: InstallerCall): Promise<void>;
}

export interface InstallerCall {
  /** For messages, e.g. `extractors/tap-csv`. */
  readonly plugin: string;
  /** Of the plugin alone. */
  readonly name: string;
  readonly signal: AbortSignal | undefined;
  readonly watchdog: Watchdog | undefined;
  /** Receives all that the programs print, secrets removed. */
  readonly log: (text: string) => Promise<void>;
  readonly logFile: string;
  readonly onStart: (pid: number) => Promise<void>;
  readonly ignorePythonVersion: boolean;
  /** A path, a name, or (uv) a version; undefined: the installer's own choice. */
  readonly python: string | undefined;
}

export interface InstallerOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly redact: (text: string) => string;
}

export interface UvOptions extends InstallerOptions {
  /** Without one uv looks for itself, and fetches one if there is none. */
  readonly defaultPython: string | undefined;
}

export function createUvInstaller(uv: string, options: UvOptions): Installer {
  const pythonOption = (python: string | undefined) => (python === undefined ? [] : [`--python=${python}`]);
  return {
    name: 'uv',
    createVenv: (venv, call) =>
      run(options, call, {
        file: uv,
        args: ['venv', '--clear', ...pythonOption(call.python ?? options.defaultPython), venv],
        failed: (end) => venvFailed(call, end, options.redact),
      }),
    installPackages: (venv, packages, call) =>
      run(options, call, {
        file: uv,
        args: ['pip', 'install', `--python=${venvPython(venv)}`, ...packages],
        failed: (end) => pipFailed(call, end, options.redact),
      }),
  };
}

/** `python -m venv` and pip: slower, and all that is needed is a Python. */
export function createPipInstaller(defaultPython: string, options: InstallerOptions): Installer {
  return {
    name: 'virtualenv',
    async createVenv(venv, call) {
      const failed = (end: ProgramEnd) => venvFailed(call, end, options.redact);
      await run(options, call, {
        file: call.python ?? defaultPython,
        args: ['-m', 'venv', '--clear', venv],
        failed,
      });
      await run(options, call, { file: venvPython(venv), args: [...pip, '--upgrade', 'pip'], failed });
    },
    installPackages: (venv, packages, call) =>
      run(options, call, {
        file: venvPython(venv),
        args: [...pip, ...(call.ignorePythonVersion ? ['--ignore-requires-python'] : []), ...packages],
        failed: (end) => pipFailed(call, end, options.redact),
      }),
  };
}

const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];

interface Step {
  readonly file: string;
  readonly args: readonly string[];
  readonly failed: (end: ProgramEnd) => Error;
}

async function run({ cwd, env, redact }: InstallerOptions, call: InstallerCall, step: Step): Promise<void> {
  const { file, args } = step;
  const { signal, watchdog, onStart } = call;
  const end = await runProgram({ file, args, cwd, env, signal, watchdog, onStart });
  // Invariant 5: an address in pip_url may carry a token.
  const text = redact(hidePasswordsInAddresses(`$ ${[file, ...args].join(' ')}\n${end.output}`));
  await call.log(text.endsWith('\n') ? text : `${text}\n`);
  if (end.exitCode !== 0) throw step.failed(end);
}

function venvFailed(call: InstallerCall, end: ProgramEnd, redact: (text: string) => string) {
  const lines = tellingLines(redact(hidePasswordsInAddresses(end.output)));
  return installError('venv_failed', {
    message: `Could not create the virtualenv for '${call.plugin}'`,
    hint:
      call.python === undefined
        ? `Install Python 3, or set its path with \`meltano config set meltano python <path>\`; all output is in ${call.logFile}`
        : `Check that the Python '${call.python}' exists; all output is in ${call.logFile}`,
    details: {
      lines,
      output: redact(hidePasswordsInAddresses(end.output)),
      logFile: call.logFile,
      exitCode: end.exitCode,
      signal: end.signal,
    },
  });
}

/** What installers write when they cannot reach the package index. */
const networkFailure =
  /dns error|name resolution|network is unreachable|connection refused|could not connect|failed to fetch|error sending request|failed to establish a new connection|tunnel error|timed? ?out/i;

function pipFailed(call: InstallerCall, end: ProgramEnd, redact: (text: string) => string) {
  const output = redact(hidePasswordsInAddresses(end.output));
  const lines = tellingLines(output);
  const isOffline = networkFailure.test(output);
  const reason = tellingSentence(output) ?? describeEnd(end);
  return installError(isOffline ? 'offline' : 'pip_failed', {
    message: `Could not install the packages of '${call.plugin}': ${reason}`,
    hint: isOffline
      ? `The package index was not reached: check network and proxy, or name a mirror with UV_DEFAULT_INDEX or PIP_INDEX_URL; all output is in ${call.logFile}`
      : `Correct pip_url of '${call.name}', or name a Python that its packages support; all output is in ${call.logFile}`,
    details: { lines, reason, output, logFile: call.logFile, exitCode: end.exitCode, signal: end.signal },
  });
}

function describeEnd(end: ProgramEnd): string {
  return end.signal === undefined
    ? `the installer ended with exit code ${end.exitCode}`
    : `the installer was ended by ${end.signal}`;
}
