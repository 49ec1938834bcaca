import { type AppError } from '@meltano/foundation/errors';
import { atMost } from '../invoke/at-most.ts';
import { type Child, startChild } from '../invoke/child.ts';
import { openInvocation } from '../invoke/open-invocation.ts';
import { lastTellingLine } from '../invoke/telling-lines.ts';
import { readTextLines } from '../invoke/text-lines.ts';
import { type ProcessResult, reportedExitCode } from '../process-result.ts';
import { type BlockRun, blockName, defaultGraceMs, defaultLeftoverGraceMs } from './block-run.ts';
import { cannotStart } from './cannot-start.ts';
import { runError } from './errors.ts';
import { outcomeError } from './outcome-error.ts';
import type { BlockOutcome } from './run-outcome.ts';
import type { CommandBlock } from './run-plan.ts';
import { stopError } from './stop-error.ts';
import { whenAborted } from './when-aborted.ts';

/** Runs a command of a utility, transformer or orchestrator; what it writes becomes log lines. Never rejects. */
export async function executeCommand(block: CommandBlock, run: BlockRun): Promise<BlockOutcome> {
  const { deps, emitter } = run;
  const startedAt = deps.clock.now();
  emitter.emit({ kind: 'block-started', block: block.index, name: blockName(block) });
  let result: ProcessResult | undefined;
  let error: AppError | undefined;
  try {
    result = await runCommand(block, run);
    if (result.exitCode !== 0) error = commandFailed(block, result);
  } catch (caught) {
    error = cannotStart(`plugin ${block.plugin.name}`, caught);
  }
  const stopped = stopError(run);
  error = stopped ?? error;
  const outcome: BlockOutcome = {
    index: block.index,
    name: blockName(block),
    kind: 'command',
    status: error === undefined ? 'succeeded' : stopped === undefined ? 'failed' : 'interrupted',
    durationMs: deps.clock.now() - startedAt,
    streams: [],
    processes: result === undefined ? {} : { [block.plugin.name]: result },
    statesStored: 0,
    ...(error === undefined ? {} : { error: outcomeError(error, deps.redactor) }),
    schemaChanges: [],
  };
  emitter.emit({ kind: 'block-finished', block: block.index, outcome });
  return outcome;
}

async function runCommand(block: CommandBlock, run: BlockRun): Promise<ProcessResult> {
  const { deps, emitter, watchdog } = run;
  const { name } = block.plugin;
  const invocation = await openInvocation(deps.workspace, block.plugin, {
    watchdog,
    ...(deps.logLevel === undefined ? {} : { logLevel: deps.logLevel }),
    ...(deps.launchNative === undefined ? {} : { launchNative: deps.launchNative }),
  });
  deps.redactor.add(...invocation.prepared.secrets);
  const log = emitter.log(block.index);
  // Source of the fields: meltano-runtime §3.3; both outputs are logged alike.
  const onLine = (line: string) => log.log('info', line, { cmd_type: 'command', stdio: 'stderr', name });
  try {
    const child = await startCommand(block, run, invocation, onLine);
    emitter.emit({ kind: 'process-started', block: block.index, plugin: name, pid: child.pid });
    const output =
      child.stdout === null ? Promise.resolve() : readTextLines(child.stdout, onLine, deps.redactor.apply);
    const result = await superviseCommand(child, output, run);
    emitter.emit({ kind: 'process-ended', block: block.index, plugin: name, result });
    return result;
  } finally {
    invocation.close();
  }
}

function startCommand(
  block: CommandBlock,
  { deps, watchdog, pipes }: BlockRun,
  invocation: Awaited<ReturnType<typeof openInvocation>>,
  onErrorLine: (line: string) => void,
): Promise<Child> {
  const line = invocation.commandLine({ command: block.command });
  return startChild({
    command: line.command,
    args: line.args,
    ...(line.cwd === undefined ? {} : { cwd: line.cwd }),
    env: invocation.env,
    stdin: 'inherit',
    stdout: 'pipe',
    redact: deps.redactor.apply,
    onErrorLine,
    watchdog,
    pipes,
    leftoverGraceMs: deps.leftoverGraceMs ?? defaultLeftoverGraceMs,
  });
}

/** A server that the command has started in the background may go on; nobody waits for its output. */
async function superviseCommand(
  child: Child,
  output: Promise<void>,
  { deps, stop }: BlockRun,
): Promise<ProcessResult> {
  const over = new AbortController();
  const onDrain = async () => {
    child.signal('SIGTERM');
    await atMost(child.exited, deps.graceMs ?? defaultGraceMs);
    if (!child.hasExited()) child.kill();
  };
  whenAborted(stop.draining, () => void onDrain(), over.signal);
  whenAborted(stop.killing, child.kill, over.signal);
  const result = await child.ended;
  await atMost(output, deps.leftoverGraceMs ?? defaultLeftoverGraceMs);
  over.abort();
  child.stdout?.destroy();
  if (stop.draining.aborted) child.killLeftovers();
  else child.letLeftoversLive();
  return result;
}

function commandFailed(block: CommandBlock, result: ProcessResult): AppError {
  const named = block.command === undefined ? block.plugin.name : `${block.plugin.name} ${block.command}`;
  const last = lastTellingLine(result.lastLines);
  const { name } = block.plugin;
  return runError('command_failed', {
    message: `\`${named}\` failed with exit code: ${reportedExitCode(result)}`,
    hint: `meltano invoke ${block.command === undefined ? name : `${name}:${block.command}`}`,
    details: {
      plugin: name,
      command: block.command,
      ...(last === undefined ? {} : { causes: [`${name} wrote last: ${last}`] }),
    },
  });
}
