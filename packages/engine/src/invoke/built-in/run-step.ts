import type { Readable } from 'node:stream';
import type { Log } from '@meltano/foundation/log';
import { describeProcessResult, type ProcessResult } from '../../process-result.ts';
import { lastTellingLine } from '../../telling-lines.ts';
import { atMost } from '../at-most.ts';
import { type Child, startChild } from '../child.ts';
import { invokeError } from '../errors.ts';
import type { Invocation } from '../open-invocation.ts';
import type { PipeSupply } from '../pipe-supply.ts';
import type { Watchdog } from '../watchdog.ts';

export interface StepOptions {
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** Passes on what asks this program to stop, until the returned function is called. */
  readonly supervise: (child: Promise<Child>) => () => void;
  /** False: as a program that talks to the terminal. Default true. */
  readonly ownGroup?: boolean;
  readonly watchdog?: Watchdog;
  readonly pipes?: PipeSupply;
}

/** How long something that a step left behind may hold its output. */
const leftoverGraceMs = 5_000;

/** Runs the plugin's program to its end; what it wrote on standard output. Throws `invoke.preparation_failed`. */
export async function runStep(
  invocation: Invocation,
  args: readonly string[],
  options: StepOptions,
): Promise<string> {
  const { name } = invocation.plugin;
  const starting = startStep(invocation, args, options);
  const release = options.supervise(starting);
  try {
    const child = await starting;
    const output = readOutput(child.stdout);
    const result = await child.ended;
    child.killLeftovers();
    const text = await output();
    if (result.exitCode === 0) return text;
    if (result.lastLines.length > 0) options.log.log('error', result.lastLines.join('\n'));
    throw stepFailed(name, args, result);
  } finally {
    release();
  }
}

function stepFailed(name: string, args: readonly string[], result: ProcessResult) {
  const last = lastTellingLine(result.lastLines);
  const command = `\`${[name, ...args].join(' ')}\``;
  return invokeError('preparation_failed', {
    message: `'${name}' cannot be started: ${describeProcessResult(command, result)}`,
    hint: 'what it needs, such as its database, is named in its settings',
    details: { plugin: name, ...(last === undefined ? {} : { causes: [`${name} wrote last: ${last}`] }) },
  });
}

function startStep(invocation: Invocation, args: readonly string[], options: StepOptions): Promise<Child> {
  const line = invocation.commandLine({ args });
  const { name } = invocation.plugin;
  return startChild({
    command: line.command,
    args: line.args,
    ...(line.cwd === undefined ? {} : { cwd: line.cwd }),
    env: invocation.env,
    stdin: 'ignore',
    stdout: 'pipe',
    redact: options.redact,
    onErrorLine: (text) => options.log.log('debug', options.redact(text), { stdio: 'stderr', name }),
    ownGroup: options.ownGroup ?? true,
    leftoverGraceMs,
    ...(options.watchdog === undefined ? {} : { watchdog: options.watchdog }),
    ...(options.pipes === undefined ? {} : { pipes: options.pipes }),
  });
}

/** Reads at once, so that the writer is never blocked; the returned function waits for the end. */
function readOutput(stream: Readable | null): () => Promise<string> {
  const chunks: Buffer[] = [];
  const over = new Promise<void>((resolve) => {
    if (stream === null) return resolve();
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
  });
  return async () => {
    await atMost(over, leftoverGraceMs);
    stream?.destroy();
    return Buffer.concat(chunks).toString('utf8');
  };
}
