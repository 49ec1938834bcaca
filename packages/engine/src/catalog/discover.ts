import { createWriteStream, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { cancelledError } from '@meltano/foundation/abort';
import type { Log } from '@meltano/foundation/log';
import { pythonRepr } from '@meltano/foundation/python-text';
import { startChild } from '../invoke/child.ts';
import type { CommandLine, Invocation } from '../invoke/open-invocation.ts';
import type { PipeSupply } from '../invoke/pipe-supply.ts';
import type { Watchdog } from '../invoke/watchdog.ts';
import { describeProcessResult, type ProcessResult, reportedExitCode } from '../process-result.ts';
import { catalogError } from './errors.ts';

export interface DiscoverOptions {
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly watchdog?: Watchdog;
  readonly pipes?: PipeSupply;
  /** When aborted the tap is asked to stop, and killed after `graceMs`. */
  readonly signal?: AbortSignal;
  readonly graceMs?: number;
  /** When aborted the tap is killed at once. */
  readonly killing?: AbortSignal;
}

/** Runs the tap with `--discover`; its standard output goes byte for byte into the file. */
export async function discoverToFile(
  invocation: Invocation,
  path: string,
  options: DiscoverOptions,
): Promise<void> {
  const line = invocation.commandLine({ args: ['--discover'], catalog: false, state: false });
  try {
    const result = await runDiscovery(invocation, line, path, options);
    if (options.signal?.aborted) throw cancelledError('Stopped during catalog discovery');
    if (result.exitCode !== 0) throw discoveryFailed(invocation, line, result);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

async function runDiscovery(
  invocation: Invocation,
  line: CommandLine,
  path: string,
  options: DiscoverOptions,
): Promise<ProcessResult> {
  const name = invocation.plugin.name;
  const child = await startChild({
    command: line.command,
    args: line.args,
    env: invocation.env,
    ...(line.cwd === undefined ? {} : { cwd: line.cwd }),
    stdin: 'ignore',
    stdout: 'pipe',
    redact: options.redact,
    onErrorLine: (text) =>
      options.log.log('info', options.redact(text), { stdio: 'stderr', type: 'discovery', name }),
    ...(options.watchdog === undefined ? {} : { watchdog: options.watchdog }),
    ...(options.pipes === undefined ? {} : { pipes: options.pipes }),
  });
  const stop = () => {
    child.signal('SIGTERM');
    const timer = setTimeout(() => child.kill(), options.graceMs ?? 30_000);
    void child.exited.then(() => clearTimeout(timer));
  };
  const over = new AbortController();
  onAbort(options.signal, stop, over.signal);
  onAbort(options.killing, child.kill, over.signal);
  try {
    if (child.stdout === null) throw new TypeError('The output of discovery must be a pipe');
    const written = pipeline(child.stdout, createWriteStream(path, { mode: 0o600 }));
    const result = await child.ended;
    // A process that discovery left behind may hold the pipe; what the tap itself wrote has arrived.
    child.killLeftovers();
    await written;
    return result;
  } finally {
    over.abort();
    child.killLeftovers();
  }
}

function onAbort(signal: AbortSignal | undefined, act: () => void, over: AbortSignal): void {
  if (signal?.aborted) act();
  else signal?.addEventListener('abort', act, { once: true, signal: over });
}

function discoveryFailed({ plugin }: Invocation, line: CommandLine, result: ProcessResult) {
  const command = pythonRepr([line.command, ...line.args]);
  return catalogError('discovery_failed', {
    message:
      `Catalog discovery failed: command ${command} returned ${reportedExitCode(result)} ` +
      `with stderr:\n ${result.lastLines.join('\n ')}`,
    hint: `meltano invoke ${plugin.name} --discover`,
    details: { plugin: plugin.name, result: describeProcessResult(plugin.name, result) },
  });
}
