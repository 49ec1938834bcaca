import { type AppError } from '@meltano/foundation/errors';
import { atMost } from '../invoke/at-most.ts';
import { beforeStart, configureBuiltIn } from '../invoke/built-in/prepare-built-in.ts';
import type { StepOptions } from '../invoke/built-in/run-step.ts';
import { type Child, startChild } from '../invoke/child.ts';
import { type Invocation, openInvocation } from '../invoke/open-invocation.ts';
import { readTextLines } from '../invoke/text-lines.ts';
import { type ProcessResult, reportedExitCode } from '../process-result.ts';
import { lastTellingLine } from '../telling-lines.ts';
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
  const stateId = block.transform?.stateId;
  emitter.emit({
    kind: 'block-started',
    block: block.index,
    name: blockName(block),
    ...(stateId === undefined ? {} : { stateId }),
  });
  let result: ProcessResult | undefined;
  let error: AppError | undefined;
  try {
    const end = await runCommands(block, run);
    result = end.result;
    if (result.exitCode !== 0) error = commandFailed(block, end);
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

/** What the commands of the block came to: the first that failed, else the last. */
interface CommandEnd {
  readonly command: string | undefined;
  readonly result: ProcessResult;
}

async function runCommands(block: CommandBlock, run: BlockRun): Promise<CommandEnd> {
  const { deps, watchdog } = run;
  const upstream = await upstreamVariables(block, deps);
  const invocation = await openInvocation(deps.workspace, block.plugin, {
    watchdog,
    ...(upstream === undefined ? {} : { upstream }),
    ...(deps.logLevel === undefined ? {} : { logLevel: deps.logLevel }),
    ...(deps.launchNative === undefined ? {} : { launchNative: deps.launchNative }),
  });
  deps.redactor.add(...invocation.prepared.secrets);
  try {
    await configureBuiltIn(invocation, { ...stepOptions(block, run), root: deps.workspace.root });
    for (const command of block.transform?.first ?? []) {
      const result = await runCommand({ block, command, run, invocation });
      if (result.exitCode !== 0 || run.stop.draining.aborted) return { command, result };
    }
    const { command } = block;
    return { command, result: await runCommand({ block, command, run, invocation }) };
  } finally {
    invocation.close();
  }
}

/** What a transformer sees of the pair before it; other commands see nothing of their neighbours. */
async function upstreamVariables(
  { transform }: CommandBlock,
  { workspace, redactor }: BlockRun['deps'],
): Promise<Readonly<Record<string, string>> | undefined> {
  if (transform === undefined) return undefined;
  let upstream: Readonly<Record<string, string>> = {};
  for (const plugin of transform.upstream) {
    const { exported, secrets } = await workspace.preparePlugin(plugin, { upstream });
    redactor.add(...secrets);
    upstream = { ...upstream, ...exported };
  }
  return upstream;
}

interface OneCommand {
  readonly block: CommandBlock;
  readonly command: string | undefined;
  readonly run: BlockRun;
  readonly invocation: Invocation;
}

async function runCommand(one: OneCommand): Promise<ProcessResult> {
  const { block, run } = one;
  const { deps, emitter } = run;
  const { name } = block.plugin;
  const log = emitter.log(block.index);
  const lastLines: string[] = [];
  // Source of the fields: meltano-runtime §3.3; both outputs are logged alike.
  const onLine = (line: string) => {
    log.log('info', line, { cmd_type: 'command', stdio: 'stderr', name });
    lastLines.push(deps.redactor.apply(line));
    if (lastLines.length > keptLines) lastLines.shift();
  };
  await beforeStart(one.invocation, stepOptions(block, run));
  const child = await startCommand(one, onLine);
  emitter.emit({ kind: 'process-started', block: block.index, plugin: name, pid: child.pid });
  const output =
    child.stdout === null ? Promise.resolve() : readTextLines(child.stdout, onLine, deps.redactor.apply);
  const ended = await superviseCommand(child, output, run);
  // Programs such as dbt say on standard output what is wrong.
  const result = { ...ended, lastLines };
  emitter.emit({ kind: 'process-ended', block: block.index, plugin: name, result });
  return result;
}

function stepOptions(block: CommandBlock, { deps, emitter, watchdog, pipes, stop }: BlockRun): StepOptions {
  return {
    log: emitter.log(block.index),
    redact: deps.redactor.apply,
    watchdog,
    pipes,
    supervise: (starting) => stopWith(starting, { deps, stop }),
  };
}

/** As many as of other processes. */
const keptLines = 20;

function startCommand(
  { command, invocation, run: { deps, watchdog, pipes } }: OneCommand,
  onErrorLine: (line: string) => void,
): Promise<Child> {
  const line = invocation.commandLine({ command });
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
  const release = stopWith(Promise.resolve(child), { deps, stop });
  const result = await child.ended;
  await atMost(output, deps.leftoverGraceMs ?? defaultLeftoverGraceMs);
  release();
  child.stdout?.destroy();
  if (stop.draining.aborted) child.killLeftovers();
  else child.letLeftoversLive();
  return result;
}

/** Stops the child when the run is to stop, until the returned function is called. */
function stopWith(starting: Promise<Child>, { deps, stop }: Pick<BlockRun, 'deps' | 'stop'>): () => void {
  const over = new AbortController();
  const onDrain = async (child: Child) => {
    child.signal('SIGTERM');
    await atMost(child.exited, deps.graceMs ?? defaultGraceMs);
    if (!child.hasExited()) child.kill();
  };
  starting.then(
    (child) => {
      whenAborted(stop.draining, () => void onDrain(child), over.signal);
      whenAborted(stop.killing, child.kill, over.signal);
    },
    () => {},
  );
  return () => over.abort();
}

function commandFailed(
  { plugin: { name }, transform }: CommandBlock,
  { command, result }: CommandEnd,
): AppError {
  const named = command === undefined ? name : `${name} ${command}`;
  const last = lastTellingLine(result.lastLines);
  const code = transform === undefined ? ` with exit code: ${reportedExitCode(result)}` : '';
  return runError('command_failed', {
    message: `\`${named}\` failed${code}`,
    hint: `meltano invoke ${command === undefined ? name : `${name}:${command}`}`,
    details: {
      plugin: name,
      command,
      ...(last === undefined ? {} : { causes: [`${name} wrote last: ${last}`] }),
    },
  });
}
