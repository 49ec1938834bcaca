import { type AppError, errorMessage, isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import type { LoadNotice } from '@meltano/sdk/connector';
import type { ProcessResult } from '../invoke/process-result.ts';
import { type BlockRun, blockName, defaultGraceMs, defaultLeftoverGraceMs } from './block-run.ts';
import { type Chain, startChain } from './chain.ts';
import { runError } from './errors.ts';
import { maxMessageBytes } from './line-size.ts';
import type { LinkNote } from './link/progress-board.ts';
import { outcomeError } from './outcome-error.ts';
import { type PreparedMembers, pluginFields, prepareMembers } from './prepare-members.ts';
import { chainProgress, openProgressReporter } from './progress-reporter.ts';
import type { BlockOutcome, StreamOutcome } from './run-outcome.ts';
import type { ExtractLoadBlock } from './run-plan.ts';
import { openStateSession, type StateSession } from './state-session.ts';
import { type ChainEnd, superviseChain } from './supervise.ts';
import { chainFailure } from './verdict.ts';

/** What is known of a block while it runs; the outcome is made of it whatever happened. */
interface Findings {
  streams: readonly StreamOutcome[];
  readonly processes: Record<string, ProcessResult>;
  readonly schemaChanges: string[];
  /** Refused records by stream. */
  readonly refused: Map<string, number>;
  /** Ended the block from within: state that cannot be stored, a line too long. */
  fatal: unknown;
}

/** Moves the data of one extractor to one loader. Never rejects: what went wrong is in the outcome. */
export async function executeExtractLoad(block: ExtractLoadBlock, run: BlockRun): Promise<BlockOutcome> {
  const { emitter, deps } = run;
  const startedAt = deps.clock.now();
  emitter.emit({
    kind: 'block-started',
    block: block.index,
    name: blockName(block),
    ...(block.stateId === undefined ? {} : { stateId: block.stateId }),
    lane: block.lane,
  });
  const findings: Findings = {
    streams: [],
    processes: {},
    schemaChanges: [],
    refused: new Map(),
    fatal: undefined,
  };
  let session: StateSession | undefined;
  let error: AppError | undefined;
  try {
    session = await openSession(block, run, findings);
    error = await moveData(block, run, findings, session);
  } catch (caught) {
    error = asAppError(caught);
  }
  error = stopError(run) ?? (findings.fatal === undefined ? error : asAppError(findings.fatal));
  error = await closeSession(session, error);
  const reason = run.stop.reason();
  const outcome: BlockOutcome = {
    index: block.index,
    name: blockName(block),
    kind: 'extract-load',
    status:
      error === undefined
        ? 'succeeded'
        : reason === undefined || reason === 'failed'
          ? 'failed'
          : 'interrupted',
    ...(block.stateId === undefined ? {} : { stateId: block.stateId }),
    lane: block.lane,
    durationMs: deps.clock.now() - startedAt,
    streams: findings.streams,
    processes: findings.processes,
    statesStored: session?.writer.storedCount() ?? 0,
    ...(error === undefined ? {} : { error: outcomeError(error, deps.redactor) }),
    schemaChanges: findings.schemaChanges,
  };
  emitter.emit({ kind: 'block-finished', block: block.index, outcome });
  return outcome;
}

function openSession(
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
): Promise<StateSession | undefined> {
  const { deps, plan, emitter } = run;
  const { stateId } = block;
  if (stateId === undefined) return Promise.resolve(undefined);
  return openStateSession({
    runId: plan.runId,
    stateId,
    request: plan.request,
    store: deps.stateStore,
    records: deps.records,
    holder: { ...deps.holder, runId: plan.runId },
    clock: deps.clock,
    log: emitter.log(block.index),
    onStored: () => emitter.emit({ kind: 'state-stored', block: block.index, stateId }),
    onFatal: (error) => {
      findings.fatal ??= error;
      // Another run has taken over: nothing of this one may go on writing.
      if (isAppError(error) && error.code === 'state.lease_lost') run.stop.kill();
      else run.stop.stop('failed');
    },
  });
}

async function moveData(
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
  session: StateSession | undefined,
): Promise<AppError | undefined> {
  const prepared = await prepareMembers({
    block,
    run,
    loadState: async () => session?.loadState(),
    stateLabel: session === undefined ? undefined : run.deps.stateStore.label,
  });
  try {
    if (run.stop.draining.aborted) return undefined;
    return await runChain(block, run, findings, { prepared, session });
  } finally {
    await prepared.close();
  }
}

async function runChain(
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
  { prepared, session }: { readonly prepared: PreparedMembers; readonly session: StateSession | undefined },
): Promise<AppError | undefined> {
  const { deps, emitter } = run;
  const log = emitter.log(block.index);
  const leftoverGraceMs = deps.leftoverGraceMs ?? defaultLeftoverGraceMs;
  const chain = await startChain(prepared.members, {
    maxMessageBytes: maxMessageBytes(deps.workspace),
    threads: deps.threads ?? true,
    leftoverGraceMs,
    watchdog: run.watchdog,
    pipes: run.pipes,
    redact: deps.redactor.apply,
    log,
    onErrorLine: (plugin, role, line) => log.log('info', line, pluginFields(block, plugin, role)),
    onStarted: (plugin, pid) => emitter.emit({ kind: 'process-started', block: block.index, plugin, pid }),
    onLinkNote: (_link, note) => onLinkNote(note, block, run, findings),
    onState: (state) => keepState(state, session, block, run),
    onNotice: (notice) => onNotice(notice, block, run, findings),
  });
  const progress = openProgressReporter(chain, {
    onProgress: (streams) => emitter.emit({ kind: 'progress', block: block.index, streams }),
    say: (level, event) => log.log(level, event),
  });
  try {
    const end = await superviseChain(chain, {
      stop: run.stop,
      graceMs: deps.graceMs ?? defaultGraceMs,
      leftoverGraceMs,
      say: (level, event) => log.log(level, event),
    });
    const states = await chain.statesRead.then(
      () => undefined,
      (error: unknown) => asAppError(error),
    );
    reportProcesses(chain, end, block, run, findings);
    return chainFailure(chain, end) ?? states;
  } finally {
    progress.close();
    findings.streams = streamOutcomes(chain, findings);
    chain.close();
  }
}

function keepState(
  state: JsonObject,
  session: StateSession | undefined,
  block: ExtractLoadBlock,
  run: BlockRun,
): void {
  if (session !== undefined) return session.writer.offer(state);
  const log = run.emitter.log(block.index);
  return log.log('info', 'Running outside a Job context: incremental state could not be updated.');
}

function onLinkNote(note: LinkNote, block: ExtractLoadBlock, run: BlockRun, findings: Findings): void {
  if (note.kind === 'broken-line') {
    const text = `A line of ${note.bytes} bytes on the extractor's standard output is not a Singer message; it was passed on as it is`;
    run.emitter.log(block.index).log('warning', text);
  }
  if (note.kind !== 'too-long') return;
  const limit = maxMessageBytes(run.deps.workspace);
  const of = note.stream === undefined ? '' : ` of stream '${note.stream}'`;
  findings.fatal ??= runError('line_too_long', {
    message: `Output line length limit exceeded: a ${note.type} message${of} has more than ${limit} bytes (setting elt.buffer_size)`,
    hint: 'raise the limit with: meltano config set meltano elt.buffer_size <bytes>',
    details: { type: note.type, stream: note.stream, limit },
  });
  run.stop.stop('failed');
}

function onNotice(notice: LoadNotice, block: ExtractLoadBlock, run: BlockRun, findings: Findings): void {
  run.emitter.emit({ block: block.index, ...notice });
  if (notice.kind === 'refused') {
    findings.refused.set(notice.stream, (findings.refused.get(notice.stream) ?? 0) + notice.count);
    return;
  }
  const column = notice.column === undefined ? '' : `.${notice.column}`;
  const type = notice.type === undefined ? '' : ` ${notice.type}`;
  findings.schemaChanges.push(`${notice.change} ${notice.table}${column}${type}`);
}

function reportProcesses(
  chain: Chain,
  end: ChainEnd,
  block: ExtractLoadBlock,
  run: BlockRun,
  findings: Findings,
): void {
  for (const [index, { plugin }] of chain.stages.entries()) {
    const result = end.ends[index]?.process;
    if (result === undefined) continue;
    findings.processes[freeName(plugin, findings.processes)] = result;
    run.emitter.emit({ kind: 'process-ended', block: block.index, plugin, result });
  }
}

/** A mapper may stand twice in a block. */
function freeName(plugin: string, taken: Readonly<Record<string, unknown>>): string {
  let name = plugin;
  for (let count = 2; Object.hasOwn(taken, name); count += 1) name = `${plugin} (${count})`;
  return name;
}

function streamOutcomes(chain: Chain, findings: Findings): readonly StreamOutcome[] {
  const report = chain.loadReport();
  return chainProgress(chain).map((progress) => ({
    ...progress,
    refused: report?.streams.get(progress.stream)?.refused ?? findings.refused.get(progress.stream) ?? 0,
  }));
}

/** Meltano's words for a run that was stopped. */
export function stopError({ stop }: BlockRun): AppError | undefined {
  switch (stop.reason()) {
    case undefined:
    case 'failed':
      return undefined;
    case 'terminated':
      return runError('terminated', { message: 'The process was terminated' });
    case 'timed-out':
      return runError('timed_out', {
        message: 'The process was interrupted: the run timed out',
        hint: 'give it more time with --timeout; the next run goes on where this one ended',
      });
    case 'interrupted':
      return runError('interrupted', { message: 'The process was interrupted' });
  }
}

async function closeSession(
  session: StateSession | undefined,
  error: AppError | undefined,
): Promise<AppError | undefined> {
  if (session === undefined) return error;
  try {
    if (error === undefined) await session.close({ state: 'SUCCESS' });
    else await session.close({ state: 'FAIL', error: error.message });
    return error;
  } catch (caught) {
    return error ?? asAppError(caught);
  }
}

function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  return runError('link_failed', { message: errorMessage(error), cause: error });
}
